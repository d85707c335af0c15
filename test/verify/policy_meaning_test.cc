// SPDX-License-Identifier: Apache-2.0
//
// Policies as functions of calls: they answer as the reference evaluator does.

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "support/boundary_calls.h"
#include "support/compare.h"
#include "support/random_policy.h"
#include "support/seeds.h"
#include "support/targets.h"
#include "verify/meaning.h"
#include "verify/policy_meaning.h"

namespace precompiledseccomp::testing {
namespace {

constexpr Effort kFewCalls = {.aims_per_test = 1, .combinations = 8, .values_one_by_one = 60};

void CheckDefinition(std::uint64_t seed, const Target& target) {
  const ProgramDefinition definition = RandomDefinition(seed, {.variables = true});
  Workplace w;
  const ResolvedPolicy policy = Resolve(definition.policy(Values(target, definition.variables)), target);
  verify::LargestRule largest;
  const verify::DiagramId meaning =
      verify::MeaningOfPolicy(policy, w.terms, w.diagrams, w.comparisons, largest);
  Random random(seed);
  for (const auto& values : InterestingValues(definition, target, seed)) {
    const VariableNumbers numbers = NumbersOf(definition.variables, values);
    for (const seccomp_data& call : BoundaryCalls(WithNumbers(policy, numbers), random, kFewCalls))
      if (w.AnswerOf(meaning, call, numbers) != Evaluate(policy, call, numbers))
        BOOST_ERROR("seed " << seed << " for " << target.name << ": " << CallText(target, call));
  }
}

BOOST_AUTO_TEST_SUITE(PolicyMeaningTest)

BOOST_AUTO_TEST_CASE(PoliciesAnswerAsTheEvaluatorDoes) {
  // A large policy that has rules for any call takes as long as all others.
  for (const Target& target : Targets())
    ForEachSeed(
        3, 25, [&](std::uint64_t seed) { CheckDefinition(seed, target); }, 3);
}

BOOST_AUTO_TEST_CASE(OnBigEndianMachinesPoliciesMeanTheSame) {
  CheckDefinition(1, BigEndian(Arm()));
}

BOOST_AUTO_TEST_CASE(ASetOfThousandsIsReadInReasonableWork) {
  std::vector<Value> values;
  for (std::uint32_t i = 0; i < 20000; ++i) values.emplace_back(std::uint64_t{i} * 0x10003);
  const Policy policy = Policy().Allow("ioctl", Arg(1).In(values));
  Workplace w;
  verify::LargestRule largest;
  verify::MeaningOfPolicy(Resolve(policy, X86()), w.terms, w.diagrams, w.comparisons, largest);
  BOOST_TEST(w.budget.steps() < 2000000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
