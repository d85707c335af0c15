// SPDX-License-Identifier: Apache-2.0
//
// Bits that the kernel does not look at must not make a refusal weaker.

#include "verify/ignored_bits.h"
#include "verify/weakness.h"

#include <algorithm>
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
#include "support/compare.h"
#include "support/random.h"
#include "support/random_policy.h"
#include "support/seeds.h"

namespace precompiledseccomp::testing {
namespace {

using verify::FindEvasion;
using verify::FindOneSidedEncoding;
using verify::LookedAt;
using verify::Twins;

constexpr std::uint64_t kAll = ~std::uint64_t{0};
constexpr std::uint64_t kLowHalf = 0xffffffff;
constexpr std::uint64_t k16Bits = 0xffff;
constexpr std::uint32_t kIoctl = 16;

// A call whose first and second arguments are int, as far as the kernel is concerned.
constexpr LookedAt kInts = {kLowHalf, kLowHalf, kAll, kAll, kAll, kAll};
constexpr LookedAt kMode = {kAll, k16Bits, kAll, kAll, kAll, kAll};

std::optional<Twins> Find(const Policy& policy, const LookedAt& looked_at) {
  verify::Workbench workbench;
  return FindEvasion(Resolve(policy, X86()), kIoctl, looked_at, workbench);
}

void CheckSafe(const Policy& policy, const LookedAt& looked_at) {
  BOOST_TEST(!Find(policy, looked_at).has_value());
}

void CheckEvaded(const Policy& policy, const LookedAt& looked_at) {
  const ResolvedPolicy resolved = Resolve(policy, X86());
  verify::Workbench workbench;
  const std::optional<Twins> evasion = FindEvasion(resolved, kIoctl, looked_at, workbench);
  BOOST_REQUIRE(evasion.has_value());
  BOOST_TEST(evasion->call.nr == static_cast<int>(kIoctl));
  for (std::size_t i = 0; i < looked_at.size(); ++i)
    BOOST_TEST((evasion->call.args[i] & looked_at[i]) == evasion->plain.args[i]);
  BOOST_TEST(Evaluate(resolved, evasion->call, evasion->numbers) == evasion->answer.ReturnValue());
  BOOST_TEST(Evaluate(resolved, evasion->plain, evasion->numbers) == evasion->plain_answer.ReturnValue());
  BOOST_TEST(verify::WeaknessOf(evasion->answer) > verify::WeaknessOf(evasion->plain_answer));
}

BOOST_AUTO_TEST_SUITE(IgnoredBitsTest)

BOOST_AUTO_TEST_CASE(ARefusalOfAWholeArgumentIsEvadedByItsUpperHalf) {
  const Policy policy = Policy().Errno(EPERM, Syscall(kIoctl), Arg(1) == 0x5412).Allow(Syscall(kIoctl));
  CheckEvaded(policy, kInts);
  BOOST_TEST(Find(policy, kInts)->call.args[1] == 0x100005412U);
  BOOST_TEST(Find(policy, kInts)->plain.args[1] == 0x5412U);
}

BOOST_AUTO_TEST_CASE(AnAllowanceOfAWholeArgumentRefusesTooMuchAndIsSafe) {
  CheckSafe(Policy().Allow(Syscall(kIoctl), Arg(1) == 0x5412), kInts);
}

BOOST_AUTO_TEST_CASE(ARefusalOfTheLowHalfIsSafe) {
  CheckSafe(Policy().Errno(EPERM, Syscall(kIoctl), Arg32(1) == 0x5412).Allow(Syscall(kIoctl)), kInts);
  CheckSafe(Policy().Errno(EPERM, Syscall(kIoctl), (Arg(1) & 0xffffffff) == 0x5412).Allow(Syscall(kIoctl)),
            kInts);
}

BOOST_AUTO_TEST_CASE(OrderingsOfAWholeArgumentOpenWhatIsAboveThem) {
  const Policy families = Policy().Allow(Syscall(kIoctl), Arg(0) < 38 || Arg(0) == 39 || Arg(0) > 40);
  CheckEvaded(families, kInts);
  BOOST_TEST(Find(families, kInts)->plain.args[0] == 38U);
  CheckSafe(Policy().Allow(Syscall(kIoctl), Arg(0) < 38), kInts);
}

BOOST_AUTO_TEST_CASE(AModeIsLookedAtIn16Bits) {
  CheckEvaded(Policy().Errno(EPERM, Syscall(kIoctl), Arg32(1) == 010600).Allow(Syscall(kIoctl)), kMode);
  CheckSafe(Policy().Errno(EPERM, Syscall(kIoctl), (Arg32(1) & 0170000) == 010000).Allow(Syscall(kIoctl)),
            kMode);
}

// What a libc that extends the sign makes of a negative int is a plain call, too.
BOOST_AUTO_TEST_CASE(AnExtendedSignIsNoEvasion) {
  const Policy sign_extended = Policy().Allow(Syscall(kIoctl), Arg(0) == std::int64_t{-100});
  CheckSafe(sign_extended, kInts);
  CheckEvaded(Policy().Errno(EPERM, Syscall(kIoctl), Arg(0) == 0xffffff9c).Allow(Syscall(kIoctl)), kInts);
}

BOOST_AUTO_TEST_CASE(WhichAnswerIsWeakerIsTheKernelsOrder) {
  const auto policy = [](const Action& plain, const Action& otherwise) {
    return Policy().Add(plain, Syscall(kIoctl), Arg(1) == 1).Add(otherwise, Syscall(kIoctl));
  };
  CheckEvaded(policy(Action::KillProcess(), Action::Errno(EPERM)), kInts);
  CheckEvaded(policy(Action::Errno(EPERM), Action::UserNotify()), kInts);
  CheckEvaded(policy(Action::Log(), Action::Allow()), kInts);
  CheckSafe(policy(Action::Errno(EPERM), Action::KillProcess()), kInts);
  CheckSafe(policy(Action::Errno(EPERM), Action::Errno(EACCES)), kInts);
}

BOOST_AUTO_TEST_CASE(ADescriptorInAVariableIsComparedAsTheKernelDoes) {
  const Values v(X86(), {"fd"});
  CheckEvaded(Policy().Errno(EPERM, Syscall(kIoctl), Arg(0) == v["fd"]).Allow(Syscall(kIoctl)), kInts);
  CheckSafe(Policy().Errno(EPERM, Syscall(kIoctl), Arg32(0) == v["fd"]).Allow(Syscall(kIoctl)), kInts);
}

BOOST_AUTO_TEST_CASE(WhereAllBitsAreLookedAtNothingIsEvaded) {
  CheckSafe(Policy().Errno(EPERM, Syscall(kIoctl), Arg(1) == 0x5412).Allow(Syscall(kIoctl)),
            {kAll, kAll, kAll, kAll, kAll, kAll});
}

BOOST_AUTO_TEST_CASE(NegativeNumbersAreAnsweredAlikeInBothEncodings) {
  verify::Workbench workbench;  // one for all
  const auto check = [&](const Policy& policy, bool is_one_sided) {
    const std::optional<Twins> twins = FindOneSidedEncoding(Resolve(policy, X86()), kIoctl, kInts, workbench);
    BOOST_REQUIRE(twins.has_value() == is_one_sided);
    if (!twins) return;
    BOOST_TEST((twins->call.args[1] >> 32) == 0xffffffffU);
    BOOST_TEST(twins->plain.args[1] == (twins->call.args[1] & kLowHalf));
    BOOST_TEST(verify::WeaknessOf(twins->answer) != verify::WeaknessOf(twins->plain_answer));
  };
  check(Policy().Allow(Syscall(kIoctl), Arg(1) == 0x800454d2), true);
  check(Policy().Allow(Syscall(kIoctl), Arg(1) == std::int64_t{-100}), true);
  check(Policy().Allow(Syscall(kIoctl), Arg(1) == std::int64_t{-100} || Arg(1) == 0xffffff9c), false);
  check(Policy().Allow(Syscall(kIoctl), Arg32(1) == 0x800454d2), false);
  // Without a sign there is one encoding.
  check(Policy().Allow(Syscall(kIoctl), Arg(1) == 0x5412), false);
  check(Policy().Allow(Syscall(kIoctl), Arg(1) < 38), false);
}

BOOST_AUTO_TEST_CASE(AVariableIsNoNegativeNumber) {
  const Values v(X86(), {"fd"});
  const auto find = [&](const Condition& condition) {
    verify::Workbench workbench;
    const ResolvedPolicy resolved = Resolve(Policy().Allow(Syscall(kIoctl), condition), X86());
    return FindOneSidedEncoding(resolved, kIoctl, kInts, workbench).has_value();
  };
  BOOST_TEST(!find(Arg(1) == v["fd"]));
  BOOST_TEST(find(Arg(1) == v["fd"] || Arg(1) == 0x800454d2));
}

// What random policies answer to calls is looked at one by one: where some call evades them, that is found,
// and where an encoding is one-sided, that is, whether conditions need diagrams or not.
class Sampler {
 public:
  explicit Sampler(std::uint64_t seed)
      : definition_(RandomDefinition(seed, {.variables = true})),
        policy_(Resolve(definition_.policy(Values(X86(), definition_.variables)), X86())),
        random_(seed) {
    for (std::uint64_t& bits : looked_at_)
      bits = random_.OneOf(std::vector{kAll, kLowHalf, kLowHalf, k16Bits});
  }

  void Check() {
    for (const std::uint32_t number : Numbers()) {
      const bool is_evaded = FindEvasion(policy_, number, looked_at_, workbench_).has_value();
      const bool is_one_sided = FindOneSidedEncoding(policy_, number, looked_at_, workbench_).has_value();
      for (const auto& values : InterestingValues(definition_, X86(), 1)) {
        const VariableNumbers numbers = NumbersOf(definition_.variables, values);
        const ResolvedPolicy with_numbers = WithNumbers(policy_, numbers);
        for (seccomp_data call : BoundaryCallsOf(with_numbers, number, random_, kFewCalls)) {
          evasions += CheckEvasion(with_numbers, call, is_evaded);
          if (AreNotNegative(numbers)) one_sided += CheckSigns(with_numbers, call, is_one_sided);
        }
      }
    }
  }

  int evasions = 0;
  int one_sided = 0;

 private:
  static constexpr Effort kFewCalls = {.aims_per_test = 1, .combinations = 4, .values_one_by_one = 20};

  [[nodiscard]] std::set<std::uint32_t> Numbers() const {
    std::set<std::uint32_t> numbers;
    for (const ResolvedRuleSet& set : policy_.rule_sets)
      for (const ResolvedRule& rule : set.rules) numbers.insert(rule.numbers.begin(), rule.numbers.end());
    numbers.erase(Target::kSkippedCall);
    std::erase_if(numbers, [](std::uint32_t number) { return !X86().Owns(X86().audit_arch, number); });
    return numbers;
  }
  static bool AreNotNegative(const VariableNumbers& numbers) {
    return std::none_of(numbers.begin(), numbers.end(),
                        [](const auto& number) { return (number.second & 0x80000000U) != 0; });
  }
  [[nodiscard]] seccomp_data Plain(seccomp_data call) const {
    for (std::size_t i = 0; i < looked_at_.size(); ++i) call.args[i] &= looked_at_[i];
    return call;
  }
  static int WeaknessOf(const ResolvedPolicy& policy, const seccomp_data& call) {
    return verify::WeaknessOf(Evaluate(policy, call));
  }

  // Whether the call evades.
  [[nodiscard]] bool CheckEvasion(const ResolvedPolicy& policy, const seccomp_data& call,
                                  bool is_found) const {
    for (std::size_t i = 0; i < looked_at_.size(); ++i)
      if (looked_at_[i] == kLowHalf && call.args[i] >> 31 == 0x1ffffffff) return false;
    if (WeaknessOf(policy, call) <= WeaknessOf(policy, Plain(call))) return false;
    BOOST_TEST(is_found, "not found: " << CallText(X86(), call) << " evades " << definition_.name);
    return true;
  }
  // Whether it is answered otherwise with its sign in the upper half of an argument.
  [[nodiscard]] bool CheckSigns(const ResolvedPolicy& policy, const seccomp_data& call, bool is_found) const {
    for (std::size_t i = 0; i < looked_at_.size(); ++i) {
      if (looked_at_[i] != kLowHalf) continue;
      seccomp_data zero_extended = Plain(call);
      zero_extended.args[i] |= 0x80000000;
      seccomp_data sign_extended = zero_extended;
      sign_extended.args[i] |= kAll << 32;
      if (WeaknessOf(policy, zero_extended) == WeaknessOf(policy, sign_extended)) continue;
      BOOST_TEST(is_found, "not found: " << CallText(X86(), sign_extended) << ", " << definition_.name);
      return true;
    }
    return false;
  }

  ProgramDefinition definition_;
  ResolvedPolicy policy_;
  Random random_;
  LookedAt looked_at_{};
  verify::Workbench workbench_;
};

BOOST_AUTO_TEST_CASE(WhateverEvadesARandomPolicyIsFound) {
  int evasions = 0;
  int one_sided = 0;
  const auto check = [&](std::uint64_t seed) {
    Sampler sampler(seed);
    sampler.Check();
    evasions += sampler.evasions;
    one_sided += sampler.one_sided;
  };
  ForEachSeed(5, 60, check, 3);
  // Few policies have negative numbers where an int is: these do.
  for (const std::uint64_t seed : {std::uint64_t{19}, std::uint64_t{24}}) check(seed);
  BOOST_TEST(evasions > 0);
  BOOST_TEST(one_sided > 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
