// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <linux/filter.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "compile/compile.h"
#include "support/targets.h"

// The whole compiler, for tests that look at what it makes of a policy.
namespace precompiledseccomp::testing {

inline std::vector<sock_filter> CompileFor(const Policy& policy, const Target& target = X86()) {
  return Compile(Resolve(policy, target));
}

// The instructions of this code, such as BPF_RET | BPF_K.
inline std::size_t CountCode(const std::vector<sock_filter>& program, int code) {
  std::size_t count = 0;
  for (const sock_filter& instruction : program) count += instruction.code == code ? 1 : 0;
  return count;
}

}  // namespace precompiledseccomp::testing
