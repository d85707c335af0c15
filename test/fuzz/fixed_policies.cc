// SPDX-License-Identifier: Apache-2.0

#include "fuzz/fixed_policies.h"

#include <algorithm>

#include <precompiledseccomp/define.h>

#include "support/boundary_calls.h"
#include "support/numbers.h"

namespace precompiledseccomp::fuzz {
namespace {

constexpr std::size_t kCalls = 100;

Policy ByNumber(const Values&) {
  Policy policy;
  return policy.Allow(testing::Numbers({1, 2, 3, 60})).Errno(1, Syscall(5)).Default(Action::Errno(38));
}

Policy ByArguments(const Values&) {
  Policy policy;
  policy.Allow(Syscall(0), Arg(0) == 3 || (Arg(1) > 0x100000000 && Arg32(2) <= 7));
  policy.Errno(13, Syscall(1), (Arg32(0) & 0xf0) == 0x10 && !(Arg(5) == 0));
  policy.Log(Syscall(1), Arg32(1).OnlyBits(3) && Arg32(2).In({1, 2, 4, 0x80}));
  return policy.Allow(Syscall(1));
}

Policy ByVariables(const Values& v) {
  Policy policy;
  policy.Allow(Syscall(0), Arg(0) == v["fd"] && Arg(2) <= v["size"]);
  policy.Errno(v["code"], Syscall(0), (Arg(1) & v.Uint64("mask")) == 0x10);
  return policy.Default(Action::Trap(7));
}

Policy ByEverythingElse(const Values&) {
  Policy policy;
  policy.Add(RuleSet::OnlyVsyscall().Allow(Syscall(96)))
      .Add(RuleSet().Trace(Syscall(96), InstructionPointer() >= 0x7f0000000000));
  policy.KnownUpTo(Syscall(200)).Unknown(Action::UserNotify());
  return policy.BadArchitecture(Action::KillThread()).Default(Action::Errno(1));
}

FixedPolicy Fix(const std::vector<Variable>& variables, Policy (*define)(const Values&)) {
  const Target& target = *FindTarget("x86_64");
  FixedPolicy fixed{Resolve(define(Values(target, variables)), target), {}, {}};
  for (const Variable& variable : variables) {
    fixed.variables.push_back(variable.bits == 32 ? variable.name : LowHalfName(variable.name));
    if (variable.bits == 64) fixed.variables.push_back(HighHalfName(variable.name));
  }
  std::sort(fixed.variables.begin(), fixed.variables.end());
  testing::Random random(1);
  const std::vector<std::uint64_t> values(variables.size(), 3);
  const std::vector<seccomp_data> calls =
      testing::BoundaryCalls(WithNumbers(fixed.policy, NumbersOf(variables, values)), random);
  for (std::size_t i = 0; i < kCalls; ++i) fixed.calls.push_back(random.OneOf(calls));
  return fixed;
}

}  // namespace

const std::vector<FixedPolicy>& FixedPolicies() {
  static const std::vector<FixedPolicy> policies = {
      Fix({}, ByNumber),
      Fix({}, ByArguments),
      Fix({"code", "fd", Uint64("mask"), "size"}, ByVariables),
      Fix({}, ByEverythingElse),
  };
  return policies;
}

}  // namespace precompiledseccomp::fuzz
