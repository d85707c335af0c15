// SPDX-License-Identifier: Apache-2.0
//
// Random policies: what is compiled answers like the policy, and is as good as promised.

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/error.h>
#include <precompiledseccomp/precompile.h>

#include "bpf/interpreter.h"
#include "compile/compile.h"
#include "support/boundary_calls.h"
#include "support/compare.h"
#include "support/random_policy.h"
#include "support/seeds.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(RandomPolicies)

void CheckPolicy(std::uint64_t seed, const Target& target) {
  const Policy policy = RandomDefinition(seed).policy(Values(target, {}));
  BOOST_TEST_CONTEXT("for " << target.name << ":\n" << policy) {
    const ResolvedPolicy resolved = Resolve(policy, target);
    const std::vector<sock_filter> program = Compile(resolved);
    Random random(seed);
    BOOST_TEST(AnswersLike(resolved, program, BoundaryCalls(resolved, random)));
    BOOST_TEST(IsTidy(program));
    BOOST_TEST(CachesWhatIsAllowed(resolved, program));
    BOOST_TEST(SameInstructions(program, Compile(Resolve(policy, target))));
  }
}

BOOST_AUTO_TEST_CASE(AnswerLikeThePolicyOnX86_64) {
  ForEachSeed(40, 600, [](std::uint64_t seed) { CheckPolicy(seed, X86()); });
}

BOOST_AUTO_TEST_CASE(AnswerLikeThePolicyOnAarch64) {
  ForEachSeed(40, 600, [](std::uint64_t seed) { CheckPolicy(seed, Arm()); });
}

// Those who were to load a word found a copy of the test nearer by.
BOOST_AUTO_TEST_CASE(NoLoadIsLeftBehindWhereATestIsCopied) {
  CheckPolicy(5002099, X86());
  CheckPolicy(5002099, Arm());
}

// Frequencies choose the order of tests, and nothing else.
BOOST_AUTO_TEST_CASE(AnswerAlikeWhateverTheFrequencies) {
  ForEachSeed(25, 200, [](std::uint64_t seed) {
    const Target& target = X86();
    const Policy policy = RandomDefinition(seed).policy(Values(target, {}));
    ResolvedPolicy without = Resolve(policy, target);
    without.counts.clear();
    Random random(seed);
    BOOST_TEST(AnswersLike(Resolve(policy, target), Compile(without), BoundaryCalls(without, random)));
  });
}

BOOST_AUTO_TEST_SUITE_END()

// The other tests are worth little if their calls leave much of the programs alone.
BOOST_AUTO_TEST_CASE(BoundaryCallsRunNearlyEveryInstruction) {
  const Target& target = X86();
  std::size_t instructions = 0;
  std::size_t run = 0;
  ForEachSeed(25, 150, [&](std::uint64_t seed) {
    const ResolvedPolicy policy = PolicyFor(RandomDefinition(seed), {}, target);
    const std::vector<sock_filter> program = Compile(policy);
    Random random(seed);
    std::vector<bool> ran;
    for (const seccomp_data& call : BoundaryCalls(policy, random)) bpf::Run(program, call, ran);
    instructions += program.size();
    run += static_cast<std::size_t>(std::count(ran.begin(), ran.end(), true));
  });
  BOOST_TEST_MESSAGE(run << " of " << instructions << " instructions run");
  // Over thousands of seeds it is 96 of 100; of a few, one large program can be a tenth.
  BOOST_TEST(run * 100 >= instructions * 85);
}

}  // namespace
}  // namespace precompiledseccomp::testing
