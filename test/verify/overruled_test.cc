// SPDX-License-Identifier: Apache-2.0
//
// What earlier rules leave a rule to decide.

#include "verify/overruled.h"

#include <cerrno>
#include <cstdint>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "support/calls.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(OverruledTest)

using verify::FindWhatIsLeft;
using verify::LeftToARule;

constexpr std::uint32_t kIoctl = 16;

// To the last rule of the policy.
LeftToARule LeftToTheLast(const Policy& policy) {
  const ResolvedPolicy resolved = Resolve(policy, X86());
  verify::Workbench workbench;
  return FindWhatIsLeft(resolved, resolved.rule_sets.back().rules.back(), kIoctl, workbench);
}

RuleSet Refusal() {
  return RuleSet().Errno(EPERM, Syscall(kIoctl), Arg(1) == 5);
}

BOOST_AUTO_TEST_CASE(WithoutEarlierRulesAllIsLeft) {
  BOOST_TEST(LeftToTheLast(Policy().Add(Refusal())).has_some);
}

BOOST_AUTO_TEST_CASE(BehindAnAllowanceNothingIsLeft) {
  const LeftToARule left = LeftToTheLast(Policy().Allow(Syscall(kIoctl)).Add(Refusal()));
  BOOST_TEST(!left.has_some);
  BOOST_REQUIRE(left.overruled.has_value());
  BOOST_TEST(left.overruled->call.nr == static_cast<int>(kIoctl));
  BOOST_TEST(left.overruled->call.args[1] == 5U);
}

BOOST_AUTO_TEST_CASE(EarlierRulesTogetherLeaveNothing) {
  const RuleSet halves = RuleSet().Allow(Syscall(kIoctl), Arg(1) < 5).Allow(Syscall(kIoctl), Arg(1) >= 5);
  BOOST_TEST(!LeftToTheLast(Policy().Add(halves).Add(Refusal())).has_some);
  const RuleSet around = RuleSet().Allow(Syscall(kIoctl), Arg(1) < 5).Allow(Syscall(kIoctl), Arg(1) > 5);
  BOOST_TEST(LeftToTheLast(Policy().Add(around).Add(Refusal())).has_some);
}

BOOST_AUTO_TEST_CASE(WhatIsRefusedBeforeIsNotOverruled) {
  const LeftToARule left = LeftToTheLast(Policy().KillProcess(Syscall(kIoctl)).Add(Refusal()));
  BOOST_TEST(!left.has_some);
  BOOST_TEST(!left.overruled.has_value());
}

BOOST_AUTO_TEST_CASE(SomeValuesOfAVariableAreEnough) {
  const Values v(X86(), {"fd"});
  const RuleSet allowed = RuleSet().Allow(Syscall(kIoctl), Arg(1) == v["fd"]);
  BOOST_TEST(LeftToTheLast(Policy().Add(allowed).Add(Refusal())).has_some);
  const RuleSet refused = RuleSet().Errno(EPERM, Syscall(kIoctl), Arg(1) == v["fd"]);
  BOOST_TEST(!LeftToTheLast(Policy().Add(allowed).Add(refused)).has_some);
}

BOOST_AUTO_TEST_CASE(WhatWouldBeTooMuchWorkIsTakenToLeaveSomething) {
  const ResolvedPolicy resolved = Resolve(Policy().Allow(Syscall(kIoctl)).Add(Refusal()), X86());
  const ResolvedRule& last = resolved.rule_sets.back().rules.back();
  verify::Workbench small({.steps = 1, .bytes = 5'000'000});
  BOOST_TEST(FindWhatIsLeft(resolved, last, kIoctl, small).has_some);
  // The next question has as many steps again.
  BOOST_TEST(FindWhatIsLeft(resolved, last, kIoctl, small).has_some);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
