// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>

#include <linux/seccomp.h>

#include <precompiledseccomp/target.h>

#include "support/targets.h"

// Calls as filters see them.
namespace precompiledseccomp::testing {

// A call of this number, made at address 0. The number may be negative, as -1 is of a call that a tracer has
// skipped; arguments that are not given are 0.
inline seccomp_data CallOn(std::uint32_t audit_arch, std::int64_t number,
                           std::initializer_list<std::uint64_t> args = {}) {
  seccomp_data call{};
  call.nr = static_cast<int>(number);
  call.arch = audit_arch;
  std::copy(args.begin(), args.end(), call.args);
  return call;
}

// The same of a target, of x86-64, and of this machine.
inline seccomp_data CallFor(const Target& target, std::int64_t number,
                            std::initializer_list<std::uint64_t> args = {}) {
  return CallOn(target.audit_arch, number, args);
}
inline seccomp_data Call(std::int64_t number, std::initializer_list<std::uint64_t> args = {}) {
  return CallFor(X86(), number, args);
}
inline seccomp_data NativeCall(std::int64_t number, std::initializer_list<std::uint64_t> args = {}) {
  return CallFor(NativeTarget(), number, args);
}

}  // namespace precompiledseccomp::testing
