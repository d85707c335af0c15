// SPDX-License-Identifier: Apache-2.0
//
// Real policies: the answers that their data says, the answers of what another compiler made of them, and its
// figures to compare with.

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/precompile.h>

#include "bpf/disassembler.h"
#include "bpf/interpreter.h"
#include "compile/compile.h"
#include "corpus/corpus.h"
#include "corpus/figures.h"
#include "corpus/meant_differences.h"
#include "precompile/template.h"
#include "support/boundary_calls.h"
#include "support/compare.h"
#include "support/random.h"
#include "support/random_policy.h"

namespace precompiledseccomp::testing {
namespace {

std::vector<seccomp_data> CallsFor(const ResolvedPolicy& policy) {
  Random random(1);
  return BoundaryCalls(policy, random, {.aims_per_test = 1, .combinations = 16, .values_one_by_one = 300});
}

BOOST_AUTO_TEST_SUITE(RealPolicies)

BOOST_AUTO_TEST_CASE(GiveProfiledCallsTheAnswersOfTheirData) {
  for (const CorpusPolicy& policy : Corpus()) {
    const ResolvedPolicy resolved = Resolve(policy.policy, *policy.target);
    const std::vector<sock_filter> program = Compile(resolved);
    for (const ProfiledCall& profiled : policy.profile)
      BOOST_TEST_CONTEXT(policy.name << ": " << profiled.name << " "
                                     << CallText(*policy.target, profiled.call)) {
        BOOST_TEST(bpf::DescribeReturn(Evaluate(resolved, profiled.call)) ==
                   bpf::DescribeReturn(profiled.answer));
        BOOST_TEST(bpf::DescribeReturn(bpf::Run(program, profiled.call).result) ==
                   bpf::DescribeReturn(profiled.answer));
      }
  }
}

BOOST_AUTO_TEST_CASE(AreCompiledRight) {
  for (const CorpusPolicy& policy : Corpus()) BOOST_TEST_CONTEXT(policy.name) {
      const ResolvedPolicy resolved = Resolve(policy.policy, *policy.target);
      const std::vector<sock_filter> program = Compile(resolved);
      BOOST_TEST(AnswersLike(resolved, program, CallsFor(resolved)));
      BOOST_TEST(IsTidy(program));
      BOOST_TEST(CachesWhatIsAllowed(resolved, program));
    }
}

BOOST_AUTO_TEST_CASE(ArePrecompiledRight) {
  for (const CorpusPolicy& policy : Corpus()) {
    if (policy.values.empty()) continue;
    const PrecompiledProgram program = Precompile(policy.definition, *policy.target);
    std::vector<std::vector<std::uint64_t>> sets = {policy.values};
    for (auto& values : InterestingValues(policy.definition, *policy.target, 1)) sets.push_back(values);
    for (const auto& values : sets) BOOST_TEST_CONTEXT(policy.name << ", first value " << values.front()) {
        const ResolvedPolicy resolved = PolicyFor(policy.definition, values, *policy.target);
        Random random(1);
        const Effort effort = {.aims_per_test = 1, .combinations = 4, .values_one_by_one = 20};
        BOOST_TEST(
            AnswersLike(resolved, WithValues(program, values), BoundaryCalls(resolved, random, effort)));
      }
  }
}

BOOST_AUTO_TEST_CASE(AnswerLikeTheReferences) {
  for (const CorpusPolicy& policy : Corpus())
    for (const Reference& reference : policy.references)
      BOOST_TEST_CONTEXT(policy.name << " by " << reference.compiler) {
        const ResolvedPolicy resolved = Resolve(policy.policy, *policy.target);
        const std::vector<sock_filter> program = Compile(resolved);
        for (const seccomp_data& call : CallsFor(resolved)) {
          const std::uint32_t ours = bpf::Run(program, call).result;
          const std::uint32_t theirs = bpf::Run(reference.program, call).result;
          if (ours == theirs || IsMeantToDiffer(resolved, call, theirs)) continue;
          BOOST_ERROR(CallText(*policy.target, call) << ": " << bpf::DescribeReturn(ours)
                                                     << ", by the reference " << bpf::DescribeReturn(theirs));
          break;
        }
      }
}

// A call that is tried first lengthens the way of all others by a test; where nearly all numbers are refused
// at once, this can outweigh what the rest has won, by next to nothing.
constexpr double kAlmostAsShort = 1.01;

BOOST_AUTO_TEST_CASE(AreNoWorseThanTheReferences) {
  const std::vector<ComparedPolicy> policies = CompareWithReferences(Corpus());
  PrintTable(policies);
  for (const ComparedPolicy& policy : policies)
    for (const auto& [compiler, theirs] : policy.references)
      BOOST_TEST_CONTEXT(policy.name << " by " << compiler) {
        BOOST_TEST(policy.ours.instructions <= theirs.instructions);
        // With a profile, the paths of calls that it names are what counts.
        if (policy.has_profile && compiler == "kafel")
          BOOST_TEST(policy.ours.mean_hot <= theirs.mean_hot);
        else
          BOOST_TEST(policy.ours.mean_path <= kAlmostAsShort * theirs.mean_path);
        BOOST_TEST(policy.ours.cacheable >= theirs.cacheable);
      }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
