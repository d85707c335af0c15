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

// "EPERM"; empty if the number has no name.
std::string_view ErrnoName(std::uint32_t number);

}  // namespace precompiledseccomp::inspect
