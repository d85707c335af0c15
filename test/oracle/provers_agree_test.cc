// SPDX-License-Identifier: Apache-2.0
//
// What the compiler makes of policies is right, says the prover, and so does z3. What other compilers make of
// them is mostly right.

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/evaluate.h>

#include "corpus/corpus.h"
#include "oracle/agreement.h"
#include "oracle/disguise.h"
#include "oracle/load_corpus.h"
#include "oracle/sample_policies.h"
#include "support/example_policies.h"
#include "support/random.h"
#include "support/random_policy.h"
#include "support/seeds.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

void Check(const CompiledPolicy& compiled, BothProvers& provers) {
  BOOST_TEST_CONTEXT(compiled.name) {
    provers.CheckProved(compiled.policy, compiled.filter);
  }
}

BOOST_AUTO_TEST_SUITE(BothProversFindRight)

BOOST_AUTO_TEST_CASE(PoliciesOfEachKind) {
  BothProvers provers;
  for (const Target& target : Targets())
    for (const ProgramDefinition& definition : SamplePolicies()) Check(Compiled(definition, target), provers);
}

BOOST_AUTO_TEST_CASE(PoliciesOfTheExamples) {
  BothProvers provers;
  for (const Target& target : Targets())
    for (const ProgramDefinition& definition : ExamplePolicies())
      Check(Compiled(definition, target), provers);
  BOOST_TEST(provers.proved() == 8U);
}

BOOST_AUTO_TEST_CASE(RandomPoliciesWithoutVariables) {
  BothProvers provers;
  ForEachSeed(10, 150, [&](std::uint64_t seed) {
    const Target& target = seed % 2 == 0 ? X86() : Arm();
    Check(Compiled(RandomDefinition(seed), target), provers);
  });
}

BOOST_AUTO_TEST_CASE(RandomPoliciesWithVariables) {
  BothProvers provers;
  ForEachSeed(10, 150, [&](std::uint64_t seed) {
    const Target& target = seed % 2 == 0 ? X86() : Arm();
    Check(Compiled(RandomDefinition(seed, {.variables = true}), target), provers);
  });
}

// Other compilers and people use what this compiler never emits.
BOOST_AUTO_TEST_CASE(DisguisedFilters) {
  BothProvers provers;
  ForEachSeed(10, 150, [&](std::uint64_t seed) {
    const Target& target = seed / 2 % 2 == 0 ? X86() : Arm();
    const CompiledPolicy compiled = Compiled(RandomDefinition(seed, {.variables = seed % 2 == 0}), target);
    Random random(seed);
    if (const auto disguised = Disguised(compiled.filter, random))
      provers.CheckProved(compiled.policy, *disguised);
  });
  BOOST_TEST(provers.proved() >= 5U);
}

BOOST_AUTO_TEST_CASE(PoliciesOfOtherProjects, *boost::unit_test::precondition(ThereIsACorpus)) {
  BothProvers provers;
  for (const CorpusPolicy& policy : Corpus()) Check(Compiled(policy.definition, *policy.target), provers);
}

BOOST_AUTO_TEST_SUITE_END()

// They differ in what they say of numbers that no call has, for one: see the corpus' own tests.
BOOST_AUTO_TEST_CASE(BothProversSayTheSameOfWhatOtherCompilersMade,
                     *boost::unit_test::precondition(ThereIsACorpus)) {
  BothProvers provers;
  for (const CorpusPolicy& policy : Corpus())
    for (const Reference& reference : policy.references)
      BOOST_TEST_CONTEXT(policy.name << reference.compiler) {
        provers.CheckSameVerdict(Resolve(policy.policy, *policy.target), {reference.program, {}});
      }
}

}  // namespace
}  // namespace precompiledseccomp::testing
