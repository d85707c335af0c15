// SPDX-License-Identifier: Apache-2.0

#include "support/meant_by_others.h"
#include "support/calls.h"

#include <cstdint>

#include <linux/seccomp.h>

#include <precompiledseccomp/action.h>

#include "bpf/interpreter.h"

namespace precompiledseccomp::testing {

ResolvedPolicy AsMeantByOthers(ResolvedPolicy policy, const std::vector<sock_filter>& filter) {
  constexpr std::uint32_t kMinusOne = UINT32_MAX;
  const auto answer_to = [&](std::uint32_t number, std::uint32_t arch) {
    return Action::FromReturnValue(bpf::Run(filter, CallOn(arch, number)).result);
  };
  const std::uint32_t arch = policy.target.audit_arch;
  policy.bad_architecture_action = answer_to(0, 0);
  policy.target.foreign_abi_bits = 0;
  policy.target.foreign_numbers = {};
  policy.baseline = Baseline{{{0, Syscall::kMaximumNumber}}, answer_to(Syscall::kMaximumNumber + 1, arch)};
  policy.rule_sets.push_back({false, {{answer_to(kMinusOne, arch), {kMinusOne}, Always(), "-1"}}});
  return policy;
}

}  // namespace precompiledseccomp::testing
