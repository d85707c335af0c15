// SPDX-License-Identifier: Apache-2.0
//
// The rules that name a call become one decision about it.

#include "compile/decisions.h"

#include <cerrno>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>

#include "compile/graph_text.h"
#include "support/numbers.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(DecisionsTest)

constexpr std::uint32_t kRead = 0;

struct Row {
  Policy policy;
  const char* decision;  // about read
};

void Check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    GraphText text;
    const compile::NodeId expected = text.Parse(row.decision);
    const compile::NodeId decision =
        compile::DecisionsOfCalls(Resolve(row.policy, X86()), text.graph()).at(kRead);
    BOOST_TEST((decision == expected),
               row.policy << "became\n  " << text.Print(decision) << "\nand not\n  " << row.decision);
  }
}

BOOST_AUTO_TEST_CASE(TheFirstRuleThatMatchesDecidesAndElseTheDefault) {
  Check({
      {Policy().Allow("read"), "allow"},
      {Policy().Allow("read", Arg32(0) == 1), "arg0.low == 1 ? allow : kill"},
      {Policy().Errno(EPERM, "read", Arg32(0) == 1).Allow("read"), "arg0.low == 1 ? errno 1 : allow"},
      {Policy().Allow("read", Arg32(0) == 1).Trap("read", Arg32(1) == 2).Default(Action::Log()),
       "arg0.low == 1 ? allow : arg1.low == 2 ? trap 0 : log"},
      {Policy().Allow("read").Errno(EPERM, "write"), "allow"},
  });
}

BOOST_AUTO_TEST_CASE(RuleSetsFollowEachOther) {
  Check({
      {Policy().Add(RuleSet().Errno(EPERM, "read", Arg32(0) == 1)).Add(RuleSet().Allow("read")),
       "arg0.low == 1 ? errno 1 : allow"},
      {Policy().Allow("read", Arg32(0) == 1).Add(RuleSet().Allow("read")), "allow"},
  });
}

BOOST_AUTO_TEST_CASE(NeighboursWithTheSameActionAreOneSet) {
  Check({
      {Policy().Allow("read", Arg32(0) == 5).Allow("read", Arg32(0) == 6).Allow("read", Arg32(0) == 7),
       "arg0.low >= 5 ? (arg0.low >= 8 ? kill : allow) : kill"},
      // Also over the border of a rule set.
      {Policy().Add(RuleSet().Allow("read", Arg32(0).In({5, 7}))).Add(RuleSet().Allow("read", Arg32(0) == 6)),
       "arg0.low >= 5 ? (arg0.low >= 8 ? kill : allow) : kill"},
      // Rules of other calls are not between them.
      {Policy().Allow("read", Arg32(0).In({5, 7})).Trap("write").Allow("read", Arg32(0) == 6),
       "arg0.low >= 5 ? (arg0.low >= 8 ? kill : allow) : kill"},
  });
}

BOOST_AUTO_TEST_CASE(RulesAreNotJoinedOverAnotherAction) {
  Check({
      {Policy().Allow("read", Arg32(0) == 5).Errno(EPERM, "read", Arg32(1) == 1).Allow("read", Arg32(0) == 6),
       "arg0.low == 5 ? allow : arg1.low == 1 ? errno 1 : arg0.low == 6 ? allow : kill"},
      // The same action with other data is another one.
      {Policy().Errno(1, "read", Arg32(0) == 5).Errno(2, "read", Arg32(0) == 6),
       "arg0.low == 5 ? errno 1 : arg0.low == 6 ? errno 2 : kill"},
  });
}

BOOST_AUTO_TEST_CASE(RulesForTheVsyscallPageAreTriedByCallsFromThereOnly) {
  Check({
      {Policy().Add(RuleSet::OnlyVsyscall().Allow("read")).Errno(EPERM, "read"),
       "ip.high >= 0x80000000 ? allow : errno 1"},
      // They are no neighbours of others with the same action.
      {Policy().Add(RuleSet::OnlyVsyscall().Allow("read", Arg32(0) == 5)).Allow("read", Arg32(0) == 6),
       "others = arg0.low == 6 ? allow : kill;"
       "ip.high >= 0x80000000 ? (arg0.low == 5 ? allow : others) : others"},
  });
}

BOOST_AUTO_TEST_CASE(AVariableMayBeTheDataOfAnAnswer) {
  const Values v(X86(), {"code"});
  GraphText text;
  const compile::NodeId expected = text.Parse("arg0.low == $code ? errno $code : kill");
  const ResolvedPolicy policy = Resolve(Policy().Errno(v["code"], "read", Arg32(0) == v["code"]), X86());
  BOOST_TEST((compile::DecisionsOfCalls(policy, text.graph()).at(kRead) == expected));
}

// Each in its place among the rules that name the call; a skipped call is none of them.
BOOST_AUTO_TEST_CASE(RulesForAnyCallDecideAllNumbers) {
  Policy calls;
  calls.Allow("read", Arg32(0) == 1).Trap(AnyCall(), Arg32(1) == 2).Log("read").Allow(Syscall::Skipped());
  calls.KnownUpTo(Syscall(450));
  const ResolvedPolicy policy = Resolve(calls, X86());
  GraphText text;
  const compile::Decisions decisions = compile::DecisionsOfCalls(policy, text.graph());
  const auto is = [&](compile::NodeId decision, const char* expected) {
    BOOST_TEST((decision == text.Parse(expected)), text.Print(decision) << " and not " << expected);
  };
  const auto unnamed = [&](std::uint32_t number) {
    return compile::DecisionOfUnnamed(policy, decisions, number, text.graph());
  };
  is(decisions.at(kRead), "arg0.low == 1 ? allow : arg1.low == 2 ? trap 0 : log");
  is(decisions.at(Target::kSkippedCall), "allow");
  is(unnamed(300), "arg1.low == 2 ? trap 0 : kill");
  is(unnamed(450), "arg1.low == 2 ? trap 0 : kill");
  is(unnamed(451), "arg1.low == 2 ? trap 0 : errno 38");
  is(unnamed(compile::kNoCallsFrom), "arg1.low == 2 ? trap 0 : errno 38");
  is(unnamed(Target::kSkippedCall), "errno 38");
}

BOOST_AUTO_TEST_CASE(CallsThatNoRuleMatchesAreUnknownAboveTheBaseline) {
  const ResolvedPolicy policy =
      Resolve(Policy().Allow(Numbers({450, 451}), Arg32(0) == 1).KnownUpTo(Syscall(450)), X86());
  GraphText text;
  const compile::Decisions decisions = compile::DecisionsOfCalls(policy, text.graph());
  const auto is = [&](compile::NodeId decision, const char* expected) {
    BOOST_TEST((decision == text.Parse(expected)), text.Print(decision) << " and not " << expected);
  };
  is(decisions.at(450), "arg0.low == 1 ? allow : kill");
  is(decisions.at(451), "arg0.low == 1 ? allow : errno 38");
  is(compile::DecisionOfUnnamed(policy, decisions, 450, text.graph()), "kill");
  is(compile::DecisionOfUnnamed(policy, decisions, 451, text.graph()), "errno 38");
  BOOST_TEST(decisions.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
