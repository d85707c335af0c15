// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace precompiledseccomp::verify {

// Values of a byte.
class ByteSet {
 public:
  static constexpr std::uint32_t kMost = 0xff;

  static constexpr ByteSet All() {
    ByteSet all;
    all.words_.fill(UINT64_MAX);
    return all;
  }

  // `value` is below 256, as everywhere here.
  constexpr void Add(std::uint32_t value) {
    words_[value / kWordBits] |= std::uint64_t{1} << value % kWordBits;
  }
  [[nodiscard]] constexpr bool Has(std::uint32_t value) const {
    return (words_[value / kWordBits] >> value % kWordBits & 1) != 0;
  }

  [[nodiscard]] constexpr ByteSet And(const ByteSet& other) const {
    ByteSet both;
    for (std::size_t i = 0; i < words_.size(); ++i) both.words_[i] = words_[i] & other.words_[i];
    return both;
  }

  // ---- Of a field, `width` bits from `shift` on, of the byte.

  // The bytes whose field has one of these values.
  [[nodiscard]] ByteSet At(int shift, int width) const {
    if (width == kBits) return *this;
    ByteSet bytes;
    for (std::uint32_t byte = 0; byte <= kMost; ++byte)
      if (Has(FieldOf(byte, shift, width))) bytes.Add(byte);
    return bytes;
  }
  // The values that the field has in these bytes.
  [[nodiscard]] ByteSet ValuesAt(int shift, int width) const {
    if (width == kBits) return *this;
    ByteSet values;
    for (std::uint32_t byte = 0; byte <= kMost; ++byte)
      if (Has(byte)) values.Add(FieldOf(byte, shift, width));
    return values;
  }
  // These bytes, and those that differ from one of them in the field only.
  [[nodiscard]] ByteSet WithAnyAt(int shift, int width) const {
    if (width == kBits) return All();
    ByteSet bytes;
    for (std::uint32_t byte = 0; byte <= kMost; ++byte)
      if (Has(byte))
        for (std::uint32_t value = 0; value <= MostOf(width); ++value)
          bytes.Add((byte & ~(MostOf(width) << shift)) | value << shift);
    return bytes;
  }

  // ---- Bit by bit.

  // The least value that has these bits where `known` is set; nothing if there is none.
  [[nodiscard]] std::optional<std::uint32_t> Least(std::uint32_t known, std::uint32_t bits) const {
    for (std::size_t i = 0; i < words_.size(); ++i)
      for (std::uint64_t rest = words_[i]; rest != 0; rest &= rest - 1) {
        const auto value =
            static_cast<std::uint32_t>(i * kWordBits) + static_cast<std::uint32_t>(std::countr_zero(rest));
        if (((value ^ bits) & known) == 0) return value;
      }
    return std::nullopt;
  }

  // Choosing bit after bit of a byte, from the most significant one, says which values are left. What is left
  // after `chosen` bits is a number, 0 before the first; equal numbers leave the same choices for the other
  // bits. Nothing if the next bit may not be this one.
  //
  // After two bits, it is the set of the 64 values that begin so; from then on, half of what it was.
  [[nodiscard]] std::optional<std::uint64_t> Choose(std::uint64_t left, int chosen, bool is_set) const {
    const std::uint64_t bit = is_set ? 1 : 0;
    if (chosen == 0) return (words_[2 * bit] | words_[2 * bit + 1]) != 0 ? std::optional(bit) : std::nullopt;
    if (chosen == 1) return NotEmpty(words_[2 * left + bit]);
    const int half = 128 >> chosen;  // how many values begin like the next choice
    return NotEmpty(is_set ? left >> half : left & ((std::uint64_t{1} << half) - 1));
  }

 private:
  static constexpr std::uint32_t kWordBits = 64;
  static constexpr int kBits = 8;

  static constexpr std::uint32_t MostOf(int width) { return (std::uint32_t{1} << width) - 1; }
  static constexpr std::uint32_t FieldOf(std::uint32_t byte, int shift, int width) {
    return byte >> shift & MostOf(width);
  }

  static std::optional<std::uint64_t> NotEmpty(std::uint64_t set) {
    return set != 0 ? std::optional(set) : std::nullopt;
  }

  std::array<std::uint64_t, 4> words_{};
};

}  // namespace precompiledseccomp::verify
