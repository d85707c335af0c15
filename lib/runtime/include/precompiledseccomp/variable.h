// SPDX-License-Identifier: Apache-2.0
//
// Values for the variables of a precompiled program: by name (VariableValue), or as the fields of the struct
// that the generator writes for each program (Uint32Variable, Uint64Variable).
//
// All are made from integers without spelling their type: {{"fd1", in}, {"fd2", out}}, Worker{.fd1 = in}.
// A signed value stands for the bits the kernel sees in the register or its low half: -1 is 0xffffffff as a
// 32-bit variable and 0xffffffffffffffff as a 64-bit one. What a definition declares as Fd(), Pid() or
// ErrnoCode() is checked when it is rendered: -1 is no descriptor then.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <precompiledseccomp/interface.h>

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

// A truth value or a character, which is more likely to be a mistake than a value. (signed char and unsigned
// char are int8_t and uint8_t.)
template <typename T>
concept BoolOrCharacter = std::same_as<T, bool> || std::same_as<T, char> || std::same_as<T, wchar_t> ||
    std::same_as<T, char8_t> || std::same_as<T, char16_t> || std::same_as<T, char32_t>;

// An integer of at most 64 bits.
template <typename T>
concept VariableInteger =
    std::integral<T> && !BoolOrCharacter<std::remove_cv_t<T>> && sizeof(T) <= sizeof(std::uint64_t);

// An integer of at most 32 bits.
template <typename T>
concept NarrowVariableInteger = VariableInteger<T> && sizeof(T) <= sizeof(std::uint32_t);

// A name and its value. Does not own the name.
class VariableValue {
 public:
  template <VariableInteger T>
  PRECOMPILEDSECCOMP_LOCAL constexpr VariableValue(std::string_view name, T value) noexcept
      : VariableValue(name.data(), name.size(), static_cast<std::uint64_t>(value), value < T{0}) {}

  // The same for a name that ends with a NUL. Of the C++ library, it calls nothing: in code that is not
  // optimised, the dynamic linker would have to find that (see interface.h).
  template <VariableInteger T>
  PRECOMPILEDSECCOMP_LOCAL constexpr VariableValue(const char* name, T value) noexcept
      : VariableValue(name, LengthOf(name), static_cast<std::uint64_t>(value), value < T{0}) {}

  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] constexpr std::string_view name() const noexcept {
    return {name_, name_size_};
  }

  // The value as 64 bits, sign-extended if it was given as a negative number.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] constexpr std::uint64_t bits() const noexcept { return bits_; }

  // Whether a 32-bit variable can have this value: 0 to UINT32_MAX, or a negative number down to INT32_MIN.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] constexpr bool FitsIn32Bits() const noexcept {
    return is_negative_ ? static_cast<std::int64_t>(bits_) >= INT32_MIN : bits_ <= UINT32_MAX;
  }

 private:
  PRECOMPILEDSECCOMP_LOCAL constexpr VariableValue(const char* name, std::size_t name_size,
                                                   std::uint64_t bits, bool is_negative) noexcept
      : name_(name), name_size_(name_size), bits_(bits), is_negative_(is_negative) {}

  PRECOMPILEDSECCOMP_LOCAL static constexpr std::size_t LengthOf(const char* name) noexcept {
    std::size_t length = 0;
    while (name[length] != '\0') ++length;
    return length;
  }

  const char* name_;
  std::size_t name_size_;
  std::uint64_t bits_;
  bool is_negative_;
};

// The two wrappers have no default constructor, so that a struct of them cannot be made with a field left
// out.

// The value of a 32-bit variable. Made from integer types of at most 32 bits: a wider one must be narrowed by
// its owner, who knows whether that is right.
class Uint32Variable {
 public:
  template <NarrowVariableInteger T>
  PRECOMPILEDSECCOMP_LOCAL constexpr Uint32Variable(T value) noexcept
      : value_(static_cast<std::uint32_t>(value)) {}

  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] constexpr std::uint32_t value() const noexcept { return value_; }

 private:
  std::uint32_t value_;
};

// The value of a 64-bit variable. Made from any integer type; signed ones are sign-extended.
class Uint64Variable {
 public:
  template <VariableInteger T>
  PRECOMPILEDSECCOMP_LOCAL constexpr Uint64Variable(T value) noexcept
      : value_(static_cast<std::uint64_t>(value)) {}

  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_;
};

// The first member of the generated structs, which is why their fields can only be filled by name: the order
// of variables is no part of a program's interface, and Worker{out, in} would compile as well as
// Worker{in, out}.
class FilledByName {
 public:
  // For the generated structs alone.
  PRECOMPILEDSECCOMP_LOCAL static constexpr FilledByName Default() noexcept { return FilledByName(0); }

 private:
  PRECOMPILEDSECCOMP_LOCAL explicit constexpr FilledByName(int /*unused*/) noexcept {}
};

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
