// SPDX-License-Identifier: Apache-2.0
//
// A filter that asks for kill-process is never weakened. Kernels that do not know the question whether they
// have that action, and sandboxes that answer it, are played by a filter that is there before.
#include <precompiledseccomp/install.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <pthread.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include "child.h"
#include "filters.h"
#include "status.h"

namespace precompiledseccomp {
namespace {

BOOST_AUTO_TEST_SUITE(kill_process)

// With 0, the call is not made, and was a success.
const std::vector<int> kErrors = {EINVAL, ENOSYS, EOPNOTSUPP, EPERM, 0};

// What is in front of the kernel.
std::vector<sock_filter> AnswersTheQuery(int error) {
  return AnswerCallWith(SYS_seccomp, 0, SECCOMP_GET_ACTION_AVAIL,
                        SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error));
}
std::vector<sock_filter> AnswersTheWholeCall(int error) {
  return AnswerCall(SYS_seccomp, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error));
}

Filter KillOnGetppid() {
  return ToFilter(AnswerCall(SYS_getppid, SECCOMP_RET_KILL_PROCESS));
}

// Violates the filter in a thread of its own. If only that one dies, the process goes on.
void CallGetppidInAThread() {
  pthread_t thread;
  const auto call = [](void*) -> void* {
    syscall(SYS_getppid);
    return nullptr;
  };
  pthread_create(&thread, nullptr, call, nullptr);
  pthread_join(thread, nullptr);
}

// How a process ends in which a thread violates a filter that was installed behind `outer`.
std::string EndOfAViolation(const std::vector<sock_filter>& outer) {
  return InChild([&outer](Report& report) {
    InstallWithPrctl(outer);
    const InstallResult result = Install(KillOnGetppid());
    report.Equal("error", result.error(), 0);
    report.Equal("message", std::string(result.message()), "");
    report.Equal("unconfirmed", result.kill_process_unconfirmed(), true);
    CallGetppidInAThread();
  });
}

// Installs both filters in a child that stops then, and asks the kernel for the inner one; empty if it does
// not tell.
std::vector<sock_filter> HeldByTheKernel(const Filter& filter, const std::vector<sock_filter>& outer) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(10);
    InstallWithPrctl(outer);
    if (Install(filter)) raise(SIGSTOP);
    _exit(1);
  }
  int status = 0;
  BOOST_REQUIRE(waitpid(child, &status, WUNTRACED) == child);
  BOOST_REQUIRE_MESSAGE(WIFSTOPPED(status), "the filter is not installed");
  std::vector<sock_filter> held;
  if (ptrace(PTRACE_ATTACH, child, nullptr, nullptr) == 0 && waitpid(child, &status, 0) == child) {
    void* const inner = reinterpret_cast<void*>(1);  // counted from the oldest one
    const long size = ptrace(PTRACE_SECCOMP_GET_FILTER, child, inner, nullptr);
    if (size > 0) held.resize(static_cast<std::size_t>(size));
    if (ptrace(PTRACE_SECCOMP_GET_FILTER, child, inner, held.data()) != size) held.clear();
  }
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  return held;
}

BOOST_AUTO_TEST_CASE(AViolationInAThreadEndsTheProcessHoweverTheQueryIsAnswered) {
  for (const int error : kErrors) BOOST_TEST_CONTEXT(std::strerror(error))
  BOOST_TEST(EndOfAViolation(AnswersTheQuery(error)) == "killed by SIGSYS");
}

BOOST_AUTO_TEST_CASE(AViolationInAThreadEndsTheProcessWherePrctlInstalls) {
  BOOST_TEST(EndOfAViolation(AnswersTheWholeCall(ENOSYS)) == "killed by SIGSYS");
}

BOOST_AUTO_TEST_CASE(WithoutTheSeccompCallTheInstallationFailsWithItsOwnError) {
  for (const int error : {EINVAL, EOPNOTSUPP, EPERM, 0}) {
    BOOST_TEST_CONTEXT(std::strerror(error)) {
      BOOST_TEST(InChild([error](Report& report) {
                   InstallWithPrctl(AnswersTheWholeCall(error));
                   const InstallResult result = Install(KillOnGetppid());
                   report.Equal("error", result.error(), error == 0 ? EPERM : error);
                   report.Equal("unconfirmed", result.kill_process_unconfirmed(), false);
                   CallGetppidInAThread();
                 }) == kFine);
    }
  }
}

BOOST_AUTO_TEST_CASE(TheKernelHoldsWhatWasCompiled, *boost::unit_test::precondition(HasSysAdmin)) {
  const Filter filter = KillOnGetppid();
  std::vector<std::vector<sock_filter>> outer = {AnswersTheWholeCall(ENOSYS)};
  for (const int error : kErrors) outer.push_back(AnswersTheQuery(error));
  for (const std::vector<sock_filter>& in_front : outer) {
    const std::vector<sock_filter> held = HeldByTheKernel(filter, in_front);
    if (held.empty()) {
      BOOST_TEST_MESSAGE("skipped: the kernel does not tell which filters it holds");
      return;
    }
    BOOST_REQUIRE(held.size() == filter.size());
    BOOST_TEST(std::memcmp(held.data(), filter.instructions().data(), held.size() * sizeof(sock_filter)) ==
               0);
  }
}

BOOST_AUTO_TEST_CASE(WhatIsUnconfirmedCanBeRefusedBeforeAnythingChanges,
                     *boost::unit_test::precondition(HasSysAdmin)) {
  std::vector<std::pair<int, std::vector<sock_filter>>> outer = {{ENOSYS, AnswersTheWholeCall(ENOSYS)}};
  for (const int error : kErrors) outer.emplace_back(error, AnswersTheQuery(error));
  for (const auto& [error, in_front] : outer) {
    BOOST_TEST_CONTEXT(std::strerror(error)) {
      const bool is_refused = error == EPERM;
      BOOST_TEST(InChild([&in_front = in_front, is_refused](Report& report) {
                   InstallWithoutNoNewPrivs(in_front);
                   const InstallResult result =
                       Install(KillOnGetppid(), {.kill_process_unconfirmed = KillProcessUnconfirmed::kFail});
                   report.Equal("error", result.error(), is_refused ? EPERM : EOPNOTSUPP);
                   report.Equal("message", std::string(result.message()),
                                is_refused
                                    ? "a filter that is already installed does not let seccomp(2) query "
                                      "actions"
                                    : "kill-process is not confirmed: the kernel is older than Linux 4.14, "
                                      "or a filter that is already installed answers in its place");
                   report.Equal("unconfirmed", result.kill_process_unconfirmed(), false);
                   report.Equal("no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
                   CallGetppidInAThread();
                 }) == kFine);
    }
  }
}

BOOST_AUTO_TEST_CASE(WithoutAskingTheKernelKillProcessIsUnconfirmed) {
  BOOST_TEST(InChild([](Report& report) {
               const InstallResult result = Install(KillOnGetppid(), {.ask_kernel = false});
               report.Equal("error", result.error(), 0);
               report.Equal("unconfirmed", result.kill_process_unconfirmed(), true);
               CallGetppidInAThread();
             }) == "killed by SIGSYS");
}

BOOST_AUTO_TEST_CASE(WithoutAskingTheKernelNothingConfirmsWhatMustBeConfirmed) {
  BOOST_TEST(InChild([](Report& report) {
               const InstallOptions options = {.ask_kernel = false,
                                               .kill_process_unconfirmed = KillProcessUnconfirmed::kFail};
               const InstallResult result = Install(KillOnGetppid(), options);
               report.Equal("error", result.error(), EINVAL);
               report.Equal("message", std::string(result.message()),
                            "KillProcessUnconfirmed::kFail needs ask_kernel: nothing else can confirm "
                            "kill-process");
               report.Equal("no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(AKernelThatConfirmsKillProcessPassesBothWays) {
  for (const auto unconfirmed : {KillProcessUnconfirmed::kInstall, KillProcessUnconfirmed::kFail}) {
    BOOST_TEST(InChild([unconfirmed](Report& report) {
                 const InstallResult result =
                     Install(KillOnGetppid(), {.kill_process_unconfirmed = unconfirmed});
                 report.Equal("error", result.error(), 0);
                 report.Equal("unconfirmed", result.kill_process_unconfirmed(), false);
                 CallGetppidInAThread();
               }) == "killed by SIGSYS");
  }
}

BOOST_AUTO_TEST_CASE(OnlyAFilterThatKillsTheProcessNeedsConfirmation) {
  BOOST_TEST(InChild([](Report& report) {
               InstallWithPrctl(AnswersTheQuery(EINVAL));
               const InstallResult result =
                   Install(ToFilter(AnswerCall(SYS_getppid, SECCOMP_RET_ERRNO | EDOM)),
                           {.kill_process_unconfirmed = KillProcessUnconfirmed::kFail});
               report.Equal("error", result.error(), 0);
               report.Equal("unconfirmed", result.kill_process_unconfirmed(), false);
               // Trapping, the filter kills nothing.
               const InstallOptions trap = {.mode = Mode::kTrap,
                                            .kill_process_unconfirmed = KillProcessUnconfirmed::kFail};
               const InstallResult trapping = Install(KillOnGetppid(), trap);
               report.Equal("error", trapping.error(), 0);
               report.Equal("unconfirmed", trapping.kill_process_unconfirmed(), false);
             }) == kFine);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
