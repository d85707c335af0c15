// SPDX-License-Identifier: Apache-2.0
//
// What policies are put together from, and how they print.

#include <cerrno>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/seccomp.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "support/calls.h"
#include "support/errors.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(PolicyTest)

constexpr int kRead = 0;
constexpr int kOpenat = 257;

std::uint32_t Answer(const Policy& policy, const seccomp_data& call) {
  return Evaluate(Resolve(policy, X86()), call);
}

BOOST_AUTO_TEST_CASE(VersionsWithoutFiltersAreNone) {
  for (const auto& [version, patch_level] : {std::pair(3, 4), {0, 0}, {-1, 9}, {5, -1}})
    CheckError(
        [version = version, patch_level = patch_level] { Policy().ForLinuxFrom(version, patch_level); },
        {"ForLinuxFrom(" + std::to_string(version), "3.5"});
}

BOOST_AUTO_TEST_CASE(ANegativeNumberSaysWhatASkippedCallIs) {
  CheckError([] { Policy().Allow(Syscall(-1)); }, {"-1", "Syscall::Skipped()"});
  CheckError([] { Policy().KnownUpTo(Syscall::Skipped()); }, {"skipped call", "newest known"});
}

BOOST_AUTO_TEST_CASE(NumbersThatAreNoSystemCalls) {
  CheckError([] { Policy().Allow(Syscall(-1)); }, {"-1", "0 to"});
  CheckError([] { Policy().Allow(Syscall(std::int64_t{1} << 32)); }, {"4294967296", "0 to"});
  CheckError([] { Policy().Allow(Syscall(0x40000000 | 1)); }, {"1073741825", "0 to"});
}

BOOST_AUTO_TEST_CASE(NotAllCallsCanBeHot) {
  CheckError([] { Policy().HotSyscalls(AnyCall()); }, {"HotSyscalls(AnyCall())", "name the calls"});
}

BOOST_AUTO_TEST_CASE(ARuleWithoutCalls) {
  CheckError([] { Policy().Allow(std::vector<Syscall>{}); }, {"allow", "no system call"});
}

BOOST_AUTO_TEST_CASE(MergingAppendsTheRulesAndKeepsTheOwnOptions) {
  Policy base;
  base.Errno(EPERM, "read", Arg(0) == 1).Default(Action::Errno(EACCES));
  Policy other;
  other.Allow("read").Allow("openat").Default(Action::Trap()).KnownUpTo(Syscall(450)).HotSyscalls({"read"});
  base.Merge(other);
  BOOST_TEST(Answer(base, Call(kRead, {1})) == (SECCOMP_RET_ERRNO | EPERM));
  BOOST_TEST(Answer(base, Call(kRead, {2})) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(base, Call(kOpenat)) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(base, Call(5)) == (SECCOMP_RET_ERRNO | EACCES));
  BOOST_TEST(Answer(base, Call(451)) == (SECCOMP_RET_ERRNO | ENOSYS));
  BOOST_TEST(base.counts().size() == 1U);
  BOOST_TEST(base.Merge(Policy().CallsPerRun(300)).calls_per_run().value() == 300U);
  BOOST_TEST(base.Merge(Policy().CallsPerRun(400)).calls_per_run().value() == 300U);
}

BOOST_AUTO_TEST_CASE(TheLaterBaselineCountsAndMergingKeepsTheOwn) {
  const Policy by_kernel = Policy().KnownUpTo("read").KnownUpTo(Kernel{6, 6});
  BOOST_TEST(by_kernel.ToString().find("not in Linux 6.6: errno 38\n") != std::string::npos);
  BOOST_TEST(!by_kernel.newest_known().has_value());
  BOOST_TEST(!Policy(by_kernel).KnownUpTo("read").newest_known_kernel().has_value());
  BOOST_TEST(!Policy(by_kernel).Merge(Policy().KnownUpTo("read")).newest_known().has_value());
  BOOST_TEST(Policy().Merge(by_kernel).newest_known_kernel().has_value());
}

BOOST_AUTO_TEST_CASE(WhatIsAcceptedIsMergedAndSaidOnce) {
  Policy policy = Policy().Accept("dead-refusal", "it is old").Accept("dead-refusal", "and kept");
  policy.Merge(Policy().Accept("dead-refusal", "it is old").Accept("sibling-allowed", "it is old"));
  std::string text;
  for (const Acceptance& acceptance : policy.accepted())
    text += acceptance.finding + ": " + acceptance.reason + "\n";
  BOOST_TEST(text == "dead-refusal: it is old\ndead-refusal: and kept\nsibling-allowed: it is old\n");
}

BOOST_AUTO_TEST_CASE(ReportsOfViolationsAreAnOptionOfThePolicy) {
  const Values values(X86(), {Fd("log")});
  const Policy to_variable = Policy().ReportsViolations(values["log"]);
  const Policy to_number = Policy().ReportsViolations(2, AfterReport::kExit);
  BOOST_TEST(!to_variable.IsEmpty());
  BOOST_TEST(to_variable.ToString().find("reports violations to $log, then aborts\n") != std::string::npos);
  BOOST_TEST(to_number.ToString().find("reports violations to 2, then exits\n") != std::string::npos);
  BOOST_TEST(Policy(to_number).Merge(to_variable).ToString() == to_number.ToString());
  BOOST_TEST(Policy().Merge(to_variable).ToString() == to_variable.ToString());
  BOOST_TEST(Policy(to_number).ReportsViolations(values["log"]).ToString() == to_variable.ToString());
  const std::optional<ViolationReport>& report = Policy(to_number).violation_report();
  BOOST_TEST((report.value().then == AfterReport::kExit));
}

BOOST_AUTO_TEST_CASE(WhatIsNoDescriptorCannotBeReportedTo) {
  const Values values(X86(), {Uint64("address")});
  for (const Value& value :
       {Value(-1), Value(0x80000000U), Value(~std::uint64_t{0}), values.Uint64("address")})
    CheckError([&] { Policy().ReportsViolations(value); },
               {"ReportsViolations(" + value.ToString() + ")", "a 32-bit variable or a number"});
}

BOOST_AUTO_TEST_CASE(APolicyCanBeMergedWithItself) {
  Policy policy;
  policy.Allow("read");
  policy.Merge(policy);
  BOOST_TEST(policy.rule_sets().size() == 2U);
}

BOOST_AUTO_TEST_CASE(CopiesAreIndependent) {
  Policy first;
  first.Allow("read");
  Policy second = first;
  second.Allow("openat");
  BOOST_TEST(Answer(first, Call(kOpenat)) == SECCOMP_RET_KILL_PROCESS);
  BOOST_TEST(Answer(second, Call(kOpenat)) == SECCOMP_RET_ALLOW);
}

// What is called of a temporary hands over the object, for a reference to it would outlive what it refers to;
// of a variable, the variable.
template <typename Built, typename Call>
constexpr bool HandsOverTemporariesOnly() {
  return std::is_same_v<std::invoke_result_t<Call, Built>, Built> &&
         std::is_same_v<std::invoke_result_t<Call, Built&>, Built&>;
}

#define HANDS_OVER_TEMPORARIES_ONLY(built, call)                                           \
  static_assert(HandsOverTemporariesOnly<built, decltype([](auto&& it) -> decltype(auto) { \
                                           return std::forward<decltype(it)>(it).call;     \
                                         })>())

HANDS_OVER_TEMPORARIES_ONLY(Policy, Allow("read"));
HANDS_OVER_TEMPORARIES_ONLY(Policy, Log("read"));
HANDS_OVER_TEMPORARIES_ONLY(Policy, Errno(EPERM, "read"));
HANDS_OVER_TEMPORARIES_ONLY(Policy, Succeed("read"));
HANDS_OVER_TEMPORARIES_ONLY(Policy, Trap("read"));
HANDS_OVER_TEMPORARIES_ONLY(Policy, Trace("read"));
HANDS_OVER_TEMPORARIES_ONLY(Policy, UserNotify("read"));
HANDS_OVER_TEMPORARIES_ONLY(Policy, KillThread("read"));
HANDS_OVER_TEMPORARIES_ONLY(Policy, KillProcess("read"));
HANDS_OVER_TEMPORARIES_ONLY(Policy, Add(Action::Trap(7), "read"));
HANDS_OVER_TEMPORARIES_ONLY(Policy, Add(RuleSet()));
HANDS_OVER_TEMPORARIES_ONLY(Policy, Merge(Policy()));
HANDS_OVER_TEMPORARIES_ONLY(Policy, Default(Action::Allow()));
HANDS_OVER_TEMPORARIES_ONLY(Policy, BadArchitecture(Action::Allow()));
HANDS_OVER_TEMPORARIES_ONLY(Policy, KnownUpTo("read"));
HANDS_OVER_TEMPORARIES_ONLY(Policy, KnownUpTo(Kernel{6, 6}));
HANDS_OVER_TEMPORARIES_ONLY(Policy, Unknown(Action::Allow()));
HANDS_OVER_TEMPORARIES_ONLY(Policy, ForLinuxFrom(5, 4));
HANDS_OVER_TEMPORARIES_ONLY(Policy, ReportsViolations(2));
HANDS_OVER_TEMPORARIES_ONLY(Policy, HotSyscalls("read"));
HANDS_OVER_TEMPORARIES_ONLY(Policy, SyscallCounts({}));
HANDS_OVER_TEMPORARIES_ONLY(RuleSet, Allow("read"));
HANDS_OVER_TEMPORARIES_ONLY(RuleSet, Add(Action::Trap(7), "read"));

BOOST_AUTO_TEST_CASE(APolicyBuiltInOneExpressionOutlivesIt) {
  const Policy& policy = Policy().Allow("read", Arg(0) == 3).Default(Action::Errno(EACCES));
  const RuleSet& set = RuleSet().Allow("openat").Allow("read");
  BOOST_TEST(Answer(policy, Call(kRead, {3})) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(policy, Call(kOpenat)) == (SECCOMP_RET_ERRNO | EACCES));
  BOOST_TEST(set.rules().size() == 2U);
}

BOOST_AUTO_TEST_CASE(WhatATemporaryPolicyHoldsOutlivesIt) {
  std::string sets;
  for (const RuleSet& set : Policy().Allow("read").Add(RuleSet().Allow("openat")).rule_sets())
    for (const Rule& rule : set.rules()) sets += rule.ToString() + "\n";
  BOOST_TEST(sets == "allow read\nallow openat\n");
  const std::optional<Syscall>& newest = Policy().KnownUpTo("futex_waitv").newest_known();
  BOOST_TEST(newest.value().name() == "futex_waitv");
  const std::optional<Action>& unknown = Policy().Unknown(Action::Trap(7)).unknown_action();
  BOOST_TEST(unknown.value().ToString() == "trap 7");
  const std::vector<SyscallCount>& counts = Policy().HotSyscalls({"read", "futex"}).counts();
  BOOST_TEST(counts.size() == 2U);
}

BOOST_AUTO_TEST_CASE(CountsAreSortedAndOrderAloneFollowsZipfsLaw) {
  Policy policy;
  policy.SyscallCounts({{"read", 3}, {"futex", 90}});
  BOOST_TEST(policy.counts()[0].syscall.name() == "futex");
  policy.HotSyscalls({"read", "futex", "ioctl"});
  BOOST_TEST(policy.counts()[1].count == policy.counts()[0].count / 2);
  BOOST_TEST(policy.counts()[2].count == policy.counts()[0].count / 3);
}

BOOST_AUTO_TEST_CASE(AProcessMakesOneCallAtLeast) {
  BOOST_TEST(Policy().CallsPerRun(1).ToString().find("calls per run: 1\n") != std::string::npos);
  BOOST_TEST(!Policy().CallsPerRun(1).IsEmpty());
  BOOST_TEST(ErrorOf([] { Policy().CallsPerRun(0); }).find("CallsPerRun(0)") == 0U);
}

BOOST_AUTO_TEST_CASE(APolicyPrintsItselfReadably) {
  const Values values(X86(), {"fd1"});
  Policy policy;
  policy.Allow("read", Arg(0) == values["fd1"] || (Arg32(1) & 0x7f) == 2);
  policy.Allow({"exit_group", Syscall(15)});
  policy.Errno(EPERM, "openat", !(Arg(2).OnlyBits(3) && Arg(3) < 4096));
  policy.Trap(AnyCall(), Arg(0) == 7).Log(AnyCall());
  policy.Add(RuleSet::OnlyVsyscall().Allow("time"));
  policy.KnownUpTo("futex_waitv").Default(Action::Trap(5)).HotSyscalls({"read"});
  const std::string expected = R"(rule set:
  allow read if arg0 == $fd1 || (arg1.low & 127) == 2
  allow exit_group, #15
  errno 1 openat if !(arg2 has only bits 3 && arg3 < 0x1000)
  trap any call if arg0 == 7
  log any call
rule set, from the vsyscall page only:
  allow time
above futex_waitv: errno 38
default: trap 5
other architectures: kill_process
hot: read
)";
  std::ostringstream printed;
  printed << policy;
  BOOST_TEST(printed.str() == expected);
}

// That they are enough is for test/runtime/second_install_test.cc to show.
BOOST_AUTO_TEST_CASE(InstallCallsAllowInstallingAndNothingElse) {
  constexpr int kSeccomp = 317;
  constexpr int kPrctl = 157;
  constexpr int kUnshare = 272;
  constexpr std::uint64_t kUpper = 1ULL << 32;
  const struct {
    int number;
    std::uint64_t first, second;
    bool allowed;
  } cases[] = {
      {kSeccomp, 0, 0, false},                 // strict mode
      {kSeccomp, 1, 0, true},                  // a filter
      {kSeccomp, 1, 0xffffffff, true},         // with all flags
      {kSeccomp, kUpper | 1, 0, true},         // an int
      {kSeccomp, 2, 0, true},                  // whether there is an action
      {kSeccomp, 2, 1, false},                 //
      {kSeccomp, 3, 0, false},                 // sizes of notifications
      {kPrctl, 38, 1, true},                   // no_new_privs
      {kPrctl, 38, 0, false},                  //
      {kPrctl, 38, kUpper | 1, false},         // a long
      {kPrctl, 22, 2, true},                   // a filter
      {kPrctl, 22, 1, false},                  // strict mode
      {kPrctl, 15, 1, false},                  // the name of a thread
      {kUnshare, 0x10000, 0, true},            // whether there are threads
      {kUnshare, 0, 0, false},                 //
      {kUnshare, 0x10000000, 0, false},        // a namespace of users
      {kUnshare, 0x10010000, 0, false},        //
      {kUnshare, kUpper | 0x10000, 0, false},  // a long
      {kRead, 0, 0, false},
  };
  const Policy policy = Policy().Add(InstallCalls());
  for (const auto& entry : cases) {
    const std::uint32_t answer = Answer(policy, Call(entry.number, {entry.first, entry.second}));
    BOOST_TEST_CONTEXT(entry.number << "(" << entry.first << ", " << entry.second << ")")
    BOOST_TEST(answer == (entry.allowed ? SECCOMP_RET_ALLOW : SECCOMP_RET_KILL_PROCESS));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
