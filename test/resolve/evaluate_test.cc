// SPDX-License-Identifier: Apache-2.0
//
// What a policy means: the answer to each call.

#include <cerrno>
#include <cstdint>
#include <utility>

#include <boost/test/unit_test.hpp>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "support/calls.h"
#include "support/errors.h"

namespace precompiledseccomp::testing {
namespace {

constexpr int kRead = 0;
constexpr int kOpenat = 257;
constexpr int kSkipped = -1;

std::uint32_t Answer(const Policy& policy, const seccomp_data& call) {
  return Evaluate(Resolve(policy, X86()), call);
}

BOOST_AUTO_TEST_SUITE(EvaluateTest)

// A tracer writes -1 over the number to have a call skipped. It has the x32 bit, and is no x32 call.
BOOST_AUTO_TEST_CASE(ASkippedCallGetsTheDefaultAction) {
  const Policy policy = Policy().Default(Action::Errno(EPERM)).Allow("read").BadArchitecture(Action::Trap());
  for (const Target& target : Targets()) {
    BOOST_TEST(Evaluate(Resolve(policy, target), CallFor(target, kSkipped)) == (SECCOMP_RET_ERRNO | EPERM),
               target.name);
  }
  BOOST_TEST(Answer(policy, Call(-2)) == SECCOMP_RET_TRAP);
  BOOST_TEST(Answer(Policy(), Call(kSkipped)) == SECCOMP_RET_KILL_PROCESS);
}

BOOST_AUTO_TEST_CASE(ASkippedCallIsUnknownWhereThereIsABaseline) {
  const Policy policy = Policy().Default(Action::Errno(EPERM)).KnownUpTo(Syscall(450));
  BOOST_TEST(Answer(policy, Call(kSkipped)) == (SECCOMP_RET_ERRNO | ENOSYS));
}

BOOST_AUTO_TEST_CASE(ARuleMayNameASkippedCall) {
  const Policy policy =
      Policy().Allow(Syscall::Skipped(), Arg(0) == 1).Errno(EPERM, {"read", Syscall::Skipped()});
  BOOST_TEST(Answer(policy, Call(kSkipped, {1})) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(policy, Call(kSkipped, {2})) == (SECCOMP_RET_ERRNO | EPERM));
  BOOST_TEST(Answer(policy, Call(-2, {1})) == SECCOMP_RET_KILL_PROCESS);
  CheckContains(policy.ToString(), {"allow #-1 if arg0 == 1"});
}

// Numbers that ran x32's handlers without x32's bit, before Linux 5.4.
BOOST_AUTO_TEST_CASE(X32NumbersWithoutTheirBitAreAnotherArchitectureOnOldKernels) {
  Policy policy =
      Policy().Default(Action::Allow()).BadArchitecture(Action::Errno(EPERM)).KnownUpTo(Syscall(450));
  policy.Unknown(Action::Log());
  for (const int number : {512, 513, 546, 547})
    BOOST_TEST(Answer(policy, Call(number)) == (SECCOMP_RET_ERRNO | EPERM), number);
  for (const int number : {511, 548}) BOOST_TEST(Answer(policy, Call(number)) == SECCOMP_RET_LOG, number);

  policy.ForLinuxFrom(5, 3);
  BOOST_TEST(Answer(policy, Call(512)) == (SECCOMP_RET_ERRNO | EPERM));
  for (const auto& [version, patch_level] : {std::pair(5, 4), {5, 10}, {6, 0}}) {
    policy.ForLinuxFrom(version, patch_level);
    BOOST_TEST(Answer(policy, Call(512)) == SECCOMP_RET_LOG);
  }
}

BOOST_AUTO_TEST_CASE(OnOtherTargetsThoseNumbersAreLikeAnyOther) {
  BOOST_TEST(Evaluate(Resolve(Policy().Allow(Syscall(512)), Arm()), CallFor(Arm(), 512)) ==
             SECCOMP_RET_ALLOW);
}

BOOST_AUTO_TEST_CASE(TheOldestKernelIsTakenOverWhenMergingIfThereIsNone) {
  const Policy for_new = Policy().Default(Action::Allow()).ForLinuxFrom(5, 4);
  BOOST_TEST(Answer(Policy().Merge(for_new), Call(512)) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(Policy().ForLinuxFrom(4, 4).Merge(for_new), Call(512)) == SECCOMP_RET_KILL_PROCESS);
  CheckContains(for_new.ToString(), {"for Linux from 5.4"});
}

BOOST_AUTO_TEST_CASE(AnEmptyPolicyKillsTheProcess) {
  BOOST_TEST(Answer(Policy(), Call(kRead)) == SECCOMP_RET_KILL_PROCESS);
  BOOST_TEST(Answer(Policy(), Call(0x7fffffff)) == SECCOMP_RET_KILL_PROCESS);
}

BOOST_AUTO_TEST_CASE(TheFirstRuleThatMatchesDecides) {
  Policy policy;
  policy.Errno(EPERM, "read", Arg(0) == 1).Allow("read", Arg(0) < 5).Trap("read");
  BOOST_TEST(Answer(policy, Call(kRead, {1})) == (SECCOMP_RET_ERRNO | EPERM));
  BOOST_TEST(Answer(policy, Call(kRead, {2})) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(policy, Call(kRead, {5})) == SECCOMP_RET_TRAP);
}

BOOST_AUTO_TEST_CASE(RuleSetsAreTriedInTheOrderTheyWereAdded) {
  Policy policy;
  policy.Add(RuleSet().Errno(EACCES, "read", Arg(0) == 1)).Add(RuleSet().Allow("read"));
  BOOST_TEST(Answer(policy, Call(kRead, {1})) == (SECCOMP_RET_ERRNO | EACCES));
  BOOST_TEST(Answer(policy, Call(kRead, {2})) == SECCOMP_RET_ALLOW);
}

BOOST_AUTO_TEST_CASE(ANumberThatTheKnownKernelLacksIsUnknown) {
  const Policy policy = Policy().Default(Action::Allow()).Log("close_range").KnownUpTo(Kernel{5, 6});
  for (const int number : {0, 334, 424, 437, 438})
    BOOST_TEST(Answer(policy, Call(number)) == SECCOMP_RET_ALLOW);
  for (const int number : {335, 423, 439, 469, 5000, -1})
    BOOST_TEST(Answer(policy, Call(number)) == (SECCOMP_RET_ERRNO | ENOSYS));
  BOOST_TEST(Answer(policy, Call(436)) == SECCOMP_RET_LOG);
}

BOOST_AUTO_TEST_CASE(ARuleForAnyCallStandsInItsPlaceAmongTheOthers) {
  Policy policy;
  policy.Allow("read");
  policy.Errno(EACCES, AnyCall(), Arg(0) == 1);
  policy.Log("openat");
  policy.Errno(EXDEV, AnyCall(), Arg(0) == 2);
  policy.KnownUpTo(Syscall(450));
  BOOST_TEST(Answer(policy, Call(kRead, {1})) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(policy, Call(kOpenat, {1})) == (SECCOMP_RET_ERRNO | EACCES));
  BOOST_TEST(Answer(policy, Call(kOpenat, {2})) == SECCOMP_RET_LOG);
  // The baseline comes behind all rules.
  for (const std::int64_t number : {300LL, 450LL, 451LL, 0x3fffffffLL, 0x80000000LL}) {
    BOOST_TEST(Answer(policy, Call(number, {1})) == (SECCOMP_RET_ERRNO | EACCES));
    BOOST_TEST(Answer(policy, Call(number, {2})) == (SECCOMP_RET_ERRNO | EXDEV));
  }
  BOOST_TEST(Answer(policy, Call(300, {3})) == SECCOMP_RET_KILL_PROCESS);
  BOOST_TEST(Answer(policy, Call(451, {3})) == (SECCOMP_RET_ERRNO | ENOSYS));
}

BOOST_AUTO_TEST_CASE(ASkippedCallAndAnotherAbisAreNotAnyCall) {
  const Policy policy = Policy().Allow(AnyCall()).KnownUpTo(Syscall(450));
  BOOST_TEST(Answer(policy, Call(-1)) == (SECCOMP_RET_ERRNO | ENOSYS));
  BOOST_TEST(Answer(policy, Call(0x40000000)) == SECCOMP_RET_KILL_PROCESS);
  BOOST_TEST(Answer(policy, Call(512)) == SECCOMP_RET_KILL_PROCESS);
  BOOST_TEST(Answer(policy, CallOn(AUDIT_ARCH_I386, kRead)) == SECCOMP_RET_KILL_PROCESS);
  BOOST_TEST(Answer(Policy().Trap(Syscall::Skipped()).Allow(AnyCall()), Call(-1)) == SECCOMP_RET_TRAP);
}

BOOST_AUTO_TEST_CASE(EveryActionAnswersWithItsReturnValue) {
  Policy policy;
  policy.Allow(Syscall(0))
      .Log(Syscall(1))
      .Errno(7, Syscall(2))
      .Trap(Syscall(3))
      .Trace(Syscall(4))
      .UserNotify(Syscall(5))
      .KillThread(Syscall(6))
      .KillProcess(Syscall(7));
  policy.Add(Action::Trap(9), Syscall(8)).Add(Action::Trace(10), Syscall(9)).Succeed(Syscall(10));
  const std::uint32_t expected[] = {SECCOMP_RET_ALLOW,       SECCOMP_RET_LOG,          SECCOMP_RET_ERRNO | 7,
                                    SECCOMP_RET_TRAP,        SECCOMP_RET_TRACE,        SECCOMP_RET_USER_NOTIF,
                                    SECCOMP_RET_KILL_THREAD, SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_TRAP | 9,
                                    SECCOMP_RET_TRACE | 10,  SECCOMP_RET_ERRNO};
  for (int nr = 0; nr < 11; ++nr) BOOST_TEST(Answer(policy, Call(nr)) == expected[nr], "number " << nr);
}

BOOST_AUTO_TEST_CASE(AnotherArchitectureGetsItsOwnActionWhateverTheRulesSay) {
  Policy policy;
  policy.Allow("read").Default(Action::Allow()).BadArchitecture(Action::Errno(ENOSYS));
  const seccomp_data call = CallOn(AUDIT_ARCH_I386, kRead);
  BOOST_TEST(Answer(policy, call) == (SECCOMP_RET_ERRNO | ENOSYS));
}

BOOST_AUTO_TEST_CASE(AnX32NumberIsAnotherArchitectureEvenUnderDefaultAllow) {
  Policy policy;
  policy.Default(Action::Allow());
  for (const std::uint32_t nr :
       {0x40000000U, 0x40000001U, 0x400001ffU, 0x7fffffffU, 0xc0000000U, 0xfffffffeU})
    BOOST_TEST(Answer(policy, Call(static_cast<int>(nr))) == SECCOMP_RET_KILL_PROCESS, "number " << nr);
  for (const std::uint32_t nr : {0U, 0x3fffffffU, 0x80000000U, 0xbfffffffU})
    BOOST_TEST(Answer(policy, Call(static_cast<int>(nr))) == SECCOMP_RET_ALLOW, "number " << nr);
}

BOOST_AUTO_TEST_CASE(OnAarch64NoNumberBelongsToAnotherAbi) {
  Policy policy;
  policy.Default(Action::Allow());
  BOOST_TEST(Evaluate(Resolve(policy, Arm()), CallFor(Arm(), 0x40000001)) == SECCOMP_RET_ALLOW);
}

BOOST_AUTO_TEST_CASE(NumbersAboveTheBaselineFailWithEnosysSoThatLibcFallsBack) {
  Policy policy;
  policy.Allow("read").Default(Action::Errno(EPERM)).KnownUpTo(Syscall(450));
  BOOST_TEST(Answer(policy, Call(kRead)) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(policy, Call(450)) == (SECCOMP_RET_ERRNO | EPERM));
  BOOST_TEST(Answer(policy, Call(451)) == (SECCOMP_RET_ERRNO | ENOSYS));
  BOOST_TEST(Answer(policy, Call(0x3fffffff)) == (SECCOMP_RET_ERRNO | ENOSYS));
}

BOOST_AUTO_TEST_CASE(TheActionForUnknownCallsCanBeChosen) {
  Policy policy;
  policy.KnownUpTo("futex_waitv").Unknown(Action::Trap(3));
  BOOST_TEST(Answer(policy, Call(449)) == SECCOMP_RET_KILL_PROCESS);
  BOOST_TEST(Answer(policy, Call(450)) == (SECCOMP_RET_TRAP | 3));
}

BOOST_AUTO_TEST_CASE(ARuleForANumberAboveTheBaselineStillDecides) {
  Policy policy;
  policy.KnownUpTo(Syscall(400)).Allow(Syscall(439), Arg(0) == 1);
  BOOST_TEST(Answer(policy, Call(439, {1})) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(policy, Call(439, {2})) == (SECCOMP_RET_ERRNO | ENOSYS));
}

BOOST_AUTO_TEST_CASE(AVsyscallRuleSetOnlyAppliesToCallsFromThatPage) {
  Policy policy;
  policy.Add(RuleSet::OnlyVsyscall().Allow("time")).Errno(EPERM, "time");
  seccomp_data call = Call(201);
  BOOST_TEST(Answer(policy, call) == (SECCOMP_RET_ERRNO | EPERM));
  call.instruction_pointer = 0xffffffffff600400;
  BOOST_TEST(Answer(policy, call) == SECCOMP_RET_ALLOW);
}

BOOST_AUTO_TEST_CASE(RulesAddedBehindARuleSetAreTriedBehindIt) {
  Policy policy;
  policy.Allow("read", Arg(0) == 1);
  policy.Add(RuleSet().Errno(1, "read", Arg(0) < 3));
  policy.Allow("read");
  BOOST_TEST(Answer(policy, Call(kRead, {1})) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(policy, Call(kRead, {2})) == (SECCOMP_RET_ERRNO | 1));
  BOOST_TEST(Answer(policy, Call(kRead, {3})) == SECCOMP_RET_ALLOW);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
