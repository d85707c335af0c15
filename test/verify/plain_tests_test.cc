// SPDX-License-Identifier: Apache-2.0
//
// What is said of conditions without diagrams is so: of tables by hand, and of random conditions for calls
// that are made for them.

#include "verify/plain_tests.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "support/boundary_calls.h"
#include "support/compare.h"
#include "support/random.h"
#include "support/random_policy.h"
#include "support/seeds.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(PlainTestsTest)

using verify::HoldsWithoutIgnoredBits;
using verify::IgnoresSigns;
using verify::LookedAt;
using verify::TestsIgnoredBits;

constexpr std::uint64_t kAll = ~std::uint64_t{0};
constexpr std::uint64_t kLowHalf = 0xffffffff;
constexpr std::uint64_t k16Bits = 0xffff;

// An int, a mode, and what has 64 bits.
constexpr LookedAt kLookedAt = {kLowHalf, k16Bits, kAll, kAll, kAll, kAll};

BOOST_AUTO_TEST_CASE(WhetherATestLooksAtIgnoredBits) {
  const auto check = [](const Condition& condition, bool expected) {
    BOOST_TEST_CONTEXT(condition) BOOST_TEST(TestsIgnoredBits(condition, kLookedAt) == expected);
  };
  check(Arg(0) == 1, true);
  check(Arg32(0) == 1, false);
  check(Arg32(1) == 1, true);
  check((Arg32(1) & 0xffff) == 1, false);
  check((Arg(0) & 0xffffffff) == 1, false);
  check((Arg(0) & 0x1ffffffff) == 1, true);
  check(Arg(2) == 1, false);
  check(InstructionPointer() == 1, false);
  check(Always(), false);
  check(!(Arg32(0) == 1 || Arg(0) == 2), true);
}

BOOST_AUTO_TEST_CASE(WhetherAConditionHoldsWithoutIgnoredBits) {
  const auto check = [](const Condition& condition, bool expected) {
    BOOST_TEST_CONTEXT(condition) BOOST_TEST(HoldsWithoutIgnoredBits(condition, kLookedAt) == expected);
  };
  const Values v(X86(), {"fd", Uint64("address")});
  check(Arg(0) == 1, true);
  check(Arg(0) < 1, true);
  check(Arg(0) <= 1, true);
  check(Arg(0).In({1, 2}), true);
  check(Arg(0).OnlyBits(7), true);
  check((Arg(0) & 0x100000003) == 1, true);
  check(Arg(0) == v["fd"], true);
  check(!(Arg(0) != 1), true);
  check(!(Arg(0) > 1), true);
  check(!(Arg(0) >= 1), true);
  check(Arg(2) != 1, true);
  check(Arg(0) != 1, false);
  check(Arg(0) > 1, false);
  check(Arg(0) >= 1, false);
  check(!(Arg(0) == 1), false);
  check(!(Arg(0) < 1), false);
  check(!Arg(0).In({1, 2}), false);
  check(!Arg(0).OnlyBits(7), false);
  check(!((Arg(0) & 0x100000003) == 1), false);
  // What stands in the ignored bits of a value is wanted there.
  check(Arg(0) == 0x100000001, false);
  check(Arg(0) <= 0x100000001, false);
  check(Arg(0).In({1, 0x100000001}), false);
  check((Arg(0) & 0x100000003) == 0x100000001, false);
  check(Arg(0) == v.Uint64("address"), false);
  check(Arg32(1) == v["fd"], false);
  check(Arg(0).Signed() < 1, false);
  // Of several, each has to.
  check(Arg(0) == 1 && Arg32(1) == 1, true);
  check(Arg(0) == 1 || Arg32(1) != 1, false);
}

BOOST_AUTO_TEST_CASE(WhetherAConditionIgnoresSigns) {
  const auto check = [](const Condition& condition, bool expected) {
    BOOST_TEST_CONTEXT(condition) BOOST_TEST(IgnoresSigns(condition, kLookedAt) == expected);
  };
  const Values v(X86(), {"fd"});
  check(Arg(0) == 0x7fffffff, true);
  check(Arg(0) > 38, true);
  check(!(Arg(0) == v["fd"]), true);
  check(Arg(0).In({1, 2}), true);
  check(Arg(0).OnlyBits(7), true);
  check((Arg(0) & 0xffffffff) == 0x80000000, true);
  check(Arg(0) == 0x80000000, false);
  check(Arg(0) == std::int64_t{-1}, false);
  check(Arg(0).In({1, 0x80000000}), false);
  check(Arg(0).OnlyBits(0x80000000), false);
  check((Arg(0) & 0x100000000) == 0, false);
  check(Arg(0).Signed() < 5, false);
}

// A claim about a condition, and what two calls are to be for it.
struct Claim {
  const char* name;
  bool (*is_made)(const Condition& condition, const LookedAt& looked_at);
  bool (*is_kept)(bool of_call, bool of_other);
  seccomp_data (*other)(seccomp_data call, const LookedAt& looked_at);
};

seccomp_data Plain(seccomp_data call, const LookedAt& looked_at) {
  for (std::size_t i = 0; i < looked_at.size(); ++i) call.args[i] &= looked_at[i];
  return call;
}

// The negative numbers of a call, each in the other encoding, as far as they have one.
seccomp_data OtherSigns(seccomp_data call, const LookedAt& looked_at) {
  for (std::size_t i = 0; i < looked_at.size(); ++i) {
    const bool is_negative = looked_at[i] == kLowHalf && (call.args[i] >> 31 & 1) != 0;
    const std::uint64_t upper = call.args[i] >> 32;
    if (is_negative && (upper == 0 || upper == kLowHalf)) call.args[i] ^= kLowHalf << 32;
  }
  return call;
}

constexpr Claim kClaims[] = {
    {"looks elsewhere",
     [](const Condition& condition, const LookedAt& looked_at) {
       return !TestsIgnoredBits(condition, looked_at);
     },
     [](bool of_call, bool of_other) { return of_call == of_other; }, Plain},
    {"holds without ignored bits", HoldsWithoutIgnoredBits,
     [](bool of_call, bool of_other) { return !of_call || of_other; }, Plain},
    {"ignores signs", IgnoresSigns, [](bool of_call, bool of_other) { return of_call == of_other; },
     OtherSigns},
};

bool AreNotNegative(const VariableNumbers& numbers) {
  return std::none_of(numbers.begin(), numbers.end(),
                      [](const auto& number) { return (number.second & 0x80000000U) != 0; });
}

BOOST_AUTO_TEST_CASE(ClaimsAboutRandomConditionsAreKept) {
  constexpr Effort kFewCalls = {.aims_per_test = 2, .combinations = 4, .values_one_by_one = 20};
  std::vector<std::size_t> made(std::size(kClaims));
  ForEachSeed(
      5, 100,
      [&](std::uint64_t seed) {
        const ProgramDefinition definition = RandomDefinition(seed, {.variables = true});
        const ResolvedPolicy policy = Resolve(definition.policy(Values(X86(), definition.variables)), X86());
        Random random(seed);
        LookedAt looked_at{};
        for (std::uint64_t& bits : looked_at) bits = random.OneOf(std::vector{kAll, kLowHalf, k16Bits});
        for (const auto& values : InterestingValues(definition, X86(), 1)) {
          const VariableNumbers numbers = NumbersOf(definition.variables, values);
          if (!AreNotNegative(numbers)) continue;
          const std::vector<seccomp_data> calls =
              BoundaryCalls(WithNumbers(policy, numbers), random, kFewCalls);
          for (const ResolvedRuleSet& set : policy.rule_sets)
            for (const ResolvedRule& rule : set.rules)
              for (std::size_t i = 0; i < std::size(kClaims); ++i) {
                const Claim& claim = kClaims[i];
                if (rule.condition.IsAlwaysTrue() || !claim.is_made(rule.condition, looked_at)) continue;
                ++made[i];
                for (const seccomp_data& call : calls)
                  if (!claim.is_kept(Holds(rule.condition, call, numbers),
                                     Holds(rule.condition, claim.other(call, looked_at), numbers)))
                    BOOST_ERROR(rule.condition << " " << claim.name << ", but not for "
                                               << CallText(X86(), call));
              }
        }
      },
      4);
  for (const std::size_t count : made) BOOST_TEST(count > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
