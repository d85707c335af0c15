// SPDX-License-Identifier: Apache-2.0

#include "verify/level_order.h"

#include <algorithm>
#include <bitset>
#include <stdexcept>
#include <utility>

namespace precompiledseccomp::verify {
namespace {

constexpr std::size_t kBitsOfAWord = 32;

}  // namespace

std::vector<Look> UsualFields() {
  std::vector<Look> fields;
  for (Source word = 0; word < kWords; ++word)
    for (int byte = kBytesOfAWord - 1; byte >= 0; --byte)
      fields.emplace_back(Field{word, byte * kBitsOfAByte, kBitsOfAByte});
  return fields;
}

LevelOrder::LevelOrder() : LevelOrder(UsualFields()) {}

LevelOrder::LevelOrder(std::vector<Look> levels) : levels_(std::move(levels)) {
  std::bitset<kWords * kBitsOfAWord> bits;
  std::size_t count = 0;
  for (Level level = 0; level < levels_.size(); ++level) {
    if (const auto* fact = std::get_if<Fact>(&levels_[level])) {
      levels_of_facts_[*fact] = level;
      continue;
    }
    const Field& field = FieldAt(level);
    levels_of_words_[field.word].push_back(level);
    count += static_cast<std::size_t>(field.width);
    for (int bit = field.shift; bit < field.shift + field.width; ++bit)
      bits.set(field.word * kBitsOfAWord + static_cast<std::size_t>(bit));
  }
  const std::vector<Look> usual = UsualFields();
  const auto first = usual.begin() + static_cast<std::ptrdiff_t>(IndexOfByte(kInstructionPointer, 0));
  if (!bits.all() || count != bits.size() || !std::equal(usual.begin(), first, levels_.begin()))
    throw std::logic_error("an order of levels without each bit once, or without the number in front");
  for (std::vector<Level>& of_word : levels_of_words_)
    std::sort(of_word.begin(), of_word.end(),
              [this](Level left, Level right) { return FieldAt(left).shift > FieldAt(right).shift; });
}

Level LevelOrder::LevelOf(const Fact& fact) {
  const auto [known, is_new] = levels_of_facts_.emplace(fact, static_cast<Level>(levels_.size()));
  if (is_new) levels_.emplace_back(fact);
  return known->second;
}

}  // namespace precompiledseccomp::verify
