// SPDX-License-Identifier: Apache-2.0
//
// What policies are put together from, and how they print.

#include <cerrno>
#include <cstdint>
#include <sstream>
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

#include <linux/seccomp.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "support/calls.h"
#include "support/errors.h"

namespace precompiledseccomp::testing {
namespace {

constexpr int kRead = 0;
constexpr int kOpenat = 257;

std::uint32_t Answer(const Policy& policy, const seccomp_data& call) {
  return Evaluate(Resolve(policy, X86()), call);
}

BOOST_AUTO_TEST_SUITE(PolicyTest)

BOOST_AUTO_TEST_CASE(VersionsWithoutFiltersAreNone) {
  for (const auto& [version, patch_level] : {std::pair(3, 4), {0, 0}, {-1, 9}, {5, -1}})
    CheckError(
        [version = version, patch_level = patch_level] { Policy().ForLinuxFrom(version, patch_level); },
        {"ForLinuxFrom(" + std::to_string(version), "3.5"});
}

BOOST_AUTO_TEST_CASE(ANegativeNumberSaysWhatASkippedCallIs) {
  CheckError([] { Policy().Allow(-1); }, {"-1", "Syscall::Skipped()"});
  CheckError([] { Policy().KnownUpTo(Syscall::Skipped()); }, {"skipped call", "newest known"});
}

BOOST_AUTO_TEST_CASE(NumbersThatAreNoSystemCalls) {
  CheckError([] { Policy().Allow(-1); }, {"-1", "0 to"});
  CheckError([] { Policy().Allow(std::int64_t{1} << 32); }, {"4294967296", "0 to"});
  CheckError([] { Policy().Allow(0x40000000 | 1); }, {"1073741825", "0 to"});
}

BOOST_AUTO_TEST_CASE(ARuleWithoutCalls) {
  CheckError([] { Policy().Allow(std::vector<Syscall>{}); }, {"allow", "no system call"});
}

BOOST_AUTO_TEST_CASE(MergingAppendsTheRulesAndKeepsTheOwnOptions) {
  Policy base;
  base.Errno(EPERM, "read", Arg(0) == 1).Default(Action::Errno(EACCES));
  Policy other;
  other.Allow("read").Allow("openat").Default(Action::Trap()).KnownUpTo(450).HotSyscalls({"read"});
  base.Merge(other);
  BOOST_TEST(Answer(base, Call(kRead, {1})) == (SECCOMP_RET_ERRNO | EPERM));
  BOOST_TEST(Answer(base, Call(kRead, {2})) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(base, Call(kOpenat)) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(base, Call(5)) == (SECCOMP_RET_ERRNO | EACCES));
  BOOST_TEST(Answer(base, Call(451)) == (SECCOMP_RET_ERRNO | ENOSYS));
  BOOST_TEST(base.counts().size() == 1U);
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

BOOST_AUTO_TEST_CASE(CountsAreSortedAndOrderAloneFollowsZipfsLaw) {
  Policy policy;
  policy.SyscallCounts({{"read", 3}, {"futex", 90}});
  BOOST_TEST(policy.counts()[0].syscall.name() == "futex");
  policy.HotSyscalls({"read", "futex", "ioctl"});
  BOOST_TEST(policy.counts()[1].count == policy.counts()[0].count / 2);
  BOOST_TEST(policy.counts()[2].count == policy.counts()[0].count / 3);
}

BOOST_AUTO_TEST_CASE(APolicyPrintsItselfReadably) {
  const Values values(X86(), {"fd1"});
  Policy policy;
  policy.Allow("read", Arg(0) == values["fd1"] || (Arg32(1) & 0x7f) == 2);
  policy.Allow({"exit_group", 15});
  policy.Errno(EPERM, "openat", !(Arg(2).OnlyBits(3) && Arg(3) < 4096));
  policy.Add(RuleSet::OnlyVsyscall().Allow("time"));
  policy.KnownUpTo("futex_waitv").Default(Action::Trap(5)).HotSyscalls({"read"});
  const std::string expected = R"(rule set:
  allow read if arg0 == $fd1 || (arg1.low & 127) == 2
  allow exit_group, #15
  errno 1 openat if !(arg2 has only bits 3 && arg3 < 0x1000)
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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
