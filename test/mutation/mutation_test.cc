// SPDX-License-Identifier: Apache-2.0
//
// Every small change of a compiled program is found out, or changes nothing.

#include <variant>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/target.h>

#include "bpf/acceptance.h"
#include "corpus/corpus.h"
#include "mutation/mutants.h"
#include "mutation/verdicts.h"
#include "oracle/agreement.h"
#include "oracle/disguise.h"
#include "oracle/load_corpus.h"
#include "oracle/sample_policies.h"
#include "support/random.h"
#include "support/random_policy.h"
#include "support/seeds.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

// Of a program's mutants, so that large ones do not take all of the time.
constexpr std::size_t kMostOfARandomPolicy = 200;

CompiledPolicy CompiledForSeed(std::uint64_t seed) {
  return Compiled(RandomDefinition(seed, {.variables = seed % 2 == 0}), seed / 2 % 2 == 0 ? X86() : Arm());
}

BOOST_AUTO_TEST_SUITE(MutantsAreRefutedOrEquivalent)

// In ten parts, of which a slow machine does three.
BOOST_AUTO_TEST_CASE(OfPoliciesOfEachKind) {
  constexpr std::size_t kParts = 10;
  constexpr double kSeconds = 8;
  Verdicts verdicts;
  const auto check_part = [&](std::uint64_t seed) {
    for (const Target& target : Targets())
      for (const ProgramDefinition& definition : SamplePolicies())
        verdicts.CheckMutantsOf(Compiled(definition, target), seed % kParts, kParts);
  };
  ForEachSeed(3, kParts, check_part, kSeconds);
  BOOST_TEST_MESSAGE("policies of each kind\n" << verdicts.Table());
  BOOST_TEST(verdicts.Total().refuted >= 2500U);
  for (std::size_t i = 0; i < kMutations; ++i)
    BOOST_TEST(verdicts.Of(static_cast<Mutation>(i)).refuted >= 50U, NameOf(static_cast<Mutation>(i)));
}

BOOST_AUTO_TEST_CASE(OfRandomPolicies) {
  Verdicts verdicts;
  ForEachSeed(4, 100, [&](std::uint64_t seed) {
    const CompiledPolicy compiled = CompiledForSeed(seed);
    const std::size_t stride = MutantsOf(compiled.filter).size() / kMostOfARandomPolicy + 1;
    verdicts.CheckMutantsOf(compiled, seed % stride, stride);
  });
  BOOST_TEST_MESSAGE("random policies\n" << verdicts.Table());
  BOOST_TEST(verdicts.Total().refuted >= 400U);
}

// Policies that test the same words against variables and against masks: what differs in the diagrams of a
// mutant are mostly paths on which facts contradict each other, of which there are more than can be walked.
BOOST_AUTO_TEST_CASE(AreDecidedSoonThoughMostPathsAreImpossible) {
  constexpr verify::Limits kLittleWork = {.steps = 5'000'000};
  for (const std::uint64_t seed : {56U, 58U, 62U}) {
    const CompiledPolicy compiled = CompiledForSeed(seed);
    const std::vector<Mutant> mutants = MutantsOf(compiled.filter);
    for (std::size_t i = 0; i < mutants.size(); i += mutants.size() / 100 + 1) {
      if (bpf::ReasonForRefusal(mutants[i].filter.instructions)) continue;
      const verify::Verdict verdict = verify::Prove(compiled.policy, mutants[i].filter, kLittleWork);
      BOOST_TEST(!std::holds_alternative<verify::Undecided>(verdict),
                 compiled.name << ": " << mutants[i].text);
    }
  }
}

BOOST_AUTO_TEST_CASE(OfPoliciesOfOtherProjects, *boost::unit_test::precondition(ThereIsACorpus)) {
  // Another fortieth of the mutants for each seed.
  constexpr std::size_t kStride = 40;
  Verdicts verdicts;
  ForEachSeed(1, 1, [&](std::uint64_t seed) {
    for (const CorpusPolicy& policy : Corpus())
      verdicts.CheckMutantsOf(Compiled(policy.definition, *policy.target), seed % kStride, kStride);
  });
  BOOST_TEST_MESSAGE("policies of other projects\n" << verdicts.Table());
  BOOST_TEST(verdicts.Total().refuted >= 1000U);
}

BOOST_AUTO_TEST_SUITE_END()

// Not only of equivalents: z3 decides without knowing the prover's verdict, and looks for a smaller call than
// the prover's where there is a difference.
void CheckSomeMutants(const CompiledPolicy& compiled, const bpf::FilterWithHoles& filter, Random& random,
                      BothProvers& provers) {
  constexpr int kSome = 6;
  const std::vector<Mutant> mutants = MutantsOf(filter);
  for (int i = 0; i < kSome; ++i) {
    const Mutant& mutant = random.OneOf(mutants);
    if (bpf::ReasonForRefusal(mutant.filter.instructions)) continue;
    BOOST_TEST_CONTEXT(compiled.name << ", mutant " << mutant.text) {
      provers.CheckSameVerdict(compiled.policy, mutant.filter);
    }
  }
}

BOOST_AUTO_TEST_CASE(BothProversSayTheSameOfMutants) {
  BothProvers provers;
  ForEachSeed(5, 150, [&](std::uint64_t seed) {
    const CompiledPolicy compiled = CompiledForSeed(seed);
    Random random(seed);
    CheckSomeMutants(compiled, compiled.filter, random, provers);
  });
  BOOST_TEST(provers.refuted() >= 10U);
  BOOST_TEST(provers.not_followed() == 0U);
}

BOOST_AUTO_TEST_CASE(BothProversSayTheSameOfMutantsOfDisguisedFilters) {
  BothProvers provers;
  ForEachSeed(5, 150, [&](std::uint64_t seed) {
    const CompiledPolicy compiled = CompiledForSeed(seed);
    Random random(seed);
    if (const auto disguised = Disguised(compiled.filter, random))
      CheckSomeMutants(compiled, *disguised, random, provers);
  });
  BOOST_TEST(provers.refuted() >= 5U);
  // Where a constant that is calculated with is no longer loaded.
  BOOST_TEST(provers.not_followed() * 4 < provers.refuted());
}

}  // namespace
}  // namespace precompiledseccomp::testing
