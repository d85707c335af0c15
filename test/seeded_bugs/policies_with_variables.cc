// SPDX-License-Identifier: Apache-2.0

#include <cerrno>

#include "seeded_bugs/policies.h"
#include "support/numbers.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

PolicyCase Of(const std::string& name, const std::vector<Variable>& variables,
              const std::function<void(const Values&, Policy&)>& add_rules) {
  const auto policy_for = [add_rules](const Values& values) {
    Policy policy;
    add_rules(values, policy);
    return policy;
  };
  return {{name, variables, policy_for}, X86()};
}

// What programs do most.
void Descriptors(const Values& v, Policy& policy) {
  policy.Allow(Syscall(0), Arg(0) == v["in"] || Arg(0) == v["out"])
      .Allow(Syscall(1), Arg(0) == v["out"])
      .Allow(Numbers({60, 231}));
}

void SetOfVariables(const Values& v, Policy& policy) {
  policy.Allow(Syscall(0), Arg(0).In({v["a"], v["b"], v["c"]}));
}

// Constants in a row, with gaps, and single.
void SetWithVariables(const Values& v, Policy& policy) {
  policy.Allow(Syscall(0), Arg32(0).In({5, 9, 20, 40, 41, 42, 77, v["a"]}));
}

void SetWithNeighbours(const Values& v, Policy& policy) {
  policy.Allow(Syscall(0), Arg(1).In({5, 6, 7, v["a"]}))
      .Allow(Syscall(1), Arg32(1).In({v["b"], 0x80000000, 0x80000001}));
}

// One argument, compared with two variables: which may be equal.
void DifferentAnswersForTwoVariables(const Values& v, Policy& policy) {
  policy.Errno(EPERM, Syscall(0), Arg32(0) == v["a"] && Arg32(1) == 1)
      .Errno(EACCES, Syscall(0), Arg32(0) == v["b"] && Arg32(2) == 1)
      .Allow(Syscall(0));
}

// One argument, compared with a variable and with a constant: which may be equal, or in either order.
void AnswersOfAConstantFirst(const Values& v, Policy& policy) {
  policy.Errno(EPERM, Syscall(0), Arg32(0) == 4 && Arg32(1) == 1)
      .Errno(EACCES, Syscall(0), Arg32(0) == v["a"])
      .Allow(Syscall(0));
}

void Limits(const Values& v, Policy& policy) {
  policy.Allow(Syscall(0), Arg32(0) < v["a"] && Arg32(0) >= 100)
      .Allow(Syscall(1), Arg32(0) <= v["a"] || Arg32(0) == 7);
  policy.Allow(Syscall(2), Arg32(1) > v["a"])
      .Errno(EPERM, Syscall(2), Arg32(1) >= v["b"])
      .Allow(Syscall(3), Arg32(0) < 10 && Arg32(0) >= v["b"]);
}

void WholeVariables(const Values& v, Policy& policy) {
  policy.Allow(Syscall(0), Arg(0) == v.Uint64("w"))
      .Allow(Syscall(1), Arg(1) < v.Uint64("w"))
      .Allow(Syscall(2), Arg(1) >= v.Uint64("w"));
  policy.Allow(Syscall(3), Arg(2) <= 0xffffffff && Arg(2) > v.Uint64("w"));
}

void SignedLimits(const Values& v, Policy& policy) {
  policy.Allow(Syscall(0), Arg32(0).Signed() >= v["a"])
      .Allow(Syscall(1), Arg32(0).Signed() < v["b"] || Arg32(1) == v["b"])
      .Allow(Syscall(2), Arg(1).Signed() > v.Uint64("w"));
}

void VariablesInMasks(const Values& v, Policy& policy) {
  policy.Allow(Syscall(0), (Arg32(0) & v["m"]) == 5 || Arg32(1) == 9)
      .Allow(Syscall(1), (Arg32(0) & 7) == v["a"] || Arg32(1) == 9)
      .Allow(Syscall(2), Arg32(1).OnlyBits(v["m"]));
}

void TwoMasks(const Values& v, Policy& policy) {
  policy.Errno(EPERM, Syscall(0), (Arg32(0) & v["m"]) == 1)
      .Errno(EACCES, Syscall(0), (Arg32(0) & v["n"]) == 2)
      .Allow(Syscall(0));
}

void DataOfActions(const Values& v, Policy& policy) {
  policy.Errno(v["a"], Syscall(0))
      .Errno(v["b"], Syscall(1), Arg32(0) == 1)
      .Add(Action::Trap(v["a"]), Syscall(2))
      .Errno(EPERM, Syscall(3));
}

void DataOfTheDefaultAction(const Values& v, Policy& policy) {
  policy.Allow(Syscall(0)).Default(Action::Errno(v["a"]));
}

// So many that it matters for installing what order they stand in, and so long.
void ManyCalls(const Values& v, Policy& policy) {
  for (std::uint32_t i = 0; i < 25; ++i)
    policy.Allow(Syscall(3 * i), Arg32(static_cast<int>(i % 6)) == v["a"] ||
                                     Arg32(static_cast<int>((i + 1) % 6)) == 1000 + i);
}

}  // namespace

std::vector<PolicyCase> PoliciesWithVariables() {
  return {
      Of("descriptors", {"in", "out"}, Descriptors),
      Of("set_of_variables", {"a", "b", "c"}, SetOfVariables),
      Of("set_with_variables", {"a"}, SetWithVariables),
      Of("set_with_neighbours", {"a", "b"}, SetWithNeighbours),
      Of("different_answers_for_two_variables", {"a", "b"}, DifferentAnswersForTwoVariables),
      Of("answers_of_a_constant_first", {"a"}, AnswersOfAConstantFirst),
      Of("limits", {"a", "b"}, Limits),
      Of("whole_variables", {Uint64("w")}, WholeVariables),
      Of("variables_in_masks", {"m", "a"}, VariablesInMasks),
      Of("signed_limits", {"a", "b", Uint64("w")}, SignedLimits),
      Of("two_masks", {"m", "n"}, TwoMasks),
      Of("data_of_actions", {"a", "b"}, DataOfActions),
      Of("data_of_the_default_action", {"a"}, DataOfTheDefaultAction),
      Of("many_calls", {"a"}, ManyCalls),
  };
}

}  // namespace precompiledseccomp::testing
