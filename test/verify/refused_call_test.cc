// SPDX-License-Identifier: Apache-2.0
//
// Of the calls that are meant, those that a policy refuses.

#include "verify/refused_call.h"

#include <cerrno>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/seccomp.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "support/boundary_calls.h"
#include "support/calls.h"
#include "support/errors.h"
#include "support/random.h"
#include "support/random_policy.h"
#include "support/seeds.h"

namespace precompiledseccomp::testing {
namespace {

using verify::CallWithNumbers;
using verify::FindRefusedCall;

constexpr std::uint32_t kWrite = 1;
const Value kVariable(Word(), Word::Variable("log"));

std::optional<CallWithNumbers> Find(const Policy& policy, const Condition& condition = Arg(0) == 7) {
  return FindRefusedCall(Resolve(policy, X86()), kWrite, condition);
}

bool LetsThrough(std::uint32_t answer) {
  return answer == SECCOMP_RET_ALLOW || answer == SECCOMP_RET_LOG;
}

BOOST_AUTO_TEST_SUITE(RefusedCallTest)

BOOST_AUTO_TEST_CASE(WhatIsAllowedOrLoggedIsLetThrough) {
  BOOST_TEST(!Find(Policy().Allow("write")));
  BOOST_TEST(!Find(Policy().Log("write", Arg32(0) == 7)));
  BOOST_TEST(!Find(Policy().Default(Action::Allow()).Errno(EPERM, "write", Arg(0) == 8)));
  BOOST_TEST(!Find(Policy().Allow(AnyCall(), Arg(0) >= 5)));
  BOOST_TEST(!Find(Policy().Default(Action::Log())));
}

BOOST_AUTO_TEST_CASE(EveryOtherAnswerRefuses) {
  for (const Action& action :
       {Action::KillProcess(), Action::KillThread(), Action::Trap(), Action::Errno(1), Action::Succeed(),
        Action::UserNotify(), Action::Trace(), Action::Errno(kVariable)})
    BOOST_TEST(Find(Policy().Add(action, "write", Arg(2) == 3).Allow("write")).has_value());
}

BOOST_AUTO_TEST_CASE(TheSmallestCallThatShowsItIsTold) {
  const auto refused = Find(Policy().Allow("write", Arg(0) == 7 && Arg(2) <= 100));
  BOOST_TEST_REQUIRE(refused.has_value());
  BOOST_TEST(refused->call.nr == static_cast<int>(kWrite));
  BOOST_TEST(refused->call.arch == X86().audit_arch);
  BOOST_TEST(refused->call.args[0] == 7U);
  BOOST_TEST(refused->call.args[1] == 0U);
  BOOST_TEST(refused->call.args[2] == 101U);
}

BOOST_AUTO_TEST_CASE(TheVsyscallPageIsNotMeant) {
  BOOST_TEST(!Find(Policy().Add(RuleSet::OnlyVsyscall().KillProcess("write")).Allow("write")));
  BOOST_TEST(Find(Policy().Add(RuleSet::OnlyVsyscall().Allow("write"))).has_value());
}

BOOST_AUTO_TEST_CASE(VariablesHaveAnyValue) {
  const Condition to_log = Arg(0) == kVariable;
  BOOST_TEST(!Find(Policy().Allow("write", Arg(0) == kVariable), to_log));
  BOOST_TEST(!Find(Policy().Allow("write", Param("fd").In({1, kVariable})), to_log));
  const Value other(Word(), Word::Variable("other"));
  const auto refused = Find(Policy().Allow("write", Arg(0) == other), to_log);
  BOOST_TEST_REQUIRE(refused.has_value());
  BOOST_TEST(refused->numbers.at("log") == refused->call.args[0]);
  BOOST_TEST(refused->numbers.at("log") != refused->numbers.at("other"));
  // Only if they happen to be equal.
  const auto equal =
      Find(Policy().Errno(EBADF, "write", Arg(0) == other).Allow("write", Arg(0) == kVariable), to_log);
  BOOST_TEST_REQUIRE(equal.has_value());
  BOOST_TEST(equal->numbers.at("log") == equal->numbers.at("other"));
}

BOOST_AUTO_TEST_CASE(TooMuchWorkIsAnErrorThatNamesTheCall) {
  Policy policy;
  for (int i = 0; i < 20; ++i) policy.Allow("write", Arg(0) == i && Arg(1) >= 1000 * i + 7);
  CheckError([&] { FindRefusedCall(Resolve(policy, X86()), kWrite, Always(), {.steps = 10}); },
             {"write", "too much work", "simplify"});
}

// Against the evaluator, at the boundaries of the policy.
BOOST_AUTO_TEST_CASE(OfARandomPolicyWhatIsFoundIsRefusedAndNothingElseIs) {
  int found = 0;
  int none = 0;
  ForEachSeed(5, 60, [&](std::uint64_t seed) {
    const ProgramDefinition definition = RandomDefinition(seed, {.variables = true});
    const ResolvedPolicy policy = Resolve(definition.policy(Values(X86(), definition.variables)), X86());
    Random random(seed);
    std::set<std::uint32_t> numbers = {kWrite};
    for (const ResolvedRuleSet& set : policy.rule_sets)
      for (const ResolvedRule& rule : set.rules) numbers.insert(rule.numbers.begin(), rule.numbers.end());
    for (const std::uint32_t number : numbers) {
      const Condition condition = seed % 2 == 0 ? Always() : Arg(0) <= random.Word32();
      const auto refused = FindRefusedCall(policy, number, condition);
      if (refused) {
        ++found;
        BOOST_TEST(Holds(condition, refused->call, refused->numbers));
        VariableNumbers all = refused->numbers;
        for (const Variable& variable : definition.variables)
          for (const std::string& word :
               {variable.name, LowHalfName(variable.name), HighHalfName(variable.name)})
            all.try_emplace(word, 0);
        BOOST_TEST(!LetsThrough(Evaluate(policy, refused->call, all)));
        continue;
      }
      ++none;
      for (const auto& values : InterestingValues(definition, X86(), seed)) {
        const ResolvedPolicy with_numbers = WithNumbers(policy, NumbersOf(definition.variables, values));
        for (const seccomp_data& call : BoundaryCallsOf(with_numbers, number, random, {}))
          if (call.instruction_pointer >> 63 == 0 && Holds(condition, call))
            BOOST_TEST(LetsThrough(Evaluate(with_numbers, call)));
      }
    }
  });
  BOOST_TEST(found > 0);
  BOOST_TEST(none > 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
