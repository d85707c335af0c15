// SPDX-License-Identifier: Apache-2.0
//
// What the levels of a program's diagrams look at, one after the other.
//
// The usual order is: the words in theirs (sources.h), byte by byte, in each the most significant first; then
// facts, as they are met. An "and" of tests that stand far apart in it can take a node for each combination
// of all that is tested between them. For programs of which the diagrams grow too large so, an order of their
// own is chosen (order_choice.h), in which a byte may be taken apart:
//
//     usual:   arg0 bits 31..24   23..16   15..8   7..0   arg1 bits 31..24   ...   fact 0   fact 1
//     chosen:  arg0 bit 9   fact 3   arg1 bits 3..2   arg0 bit 4   fact 0   ...
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <variant>
#include <vector>

#include "verify/diagrams.h"
#include "verify/sources.h"
#include "verify/terms.h"
#include "verify/widths.h"

namespace precompiledseccomp::verify {

inline constexpr int kBytesOfAWord = 4;
inline constexpr std::size_t kBytes = kWords * kBytesOfAWord;

// The bytes of all words are numbered in the usual order; of a word, 0 is the most significant.
inline constexpr std::size_t IndexOfByte(Source word, int byte) {
  return std::size_t{word} * kBytesOfAWord + static_cast<std::size_t>(byte);
}

// Adjacent bits of one byte of a word.
struct Field {
  Source word = 0;
  int shift = 0;
  int width = kBitsOfAByte;

  [[nodiscard]] std::uint32_t Most() const { return (std::uint32_t{1} << width) - 1; }
  [[nodiscard]] std::uint32_t Of(std::uint32_t value) const { return value >> shift & Most(); }
  // Where it is: its byte, and its place in there.
  [[nodiscard]] int Byte() const { return kBytesOfAWord - 1 - shift / kBitsOfAByte; }
  [[nodiscard]] int ShiftInByte() const { return shift % kBitsOfAByte; }
  friend auto operator<=>(const Field&, const Field&) = default;  // NOLINT: clang-tidy 14 wants a nullptr
};

// left == right, or left > right, of terms that are not both constants.
struct Fact {
  enum class Relation : std::uint8_t { kEqual, kGreater };
  Relation relation = Relation::kEqual;
  TermId left = 0;
  TermId right = 0;
  friend auto operator<=>(const Fact&, const Fact&) = default;  // NOLINT: clang-tidy 14 wants a nullptr
};

// What a level looks at. Nodes have an edge for each value of a field, or 0 (no) and 1 (yes) for a fact.
using Look = std::variant<Field, Fact>;

class LevelOrder {
 public:
  // The usual one.
  LevelOrder();
  // `levels` have each bit of each word once. The architecture and the number come first, as in the usual
  // order.
  explicit LevelOrder(std::vector<Look> levels);

  // The levels of a word, that of its most significant field first.
  [[nodiscard]] std::span<const Level> LevelsOf(Source word) const { return levels_of_words_[word]; }
  // That of a fact; one that was not met before comes last.
  Level LevelOf(const Fact& fact);

  [[nodiscard]] const Look& At(Level level) const { return levels_[level]; }
  [[nodiscard]] const Field& FieldAt(Level level) const { return std::get<Field>(levels_[level]); }
  [[nodiscard]] std::size_t size() const { return levels_.size(); }

 private:
  std::vector<Look> levels_;
  std::array<std::vector<Level>, kWords> levels_of_words_;
  std::map<Fact, Level> levels_of_facts_;
};

// The usual order of bytes. That of the architecture and of the number is the same in all orders.
std::vector<Look> UsualFields();
inline constexpr Level LevelOfByteOfNumber(int byte) {
  return static_cast<Level>(IndexOfByte(kNumber, byte));
}

}  // namespace precompiledseccomp::verify
