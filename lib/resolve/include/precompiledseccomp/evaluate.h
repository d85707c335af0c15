// SPDX-License-Identifier: Apache-2.0
//
// Policies resolved for one target, and the answer that such a policy gives to a call. The evaluator is the
// reference for everything that is compiled: it is written to be obviously right, and does nothing clever.
//
//   const ResolvedPolicy resolved = Resolve(policy, NativeTarget());
//   seccomp_data call = {.nr = SYS_write, .arch = NativeTarget().audit_arch, .args = {1}};
//   assert(Evaluate(resolved, call, {{"fd", 1}}) == SECCOMP_RET_ALLOW);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <linux/seccomp.h>

#include <precompiledseccomp/action.h>
#include <precompiledseccomp/condition.h>
#include <precompiledseccomp/policy.h>
#include <precompiledseccomp/target.h>
#include <precompiledseccomp/value.h>

namespace precompiledseccomp {

// A rule of the policy, or of one that tests parameters by name what it says of some of its calls: for each
// condition that they come to there is one.
struct ResolvedRule {
  Action action;
  std::vector<std::uint32_t>
      numbers;  // ascending, each once; empty if the target has none of the rule's optional calls
  Condition condition;
  // For messages.
  std::string description;  // Rule::ToString(target)
  SourceLocation where = {};
  // Whether this is the same rule of the policy as the one before.
  bool continues_rule = false;
  // The rule's optional calls that the target does not have; of several parts, the first one has them.
  std::vector<std::string> left_out = {};
  bool any_call = false;  // then there are no `numbers`

  // Whether the rule is for calls of that number, if they are the target's own: it names it, or is for any
  // call.
  [[nodiscard]] bool IsFor(std::uint32_t number) const;

  // `"allow read if arg0 == 3" (policy.cc:12)`
  [[nodiscard]] std::string ToString() const;
};

struct ResolvedRuleSet {
  bool only_vsyscall = false;
  std::vector<ResolvedRule> rules;
};

// A call that the policy names, for the host compiler to check the number.
struct UsedSyscall {
  std::string name;
  std::uint32_t number = 0;
  friend auto operator<=>(const UsedSyscall&, const UsedSyscall&) = default;  // NOLINT: clang-tidy 14 errs
};

struct Baseline {
  std::vector<NumberRange> known;  // ascending, each apart from the next; up to Syscall::kMaximumNumber
  Action unknown_action;

  [[nodiscard]] bool Knows(std::uint32_t number) const;
};

struct ResolvedPolicy {
  // Without the numbers that are foreign on old kernels only, if the policy is for newer ones.
  Target target;
  std::vector<ResolvedRuleSet> rule_sets;
  Action default_action;
  Action bad_architecture_action;
  std::optional<Baseline> baseline;
  // Call number and how often it is made; most frequent first.
  std::vector<std::pair<std::uint32_t, std::uint64_t>> counts;
  // Calls given by name, sorted, each once.
  std::vector<UsedSyscall> used_syscalls;
  // Policy::CallsPerRun()
  std::optional<std::uint64_t> calls_per_run = {};
  // Policy::ReportsViolations()
  std::optional<ViolationReport> violation_report = {};

  // What is done with a call of that number, of the target's own, if no rule decides it.
  [[nodiscard]] const Action& LastResort(std::uint32_t number) const;
};

// Turns names into the target's numbers. Throws Error for a name that the target
// does not have (with near misses), for an optional one that no target has, and for a policy that has an
// action for unknown calls but no baseline.
ResolvedPolicy Resolve(const Policy& policy, const Target& target);

// Whether `condition` is true of `call`, with these numbers for its variables (NumbersOf() in define.h makes
// them). Throws Error if one that matters is missing.
bool Holds(const Condition& condition, const seccomp_data& call, const VariableNumbers& numbers = {});

// The rule that decides `call`; null if none does. Throws Error if a number that matters is missing.
const ResolvedRule* DecidingRule(const ResolvedPolicy& policy, const seccomp_data& call,
                                 const VariableNumbers& numbers = {});

// The value that a filter for this policy returns for `call`, SECCOMP_RET_ERRNO | EPERM for example, with
// these numbers for the policy's variables. Throws Error if one that matters is missing.
std::uint32_t Evaluate(const ResolvedPolicy& policy, const seccomp_data& call,
                       const VariableNumbers& numbers = {});

// The same with constants in place of the variables: what it is with these numbers. Throws Error if one is
// missing.
Condition WithNumbers(const Condition& condition, const VariableNumbers& numbers);
ResolvedPolicy WithNumbers(ResolvedPolicy policy, const VariableNumbers& numbers);

}  // namespace precompiledseccomp
