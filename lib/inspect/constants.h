// SPDX-License-Identifier: Apache-2.0
//
// The names of constants that calls are written with, and of error numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <precompiledseccomp/target.h>

namespace precompiledseccomp::inspect {

// The value of the constant of that name on a target, as 64 bits, with its sign if it is negative: AT_FDCWD
// is 0xffffffffffffff9c. Nothing if it is not known here, or the target does not have it.
std::optional<std::uint64_t> ConstantNamed(const Target& target, std::string_view name);

// `"TIOCSTI"`: constants that somebody may have meant by a name that is none; empty if there are none.
std::string NearConstants(std::string_view name);

// The name of a value of a parameter that has a name for each: "TIOCSTI" for ioctl, "cmd", 0x5412. Of several
// names the usual one. Empty if there is none, and for parameters of other kinds.
std::string_view NameOfValue(std::string_view call, std::string_view parameter, std::uint64_t value);

// A constant whose name begins so and whose value is that; empty if there is none.
std::string_view ConstantWithPrefix(std::string_view prefix, std::uint64_t value);

// Flags as C: "O_WRONLY | O_CLOEXEC", "PROT_READ | 0x80"; "0" without any. What is not the same on all
// targets is a number.
std::string FlagsText(std::string_view prefix, std::uint64_t value);

// "EPERM"; empty if the number has no name.
std::string_view ErrnoName(std::uint32_t number);

}  // namespace precompiledseccomp::inspect
