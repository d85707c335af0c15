// SPDX-License-Identifier: Apache-2.0
//
// The parameters of system calls: what the kernel calls them, and what it looks at. seccomp_data.args has 64
// bits for each, whatever the kernel makes of them: what a caller leaves above `bits` is ignored.
//
// Source: the declarations of Linux 6.18 (SYSCALL_DEFINEn), and parameter_supplement.cc for what these do not
// tell: calls that kernels may have besides, other architectures, parameters of which the kernel looks at
// less than it declares. Released calls keep their parameters; what the kernel calls them is of that version.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <precompiledseccomp/target.h>

namespace precompiledseccomp {

struct Parameter {
  std::string_view name;  // as the kernel declares it; lives as long as the program
  int index = 0;          // 0 to 5
  // That the kernel looks at, from the lowest one: 16, 32 or 64. All that are declared, where the operation
  // says how many count (arg2 of prctl, arg of fcntl).
  int bits = 64;
  bool is_signed = false;
  bool is_pointer = false;
};

// The parameters of a call, by the call's name on that target, in order. Nothing if the table does not know
// the call; an empty list is a call without parameters. Whether the target has the call is for
// SyscallNumber() to say.
std::optional<std::vector<Parameter>> ParametersOf(const Target& target, std::string_view call);

// The parameter of that name: the kernel's own, or the one of the manual pages. Nothing if the call has none
// of that name, or is not known.
std::optional<Parameter> FindParameter(const Target& target, std::string_view call, std::string_view name);

// "fd, cmd, arg": for messages.
std::string ParameterNames(const std::vector<Parameter>& parameters);

}  // namespace precompiledseccomp
