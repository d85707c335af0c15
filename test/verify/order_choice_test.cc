// SPDX-License-Identifier: Apache-2.0
//
// Proofs in other orders than the usual one.

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/precompile.h>

#include "precompile/template.h"
#include "support/random_policy.h"
#include "support/targets.h"
#include "verify/large_policies.h"
#include "verify/meaning.h"
#include "verify/order_choice.h"
#include "verify/proof_in_order.h"

namespace precompiledseccomp::testing {
namespace {

using verify::LevelOrder;
using verify::Limits;
using verify::Prove;
using verify::Proved;
using verify::Undecided;

// "work" where it is too much.
std::string TextInOrder(const ResolvedPolicy& policy, const bpf::FilterWithHoles& filter, LevelOrder order,
                        verify::Terms& terms, const Limits& limits = {}) {
  verify::Budget budget(limits);
  try {
    return Describe(verify::ProveInOrder(policy, filter, std::move(order), terms, budget), policy.target);
  } catch (const verify::TooMuchWork&) {
    return "work";
  } catch (const verify::SmallestNotFound&) {
    return "work";
  }
}

std::optional<LevelOrder> ChosenOrder(const ResolvedPolicy& policy, verify::Terms& terms) {
  verify::Budget budget({});
  return verify::ChosenOrder(policy, terms, budget);
}

// A small change, of a jump or of a constant.
bpf::FilterWithHoles Changed(bpf::FilterWithHoles filter, Random& random) {
  while (true) {
    sock_filter& instruction = filter.instructions[random.Below(filter.instructions.size())];
    if (BPF_CLASS(instruction.code) != BPF_JMP || BPF_OP(instruction.code) == BPF_JA) continue;
    if (random.OneIn(2))
      std::swap(instruction.jt, instruction.jf);
    else
      instruction.k ^= std::uint32_t{1} << random.Below(32);
    return filter;
  }
}

BOOST_AUTO_TEST_SUITE(OrderChoiceTest)

// What the numbers are does not matter, but that they are small, and the same whichever compiler built the
// prover.
BOOST_AUTO_TEST_CASE(AnOrderForTheProgramMakesProofsOfMasksAndVariablesSmall) {
  const auto nodes_of = [](const LargePolicy& large) {
    verify::Terms terms;
    verify::Budget budget({});
    std::optional<LevelOrder> order = verify::ChosenOrder(large.policy, terms, budget);
    BOOST_REQUIRE_MESSAGE(order.has_value(), large.name);
    const verify::Verdict verdict =
        verify::ProveInOrder(large.policy, large.filter, std::move(*order), terms, budget);
    BOOST_REQUIRE_MESSAGE(std::holds_alternative<Proved>(verdict), large.name);
    return std::get<Proved>(verdict).nodes;
  };
  BOOST_TEST(nodes_of(BitsOfThreeArguments(32)) == 16266U);
  BOOST_TEST(nodes_of(PairsOfBits(48)) == 3287U);
  BOOST_TEST(nodes_of(MasksOfTwoBits(32)) == 16047U);
  BOOST_TEST(nodes_of(TriplesOfVariables(32)) == 5733U);
  BOOST_TEST(nodes_of(VariablesAndBits(32)) == 10532U);
}

BOOST_AUTO_TEST_CASE(WhatTheUsualOrderIsNotGoodForIsProvedInAnother) {
  const LargePolicy large = BitsOfThreeArguments(32);
  verify::Terms terms;
  BOOST_TEST(TextInOrder(large.policy, large.filter, LevelOrder(), terms, {.steps = 4'000'000}) == "work");
  const verify::Verdict verdict = Prove(large.policy, large.filter, {.steps = 4'000'000});
  BOOST_TEST(Describe(verdict, X86()) == "proved");
  // The steps of both attempts.
  BOOST_TEST(std::get<Proved>(verdict).steps > 1'000'000U);
}

BOOST_AUTO_TEST_CASE(NoOrderIsChosenWhereTheUsualOneIsGood) {
  verify::Terms terms;
  const auto has_other_order = [&](const Policy& policy) {
    return ChosenOrder(Resolve(policy, X86()), terms).has_value();
  };
  BOOST_TEST(!has_other_order(Policy()));
  BOOST_TEST(!has_other_order(Policy().Allow("read")));
  BOOST_TEST(!has_other_order(Policy().Allow("write", Arg(0) == 5 && Arg(1) <= 4096)));
  BOOST_TEST(!has_other_order(
      Policy().Allow("write", Arg(1).In({5, 0x600000005, 0x7f})).Allow("read", Arg(0) == 1)));
}

BOOST_AUTO_TEST_CASE(TheVerdictAndTheSmallestCallAreTheSameInAnyOrder) {
  constexpr Limits kSome = {.steps = 300'000};
  int proved = 0;
  int refuted = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Random random(seed);
    const DefinitionAnswers answers = AskDefinition(RandomDefinition(seed, {.variables = true}), X86());
    const ResolvedPolicy policy = Resolve(answers.policy, X86());
    bpf::FilterWithHoles filter = TemplateOf(PrecompileAnswers(answers));
    if (seed % 4 != 0) filter = Changed(std::move(filter), random);
    verify::Terms terms;
    const std::string usual = TextInOrder(policy, filter, LevelOrder(), terms, kSome);
    const std::string any = TextInOrder(policy, filter, RandomOrder(random), terms, kSome);
    if (usual == "work" || any == "work") continue;
    BOOST_TEST_CONTEXT("seed " << seed) BOOST_TEST(any == usual);
    ++(usual == "proved" ? proved : refuted);
  }
  BOOST_TEST(proved > 5);
  BOOST_TEST(refuted > 5);
}

BOOST_AUTO_TEST_CASE(TheSmallestCallIsTheSameInTheChosenOrder) {
  for (const LargePolicy& large :
       {BitsOfThreeArguments(12), PairsOfBits(12), MasksOfTwoBits(12), VariablesAndBits(8)}) {
    Random random(1);
    const bpf::FilterWithHoles changed = Changed(large.filter, random);
    verify::Terms terms;
    std::optional<LevelOrder> order = ChosenOrder(large.policy, terms);
    BOOST_REQUIRE_MESSAGE(order.has_value(), large.name);
    const std::string usual = TextInOrder(large.policy, changed, LevelOrder(), terms);
    BOOST_TEST(TextInOrder(large.policy, changed, std::move(*order), terms) == usual, large.name);
    BOOST_TEST(usual.find(": filter ") != std::string::npos, large.name << ": " << usual);
  }
}

BOOST_AUTO_TEST_CASE(WhereTheLimitIsHitTheLargestRuleIsNamed) {
  const LargePolicy large = BitsOfThreeArguments(20);
  const verify::Verdict verdict = Prove(large.policy, large.filter, {.steps = 10'000});
  BOOST_TEST((std::get<Undecided>(verdict).reason == Undecided::Reason::kTooMuchWork));
  BOOST_TEST(Describe(verdict, X86()) ==
             "the proof takes more than 10000 steps; the largest rule is that for \"mmap\" (large.cc:7)");
  BOOST_TEST(Describe(Prove(large.policy, large.filter, {.bytes = 300'000}), X86()) ==
             "the proof takes more than 1 MB of memory; the largest rule is that for \"mmap\" (large.cc:7)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
