// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <variant>
#include <vector>

namespace precompiledseccomp::testing {

// Random numbers, the same for the same seed everywhere: the distributions of the standard library differ
// from one implementation to the next, its engines do not. Or choices that bytes make, for a fuzzer: it
// changes a byte, and one choice is another.
class Random {
 public:
  explicit Random(std::uint64_t seed) : source_(std::mt19937_64(seed)) {}

  // Each choice takes as few of the bytes as will do, and is 0 when there are none left. What makes choices
  // must come to an end with zeros only. The bytes must live as long as this, its copies and its forks.
  explicit Random(std::span<const std::uint8_t> bytes) : source_(bytes) {}

  std::uint64_t Word64() { return Draw(8); }
  std::uint32_t Word32() { return static_cast<std::uint32_t>(IsSeeded() ? Draw(4) >> 32 : Draw(4)); }

  // 0 to limit - 1.
  std::size_t Below(std::size_t limit) { return Draw(BytesFor(limit)) % limit; }
  // `least` to `most`.
  std::size_t Between(std::size_t least, std::size_t most) { return least + Below(most - least + 1); }
  bool OneIn(std::size_t n) { return Below(n) == 0; }

  template <typename T>
  const T& OneOf(const std::vector<T>& choices) {
    return choices[Below(choices.size())];
  }

  // Choices that can be made again, from a copy, without those that follow here: of bytes, the next ones, at
  // most 255; the first says how many.
  Random Fork() {
    if (IsSeeded()) return Random(Word64());
    const auto count = static_cast<std::size_t>(Draw(1));
    return Random(TakeBytes(count));
  }

 private:
  using Bytes = std::span<const std::uint8_t>;

  [[nodiscard]] bool IsSeeded() const { return std::holds_alternative<std::mt19937_64>(source_); }

  static std::size_t BytesFor(std::size_t limit) {
    if (limit <= 0x100) return limit == 1 ? 0 : 1;
    return limit <= 0x10000 ? 2 : 8;
  }

  Bytes TakeBytes(std::size_t count) {
    auto& bytes = std::get<Bytes>(source_);
    const Bytes taken = bytes.first(std::min(count, bytes.size()));
    bytes = bytes.subspan(taken.size());
    return taken;
  }

  // All 64 bits of the engine, or so many bytes.
  std::uint64_t Draw(std::size_t count) {
    if (auto* const engine = std::get_if<std::mt19937_64>(&source_)) return (*engine)();
    std::uint64_t value = 0;
    for (const std::uint8_t byte : TakeBytes(count)) value = value << 8 | byte;
    return value;
  }

  std::variant<std::mt19937_64, Bytes> source_;
};

}  // namespace precompiledseccomp::testing
