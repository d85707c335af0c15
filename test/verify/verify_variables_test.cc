// SPDX-License-Identifier: Apache-2.0
//
// The prover on templates: variables stand for all values at once, also those that collide.

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/precompile.h>

#include "bpf/instructions.h"
#include "precompile/template.h"
#include "support/random_policy.h"
#include "support/seeds.h"
#include "support/targets.h"
#include "verify/verify.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(VerifyVariablesTest)

using namespace bpf;  // NOLINT: instructions are written like assembly
using verify::Prove;
using verify::Proved;
using verify::Refuted;

constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t kKill = SECCOMP_RET_KILL_PROCESS;
constexpr std::uint32_t kErrno = SECCOMP_RET_ERRNO | 1;
constexpr std::uint32_t kLow0 = ArgumentOffset(0, Half::kLow, false);
constexpr std::uint32_t kLow1 = ArgumentOffset(1, Half::kLow, false);

ResolvedPolicy PolicyOf(const std::vector<Variable>& variables, Policy (*define)(const Values&)) {
  return Resolve(define(Values(X86(), variables)), X86());
}

// A filter for write alone: `test` decides, from instruction kTest on.
constexpr std::size_t kTest = 6;
bpf::Program ForWrite(const bpf::Program& test) {
  bpf::Program program = {LoadWord(kArchOffset), JumpIfEqual(X86().audit_arch, 1, 0),
                          Return(kKill),         LoadWord(kNumberOffset),
                          JumpIfEqual(1, 1, 0),  Return(kKill)};
  program.insert(program.end(), test.begin(), test.end());
  return program;
}

std::string VerdictOn(const ResolvedPolicy& policy, const bpf::Program& test,
                      const std::vector<std::pair<std::size_t, std::string>>& holes) {
  bpf::FilterWithHoles filter{ForWrite(test), {}};
  for (const auto& [index, name] : holes) filter.holes.push_back({kTest + index, name});
  return Describe(Prove(policy, filter), X86());
}

// errno for argument 0 == 5, then allow for argument 0 == fd.
ResolvedPolicy RefuseFiveAllowFd() {
  return PolicyOf({"fd"}, [](const Values& v) {
    Policy policy;
    policy.Errno(1, "write", Arg32(0) == 5);
    policy.Allow("write", Arg32(0) == v["fd"]);
    return policy;
  });
}

BOOST_AUTO_TEST_CASE(AVariableThatCollidesWithAConstantIsFound) {
  const bpf::Program right = {LoadWord(kLow0), JumpIfEqual(5, 1, 0), JumpIfEqual(0, 1, 2),
                              Return(kErrno),  Return(kAllow),       Return(kKill)};
  BOOST_TEST(VerdictOn(RefuseFiveAllowFd(), right, {{2, "fd"}}) == "proved");
  // Right for all values of fd but 5.
  const bpf::Program wrong = {LoadWord(kLow0), JumpIfEqual(0, 2, 0), JumpIfEqual(5, 0, 2),
                              Return(kErrno),  Return(kAllow),       Return(kKill)};
  BOOST_TEST(VerdictOn(RefuseFiveAllowFd(), wrong, {{1, "fd"}}) ==
             "write(0x5, ...) with fd = 0x5: filter allow, policy errno 1, at instruction 10");
}

BOOST_AUTO_TEST_CASE(TwoVariablesMayBeEqual) {
  const ResolvedPolicy policy = PolicyOf({"in", "out"}, [](const Values& v) {
    Policy made;
    made.Errno(1, "write", Arg32(0) == v["in"]);
    made.Allow("write", Arg32(0) == v["out"]);
    return made;
  });
  const bpf::Program swapped = {LoadWord(kLow0), JumpIfEqual(0, 2, 0), JumpIfEqual(0, 0, 2),
                                Return(kErrno),  Return(kAllow),       Return(kKill)};
  BOOST_TEST(VerdictOn(policy, swapped, {{1, "out"}, {2, "in"}}) ==
             "write(...) with in = 0x0, out = 0x0: filter allow, policy errno 1, at instruction 10");
  BOOST_TEST(VerdictOn(policy, swapped, {{1, "in"}, {2, "out"}}) ==
             "write(...) with in = 0x0, out = 0x0: filter allow, policy errno 1, at instruction 10");
}

BOOST_AUTO_TEST_CASE(ASearchThatSortsAVariableIsFound) {
  const ResolvedPolicy policy = PolicyOf({"fd"}, [](const Values& v) {
    return Policy().Allow("write", Arg32(0).In({3, 9, v["fd"]}));
  });
  // Below 9 only 3 and fd are looked for, as if fd were always below.
  const bpf::Program sorted = {LoadWord(kLow0),      JumpIfGreaterOrEqual(9, 0, 1), JumpIfEqual(9, 2, 3),
                               JumpIfEqual(3, 1, 0), JumpIfEqual(0, 0, 1),          Return(kAllow),
                               Return(kKill)};
  BOOST_TEST(VerdictOn(policy, sorted, {{4, "fd"}}) ==
             "write(0xa, ...) with fd = 0xa: filter kill_process, policy allow, at instruction 12");
}

BOOST_AUTO_TEST_CASE(ABoundIsComparedWithTheRightSign) {
  const ResolvedPolicy policy =
      PolicyOf({"most"}, [](const Values& v) { return Policy().Allow("write", Arg32(0) <= v["most"]); });
  BOOST_TEST(VerdictOn(policy, {LoadWord(kLow0), JumpIfGreater(0, 1, 0), Return(kAllow), Return(kKill)},
                       {{1, "most"}}) == "proved");
  BOOST_TEST(VerdictOn(policy,
                       {LoadWord(kLow0), JumpIfGreaterOrEqual(0, 1, 0), Return(kAllow), Return(kKill)},
                       {{1, "most"}}) ==
             "write(...) with most = 0x0: filter kill_process, policy allow, at instruction 9");
}

BOOST_AUTO_TEST_CASE(AVariableInTheWrongPlaceIsFound) {
  const ResolvedPolicy policy = PolicyOf({"a", "b"}, [](const Values& v) {
    return Policy().Allow("write", Arg32(0) == v["a"] && Arg32(1) == v["b"]);
  });
  const bpf::Program filter = {LoadWord(kLow0),      JumpIfEqual(0, 0, 3), LoadWord(kLow1),
                               JumpIfEqual(0, 0, 1), Return(kAllow),       Return(kKill)};
  BOOST_TEST(VerdictOn(policy, filter, {{1, "a"}, {3, "b"}}) == "proved");
  BOOST_TEST(
      VerdictOn(policy, filter, {{1, "b"}, {3, "a"}}) ==
      "write(0x0, 0x1, ...) with a = 0x0, b = 0x1: filter kill_process, policy allow, at instruction 11");
  BOOST_TEST(VerdictOn(policy, filter, {{1, "a"}}) ==
             "write(...) with a = 0x0, b = 0x1: filter allow, policy kill_process, at instruction 10");
}

BOOST_AUTO_TEST_CASE(MasksAndSetsOfBitsMayBeVariables) {
  const ResolvedPolicy policy = PolicyOf({"mask", "bits"}, [](const Values& v) {
    return Policy().Allow("write", (Arg32(0) & v["mask"]) == 2 && Arg32(1).OnlyBits(v["bits"]));
  });
  const bpf::Program filter = {LoadWord(kLow0), bpf::And(0),          JumpIfEqual(2, 0, 4), LoadWord(kLow1),
                               bpf::Or(0),      JumpIfEqual(0, 0, 1), Return(kAllow),       Return(kKill)};
  BOOST_TEST(VerdictOn(policy, filter, {{1, "mask"}, {4, "bits"}, {5, "bits"}}) == "proved");
  BOOST_TEST(
      VerdictOn(policy, filter, {{1, "mask"}, {5, "bits"}}) ==
      "write(0x2, ...) with bits = 0x1, mask = 0x2: filter kill_process, policy allow, at instruction 13");
}

// Tests that are only equal because of what the variable is: a solver has to see that they contradict others.
BOOST_AUTO_TEST_CASE(WhatCannotBeIsNoDifference) {
  const ResolvedPolicy policy = PolicyOf(
      {"fd"}, [](const Values& v) { return Policy().Allow("write", Arg32(0) == v["fd"] && Arg32(0) == 5); });
  // fd itself is looked at, not the argument.
  const bpf::Program filter = {LoadWord(kLow0),      JumpIfEqual(5, 0, 3), LoadImmediate(0),
                               JumpIfEqual(5, 0, 1), Return(kAllow),       Return(kKill)};
  BOOST_TEST(VerdictOn(policy, filter, {{2, "fd"}}) == "proved");
}

BOOST_AUTO_TEST_CASE(TheDataOfAnActionMayBeAVariable) {
  const ResolvedPolicy policy =
      PolicyOf({"code"}, [](const Values& v) { return Policy().Errno(v["code"], "write"); });
  const bpf::Program filter = {LoadImmediate(0), bpf::And(0xffff), bpf::Or(SECCOMP_RET_ERRNO), ReturnA()};
  BOOST_TEST(VerdictOn(policy, filter, {{0, "code"}}) == "proved");
  // 0x10000 would still be errno 0, as that bit is set in SECCOMP_RET_ERRNO.
  const bpf::Program without_mask = {LoadImmediate(0), bpf::Or(SECCOMP_RET_ERRNO), ReturnA(), ReturnA()};
  BOOST_TEST(
      VerdictOn(policy, without_mask, {{0, "code"}}) ==
      "write(...) with code = 0x20000: filter unknown action 0x70000, policy errno 0, at instruction 8");
}

BOOST_AUTO_TEST_CASE(AVariableCannotSayWhereToJump) {
  const ResolvedPolicy policy = RefuseFiveAllowFd();
  BOOST_TEST(VerdictOn(policy, {Jump(0), Return(kKill)}, {{0, "fd"}}) ==
             "instruction 6 (ja 7) would read or jump to where a variable says, which is not followed");
}

BOOST_AUTO_TEST_CASE(AVariableOutsideOfTheInstructionsIsRefused) {
  BOOST_CHECK_THROW(Prove(RefuseFiveAllowFd(), {{Return(kKill)}, {{1, "fd"}}}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(RandomDefinitionsAreProvedForAllValues) {
  for (const Target& target : Targets())
    ForEachSeed(5, 25, [&](std::uint64_t seed) {
      const ProgramDefinition definition = RandomDefinition(seed, {.variables = true});
      const DefinitionAnswers answers = AskDefinition(definition, target);
      const verify::Verdict verdict =
          Prove(Resolve(answers.policy, target), TemplateOf(PrecompileAnswers(answers)));
      BOOST_TEST(std::holds_alternative<Proved>(verdict), answers.policy);
    });
}

// A descriptor of each of `count` pairs may be read from, and duplicated onto the other.
ProgramDefinition PairsOfDescriptors(int count) {
  ProgramDefinition definition{"pairs", {}, {}};
  for (int i = 0; i < count; ++i)
    for (const char* which : {"from", "to"}) definition.variables.emplace_back(which + std::to_string(i));
  definition.policy = [count](const Values& v) {
    std::vector<Value> readable;
    Policy policy;
    RuleSet pairs;
    for (int i = 0; i < count; ++i) {
      const Value from = v["from" + std::to_string(i)];
      readable.push_back(from);
      pairs.Allow("dup2", Arg32(0) == from && Arg32(1) == v["to" + std::to_string(i)]);
    }
    policy.Allow("read", Arg32(0).In(readable));
    return policy.Add(pairs);
  };
  return definition;
}

BOOST_AUTO_TEST_CASE(VariablesThatAreListedHereAndPairedThereAreNoMoreWork) {
  const DefinitionAnswers answers = AskDefinition(PairsOfDescriptors(50), X86());
  const bpf::FilterWithHoles filter = TemplateOf(PrecompileAnswers(answers));
  const verify::Verdict verdict =
      Prove(Resolve(answers.policy, X86()), filter, {.steps = 100'000, .bytes = 3'000'000});
  BOOST_TEST(Describe(verdict, X86()) == "proved");
}

// Most of the paths on which this filter differs from its policy contradict themselves: millions, of few
// kinds.
BOOST_AUTO_TEST_CASE(ManyContradictionsDoNotHideADifference) {
  const DefinitionAnswers answers = AskDefinition(RandomDefinition(159, {.variables = true}), X86());
  bpf::FilterWithHoles filter = TemplateOf(PrecompileAnswers(answers));
  const ResolvedPolicy policy = Resolve(answers.policy, X86());
  BOOST_TEST(std::holds_alternative<Proved>(Prove(policy, filter)));
  for (bpf::Hole& hole : filter.holes)
    if (hole.variable == HighHalfName("w")) hole.variable = LowHalfName("w");
  BOOST_TEST(std::holds_alternative<Refuted>(Prove(policy, filter)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
