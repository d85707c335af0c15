// SPDX-License-Identifier: Apache-2.0

#include "corpus/meant_differences.h"

namespace precompiledseccomp::testing {

bool IsMeantToDiffer(const ResolvedPolicy& policy, const seccomp_data& call, std::uint32_t theirs) {
  if (call.arch != policy.target.audit_arch)
    return theirs == SECCOMP_RET_KILL_THREAD &&
           policy.bad_architecture_action.ReturnValue() == SECCOMP_RET_KILL_PROCESS;
  if (call.nr == -1) return true;
  return static_cast<std::uint32_t>(call.nr) > Syscall::kMaximumNumber &&
         (theirs == policy.default_action.ReturnValue() ||
          theirs == policy.bad_architecture_action.ReturnValue());
}

}  // namespace precompiledseccomp::testing
