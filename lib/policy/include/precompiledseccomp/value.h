// SPDX-License-Identifier: Apache-2.0
//
// The values that conditions and actions compare with: constants, and variables that are unknown until the
// program runs.
//
// A variable's value can be used in a policy but not looked at: Value has no arithmetic and no conversion to
// a number, so a definition cannot branch on it or compute with it, which would silently bake one value into
// the filter.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace precompiledseccomp {

// 32 bits of a value: what one instruction compares with.
struct Word {
  std::uint32_t value = 0;
  // The name of the variable (or of its half) that stands here; empty for a constant. The compiler treats the
  // value of a variable as opaque: it is never sorted, merged or compared with another.
  std::string variable;

  [[nodiscard]] bool IsVariable() const { return !variable.empty(); }
  friend bool operator==(const Word&, const Word&) = default;
};

template <typename T>
concept Number = (std::integral<T> && !std::same_as<T, bool>) || std::is_enum_v<T>;

// A 64-bit value, constant or variable. Immutable.
class Value {
 public:
  // A constant. A negative number is sign-extended to 64 bits; see ComesFromNegativeInt().
  template <Number T>
  Value(T constant)  // NOLINT(google-explicit-constructor): `Arg(0) == 3` is the point of it.
      : Value(static_cast<std::uint64_t>(constant), IsNegativeInt(constant)) {}

  // A value whose halves may be variables.
  Value(Word high, Word low);

  [[nodiscard]] const Word& high() const { return high_; }
  [[nodiscard]] const Word& low() const { return low_; }
  [[nodiscard]] bool IsConstant() const { return !high_.IsVariable() && !low_.IsVariable(); }

  // The 64 bits as they stand in this policy: a variable's are what the definition was called with. For
  // evaluating and printing a policy; a definition has no use for it.
  [[nodiscard]] std::uint64_t bits() const { return std::uint64_t{high_.value} << 32 | low_.value; }

  // Whether this came from a negative number of at most 32 bits, such as AT_FDCWD. What the upper half of an
  // argument holds then depends on the libc, so that comparing the whole argument with it is an error.
  [[nodiscard]] bool ComesFromNegativeInt() const { return from_negative_int_; }

  // Whether the value can be that of a 32-bit parameter: its upper half is zero, or it is a negative int.
  [[nodiscard]] bool FitsLowHalf() const;

  // "3", "0x89ab" or "$fd1".
  [[nodiscard]] std::string ToString() const;

  friend bool operator==(const Value& a, const Value& b) { return a.high_ == b.high_ && a.low_ == b.low_; }

 private:
  Value(std::uint64_t constant, bool from_negative_int);

  template <Number T>
  static constexpr bool IsNegativeInt(T constant) {
    if constexpr (std::is_enum_v<T>) {
      return IsNegativeInt(static_cast<std::underlying_type_t<T>>(constant));
    } else if constexpr (std::signed_integral<T> && sizeof(T) <= sizeof(std::int32_t)) {
      return constant < 0;
    } else {
      return false;
    }
  }

  Word high_;
  Word low_;
  bool from_negative_int_ = false;
};

}  // namespace precompiledseccomp
