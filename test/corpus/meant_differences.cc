// SPDX-License-Identifier: Apache-2.0

#include "corpus/meant_differences.h"

namespace precompiledseccomp::testing {

bool IsMeantToDiffer(const ResolvedPolicy& policy, const seccomp_data& call, std::uint32_t theirs) {
  if (call.arch != policy.target.audit_arch)
    return theirs == SECCOMP_RET_KILL_THREAD &&
           policy.bad_architecture_action.ReturnValue() == SECCOMP_RET_KILL_PROCESS;
  const auto number = static_cast<std::uint32_t>(call.nr);
  if (number == Target::kSkippedCall) return false;
  return (number > Syscall::kMaximumNumber || policy.target.foreign_numbers.Has(number)) &&
         (theirs == policy.default_action.ReturnValue() ||
          theirs == policy.bad_architecture_action.ReturnValue());
}

}  // namespace precompiledseccomp::testing
