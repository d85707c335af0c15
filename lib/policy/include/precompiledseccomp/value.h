// SPDX-License-Identifier: Apache-2.0
//
// The values that conditions and actions compare with: constants, and variables that are unknown until the
// program runs.
//
// A variable is a name and holds no number. A definition can put it into conditions and actions, and that is
// all: there is nothing to branch on or to compute with, which would silently bake one value into the filter.
// Numbers are given to variables behind the definition: when a policy is compiled, when it is evaluated, and
// when the program runs.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace precompiledseccomp {

// A number for each variable, by the name under which it stands in Word: a 64-bit variable has one for each
// of its halves (LowHalfName() and HighHalfName() in define.h).
using VariableNumbers = std::map<std::string, std::uint32_t>;

// 32 bits of a value, which is what one instruction compares with: a constant, or the name of a variable or
// of its half. The compiler treats a variable as opaque: it is never sorted, merged or compared with another.
class Word {
 public:
  Word() = default;
  explicit Word(std::uint32_t constant) : constant_(constant) {}
  // Throws Error for an empty name.
  static Word Variable(std::string name);

  [[nodiscard]] bool IsVariable() const { return variable_ != nullptr; }
  // Throws Error, which names it, for a variable: it holds no number.
  [[nodiscard]] std::uint32_t constant() const;
  // The name; empty for a constant.
  [[nodiscard]] const std::string& variable() const;

  // The constant, or the variable's number. Throws Error if `numbers` has none for it.
  [[nodiscard]] std::uint32_t NumberWith(const VariableNumbers& numbers) const;

  // Whether two words are equal is for the running program to say; see Value.
  friend bool operator==(const Word&, const Word&) = delete;

 private:
  std::uint32_t constant_ = 0;
  // Null for a constant. Copies share the name: conditions are copied often, and most words are constants.
  std::shared_ptr<const std::string> variable_;
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

  // The 64 bits of a constant. Throws Error, which names it, for a variable: it holds no number.
  [[nodiscard]] std::uint64_t bits() const;

  // The 64 bits with these numbers for the variables. Throws Error if one is missing.
  [[nodiscard]] std::uint64_t BitsWith(const VariableNumbers& numbers) const;

  // Whether this came from a negative number of at most 32 bits, such as AT_FDCWD. What the upper half of an
  // argument holds then depends on the libc, so that comparing the whole argument with it is an error.
  [[nodiscard]] bool ComesFromNegativeInt() const { return from_negative_int_; }

  // Whether the value can be that of a 32-bit parameter: its upper half is zero, or it is a negative int.
  [[nodiscard]] bool FitsLowHalf() const;

  // "3", "0x89ab" or "$fd1".
  [[nodiscard]] std::string ToString() const;

  // Whether two values are equal is for the running program to say. In a definition, compare what they were
  // made from; in a condition, an argument with each of them.
  friend bool operator==(const Value&, const Value&) = delete;

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
