// SPDX-License-Identifier: Apache-2.0
//
// What parameters.cc knows of parameters, as tables. Parameters are written
//
//     "s32 dfd, ptr filename, s32 flags, u16 mode"
//
// a class and the kernel's name for each, in order: s and u are signed and unsigned numbers of so many bits,
// ptr an address.
#pragma once

#include <span>
#include <string_view>

#include <precompiledseccomp/target.h>

namespace precompiledseccomp {

struct ParametersOfCall {
  std::string_view call;
  std::string_view parameters;
};

// What a kernel declares on x86-64, sorted by name of the call: made by make_parameter_table.py.
std::span<const ParametersOfCall> DeclaredParameters();

// The kernel of that table.
inline constexpr KernelVersion kDeclaringKernel = {.version = 6, .patch_level = 18};

// Calls that the kernel of DeclaredParameters() lacks.
std::span<const ParametersOfCall> FurtherParameters();

// Calls that have other parameters on a target than these two say.
struct ParametersOnTarget {
  std::string_view target;
  std::string_view call;
  std::string_view parameters;
};
std::span<const ParametersOnTarget> ParametersOnTargets();

// Parameters of which the kernel looks at less than it declares, on all targets.
struct EffectiveClass {
  std::string_view call;
  std::string_view parameter;
  std::string_view effective;
};
std::span<const EffectiveClass> EffectiveClasses();

// The manual's name of what the kernel calls otherwise.
struct ManualName {
  std::string_view manual;
  std::string_view kernel;
};
// In every call that has a parameter of the kernel's name.
std::span<const ManualName> ManualNamesOfAnyCall();

// In one call, "manual=kernel manual=kernel". Sorted by name of the call.
struct ManualNamesOfCall {
  std::string_view call;
  std::string_view names;
};
std::span<const ManualNamesOfCall> ManualNames();

}  // namespace precompiledseccomp
