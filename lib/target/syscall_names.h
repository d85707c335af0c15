// SPDX-License-Identifier: Apache-2.0
//
// Names and numbers of system calls: libseccomp's tables, and for what an installed one may be too old to
// know, newer_calls.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <precompiledseccomp/target.h>

namespace precompiledseccomp {

// The number of the call of that name; nothing if the target does not have it.
std::optional<std::uint32_t> SyscallNumber(const Target& target, const std::string& name);

// Whether some architecture has a call of that name, this one or one that is no target: if not, the name is
// misspelt, or newer than all tables.
[[nodiscard]] bool IsNameOfAnyTarget(const std::string& name);

// Why SyscallNumber() gives nothing, and what to do: the name is misspelt, other architectures have it, or it
// is newer than all tables.
[[nodiscard]] std::string WhyUnknown(const Target& target, const std::string& name);

// `; did you mean "read"?`, and how to give the number of what is newer than all tables: `before_number` is
// what a policy says before it.
[[nodiscard]] std::string WhatMayBeMeant(const Target& target, const std::string& name,
                                         const std::string& before_number = "Syscall(");

// The names of the target's calls, from number 0 to the last one that has a name; numbers without one have
// "".
std::vector<std::string> SyscallNames(const Target& target);

}  // namespace precompiledseccomp
