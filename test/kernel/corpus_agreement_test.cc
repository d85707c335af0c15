// SPDX-License-Identifier: Apache-2.0
//
// Real policies, as this compiler and as others compile them, asked in the kernel for any call.

#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/precompile.h>

#include "compile/compile.h"
#include "corpus/corpus.h"
#include "corpus/meant_differences.h"
#include "kernel/agreement.h"
#include "kernel/filtered_child.h"
#include "precompile/template.h"
#include "support/random_policy.h"

namespace precompiledseccomp::testing {
namespace {

constexpr Effort kSomeCalls = {.aims_per_test = 1, .combinations = 4, .values_one_by_one = 100};
constexpr Effort kFewCalls = {.aims_per_test = 1, .combinations = 1, .values_one_by_one = 10};

// Those of this machine.
std::vector<const CorpusPolicy*> Policies() {
  std::vector<const CorpusPolicy*> policies;
  for (const CorpusPolicy& policy : Corpus())
    if (policy.target->audit_arch == NativeTarget().audit_arch) policies.push_back(&policy);
  return policies;
}

BOOST_AUTO_TEST_SUITE(AgreementOnRealPolicies, *boost::unit_test::precondition(KernelTakesFilters))

BOOST_AUTO_TEST_CASE(AsTheyAreCompiledHere) {
  Tally tally;
  for (const CorpusPolicy* policy : Policies()) BOOST_TEST_CONTEXT(policy->name) {
      const ResolvedPolicy resolved = Resolve(policy->policy, *policy->target);
      Random random(1);
      BOOST_TEST(
          AllThreeAgree(resolved, Compile(resolved), CallsToAgreeOn(resolved, random, kSomeCalls), tally));
    }
  Print("real policies", tally);
  BOOST_TEST(tally.programs == Policies().size());
}

BOOST_AUTO_TEST_CASE(AsTheyAreRendered) {
  constexpr std::size_t kStep = 3;  // every third set of values
  Tally tally;
  for (const CorpusPolicy* policy : Policies()) {
    if (policy->values.empty()) continue;
    const PrecompiledProgram program = Precompile(policy->definition, *policy->target);
    const auto sets = InterestingValues(policy->definition, *policy->target, 1);
    for (std::size_t i = 0; i < sets.size(); i += kStep) {
      const std::vector<std::uint64_t>& values = sets[i];
      BOOST_TEST_CONTEXT(policy->name << ", first value " << values.front()) {
        const ResolvedPolicy resolved = PolicyFor(policy->definition, values, *policy->target);
        Random random(1);
        BOOST_TEST(AllThreeAgree(resolved, WithValues(program, values),
                                 CallsToAgreeOn(resolved, random, kFewCalls), tally));
      }
    }
  }
  Print("real policies with variables, rendered", tally);
}

BOOST_AUTO_TEST_CASE(AsOthersCompiledThem) {
  Tally tally;
  for (const CorpusPolicy* policy : Policies())
    for (const Reference& reference : policy->references)
      BOOST_TEST_CONTEXT(policy->name << " by " << reference.compiler) {
        const ResolvedPolicy resolved = Resolve(policy->policy, *policy->target);
        const MayDiffer may_differ = [&](const seccomp_data& call, std::uint32_t theirs) {
          return IsMeantToDiffer(resolved, call, theirs);
        };
        Random random(1);
        BOOST_TEST(AllThreeAgree(resolved, reference.program, CallsToAgreeOn(resolved, random, kSomeCalls),
                                 tally, may_differ));
      }
  Print("real policies, compiled by others", tally);
  BOOST_TEST(tally.programs >= Policies().size());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
