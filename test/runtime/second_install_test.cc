// SPDX-License-Identifier: Apache-2.0
//
// A second filter, under a first one that allows what Install() does and next to nothing else: as the library
// makes it of the rule set for that.
#include <precompiledseccomp/install.h>

#include <cerrno>
#include <functional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include <precompiledseccomp/precompile.h>

#include "child.h"
#include "filters.h"

namespace precompiledseccomp {
namespace {

constexpr Mode kModes[] = {Mode::kEnforce, Mode::kLog, Mode::kTrap};

// Reporting and ending is allowed, and the call by which the second filter is recognised.
Policy OnlyReporting() {
  return Policy().Allow({"write", "exit_group", "getppid"});
}

// Nothing but the two calls that Install() is left with if it does not ask.
Policy OnlyTheLeast() {
  return OnlyReporting()
      .Allow("seccomp", Arg32(0) == SECCOMP_SET_MODE_FILTER && Arg32(1) == 0)
      .Allow("prctl", Arg32(0) == 38 && Arg(1) == 1 && Arg(2) == 0 && Arg(3) == 0 && Arg(4) == 0);
}

std::vector<sock_filter> Compiled(const Policy& policy) {
  return CompileNow({"first", {}, [policy](const Values&) { return policy; }}, {});
}

std::vector<sock_filter> AnswerGetppid(std::uint32_t answer) {
  return AnswerCall(SYS_getppid, answer);
}

// Ends a child without libc: sanitizers look for leaks in _exit(), with calls that the filters refuse.
void End() {
  syscall(SYS_exit_group, 0);
}

// How a child ends that installs one filter, and then another.
std::string InstallBoth(const std::vector<sock_filter>& first, const std::vector<sock_filter>& second,
                        const InstallOptions& options,
                        const std::function<void(Report&, const InstallResult&)>& then) {
  return InChild([&](Report& report) {
    report.Equal("first", Install(first).error(), 0);
    const InstallResult result = Install(second, options);
    report.Equal("second", result.error(), 0);
    then(report, result);
    End();
  });
}

// That the second filter, which refuses getppid() with EDOM or by killing, is in force in this mode.
void CheckInForce(const std::vector<sock_filter>& first, std::uint32_t refusal, InstallOptions options) {
  for (const Mode mode : kModes) {
    BOOST_TEST_CONTEXT("mode " << static_cast<int>(mode) << ", refusal " << std::hex << refusal) {
      options.mode = mode;
      const std::string end =
          InstallBoth(first, AnswerGetppid(refusal), options, [&](Report& report, const InstallResult&) {
            errno = 0;
            syscall(SYS_getppid);
            report.Equal("errno", errno, mode == Mode::kEnforce ? EDOM : 0);
          });
      const bool dies =
          mode == Mode::kTrap || (mode == Mode::kEnforce && refusal == SECCOMP_RET_KILL_PROCESS);
      BOOST_TEST(end == (dies ? "killed by SIGSYS" : kFine));
    }
  }
}

BOOST_AUTO_TEST_SUITE(second_install)

BOOST_AUTO_TEST_CASE(InstallCallsAllowASecondFilterInEachModeWithEachOption) {
  const std::vector<sock_filter> first = Compiled(OnlyReporting().Add(InstallCalls()));
  const InstallOptions all_flags = {.tsync = true, .only_thread = true, .log = true, .spec_allow = true};
  const InstallOptions without_asking = {.ask_kernel = false};
  for (const InstallOptions& options : {InstallOptions(), all_flags, without_asking})
    for (const std::uint32_t refusal : {SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_ERRNO | EDOM})
      CheckInForce(first, refusal, options);
}

BOOST_AUTO_TEST_CASE(InstallCallsConfirmKillProcess) {
  const std::vector<sock_filter> first = Compiled(OnlyReporting().Add(InstallCalls()));
  BOOST_TEST(InstallBoth(first, AnswerGetppid(SECCOMP_RET_KILL_PROCESS),
                         {.kill_process_unconfirmed = KillProcessUnconfirmed::kFail},
                         [](Report& report, const InstallResult& result) {
                           report.Equal("unconfirmed", result.kill_process_unconfirmed(), false);
                         }) == kFine);
}

BOOST_AUTO_TEST_CASE(InstallCallsAllowAListener) {
  const std::vector<sock_filter> first = Compiled(OnlyReporting().Add(InstallCalls()));
  BOOST_TEST(InstallBoth(first, AnswerGetppid(SECCOMP_RET_USER_NOTIF),
                         {.new_listener = true, .wait_killable_recv = true},
                         [](Report& report, const InstallResult& result) {
                           report.True("listener", result.listener() >= 0);
                         }) == kFine);
}

// The kernel refuses what the second asks for, and that is looked into.
BOOST_AUTO_TEST_CASE(InstallCallsAllowAnInstallationToFail) {
  const std::vector<sock_filter> first = Compiled(OnlyReporting().Add(InstallCalls()));
  const std::vector<sock_filter> invalid = {{BPF_LD | BPF_IMM, 0, 0, 0}};
  BOOST_TEST(InChild([&](Report& report) {
               report.Equal("first", Install(first).error(), 0);
               report.Equal("second", Install(invalid, {.log = true, .spec_allow = true}).error(), EINVAL);
               End();
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(InstallCallsAllowASecondFilterWherePrctlInstalls) {
  const std::vector<sock_filter> first = Compiled(OnlyReporting().Add(InstallCalls()));
  const std::vector<sock_filter> second = AnswerGetppid(SECCOMP_RET_ERRNO | EDOM);
  BOOST_TEST(InChild([&](Report& report) {
               InstallWithPrctl(AnswerCall(SYS_seccomp, SECCOMP_RET_ERRNO | ENOSYS));
               report.Equal("first", Install(first).error(), 0);
               report.Equal("second", Install(second).error(), 0);
               errno = 0;
               syscall(SYS_getppid);
               report.Equal("errno", errno, EDOM);
               End();
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(InstallCallsAllowToFindOutWhichFlagIsUnknown) {
  const std::vector<sock_filter> first = Compiled(OnlyReporting().Add(InstallCalls()));
  const std::vector<sock_filter> second = AnswerGetppid(SECCOMP_RET_ERRNO | EDOM);
  const std::uint32_t both = SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  BOOST_TEST(InChild([&](Report& report) {
               InstallWithPrctl(AnswerCallWith(SYS_seccomp, 1, both, SECCOMP_RET_ERRNO | EINVAL));
               report.Equal("first", Install(first).error(), 0);
               report.Equal("second", Install(second, {.log = true, .spec_allow = true}).error(), EINVAL);
               End();
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(WithoutThemAFirstFilterKillsWhoInstallsAnother) {
  const std::vector<sock_filter> first = Compiled(OnlyReporting());
  BOOST_TEST(InChild([&](Report& report) {
               report.Equal("first", Install(first).error(), 0);
               report.Equal("second", Install(first).error(), 0);
               End();
             }) == "killed by SIGSYS");
}

BOOST_AUTO_TEST_CASE(WithoutAskingTwoCallsAreEnoughInEachMode) {
  const std::vector<sock_filter> first = Compiled(OnlyTheLeast());
  for (const std::uint32_t refusal : {SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_ERRNO | EDOM})
    CheckInForce(first, refusal, {.ask_kernel = false});
  BOOST_TEST(InstallBoth(first, AnswerGetppid(SECCOMP_RET_KILL_PROCESS), {},
                         [](Report&, const InstallResult&) {}) == "killed by SIGSYS");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
