// SPDX-License-Identifier: Apache-2.0
//
// libseccomp's tables of system call names: everything that asks them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <precompiledseccomp/target.h>

namespace precompiledseccomp {

// The number of the call of that name; nothing if the target does not have it.
std::optional<std::uint32_t> SyscallNumber(const Target& target, const std::string& name);

// Why SyscallNumber() gives nothing, and what to do: the name is misspelt, other architectures have it, or
// this libseccomp is older than it.
[[nodiscard]] std::string WhyUnknown(const Target& target, const std::string& name);

// The names of the target's calls, from number 0 to the last one that has a name; numbers without one have
// "".
std::vector<std::string> SyscallNames(const Target& target);

}  // namespace precompiledseccomp
