// SPDX-License-Identifier: Apache-2.0
//
// One filter, enforced, logged and trapped; and kernels that lack an action or seccomp(2), played by a filter
// that is there before and answers as such a kernel would.
#include <precompiledseccomp/install.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include "child.h"
#include "embedded_programs.h"
#include "filters.h"

namespace precompiledseccomp {
namespace {

BOOST_AUTO_TEST_SUITE(install_mode)

Filter AnswerGetppid(std::uint32_t answer) {
  return ToFilter(AnswerCall(SYS_getppid, answer));
}

void PretendActionsCannotBeQueried(int error) {
  InstallWithPrctl(AnswerCallWith(SYS_seccomp, 0, SECCOMP_GET_ACTION_AVAIL,
                                  SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error)));
}

void PretendThereIsNoSeccompCall() {
  InstallWithPrctl(AnswerCall(SYS_seccomp, SECCOMP_RET_ERRNO | ENOSYS));
}

siginfo_t trapped;

void RememberTrap(int, siginfo_t* info, void*) {
  trapped = *info;
}

void HandleTraps() {
  struct sigaction action = {};
  action.sa_sigaction = RememberTrap;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSYS, &action, nullptr);
}

void* CallGetppid(void*) {
  syscall(SYS_getppid);
  return reinterpret_cast<void*>(1);  // alive
}

// Whether a thread that calls getppid() lives to tell.
bool AThreadSurvivesGetppid() {
  pthread_t thread;
  pthread_create(&thread, nullptr, CallGetppid, nullptr);
  void* result = nullptr;
  pthread_join(thread, &result);
  return result == reinterpret_cast<void*>(1);
}

const std::vector<std::uint32_t> kRefusals = {SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD,
                                              SECCOMP_RET_TRAP | 3, SECCOMP_RET_ERRNO | EDOM};

BOOST_AUTO_TEST_CASE(LoggedRefusalsGoThrough) {
  for (const std::uint32_t refusal : kRefusals) {
    BOOST_TEST_CONTEXT("refusal " << std::hex << refusal) {
      BOOST_TEST(InChild([refusal](Report& report) {
                   const pid_t parent = getppid();
                   report.Equal("error", Install(AnswerGetppid(refusal), {.mode = Mode::kLog}).error(), 0);
                   report.Equal("getppid", syscall(SYS_getppid), parent);
                 }) == kFine);
    }
  }
}

BOOST_AUTO_TEST_CASE(TrappedRefusalsRaiseSigsys) {
  for (const std::uint32_t refusal : kRefusals) {
    BOOST_TEST_CONTEXT("refusal " << std::hex << refusal) {
      BOOST_TEST(InChild([refusal](Report& report) {
                   HandleTraps();
                   report.Equal("error", Install(AnswerGetppid(refusal), {.mode = Mode::kTrap}).error(), 0);
                   syscall(SYS_getppid);
                   report.Equal("signal", trapped.si_signo, SIGSYS);
                   report.Equal("code", trapped.si_code, 1);  // SYS_SECCOMP
                   report.Equal("call", trapped.si_syscall, SYS_getppid);
                   report.Equal("errno", static_cast<std::uint32_t>(trapped.si_errno), refusal & 0xffff);
                 }) == kFine);
    }
  }
}

BOOST_AUTO_TEST_CASE(AnUnhandledTrapKillsTheProcess) {
  BOOST_TEST(InChild([](Report& report) {
               const Filter filter = AnswerGetppid(SECCOMP_RET_ERRNO | EDOM);
               report.Equal("error", Install(filter, {.mode = Mode::kTrap}).error(), 0);
               syscall(SYS_getppid);
             }) == "killed by SIGSYS");
}

// glibc blocks all signals while it makes a thread or a process.
BOOST_AUTO_TEST_CASE(ATrapThatFindsItsSignalBlockedKillsTheProcessHandlerOrNot) {
  BOOST_TEST(InChild([](Report& report) {
               HandleTraps();
               sigset_t all;
               sigfillset(&all);
               sigprocmask(SIG_SETMASK, &all, nullptr);
               const Filter filter = AnswerGetppid(SECCOMP_RET_ERRNO | EDOM);
               report.Equal("error", Install(filter, {.mode = Mode::kTrap}).error(), 0);
               syscall(SYS_getppid);
               report.Equal("survival", true, false);
             }) == "killed by SIGSYS");
}

BOOST_AUTO_TEST_CASE(ARefusalWhoseErrorNumberIsAVariableChangesToo) {
  Filter filter;
  BOOST_TEST(embedded::GetPrecompiled("answer")->Render({{"code", ENOTNAM}}, filter).ok());
  BOOST_TEST(InChild([&filter](Report& report) {
               const pid_t parent = getppid();
               report.Equal("error", Install(filter, {.mode = Mode::kLog}).error(), 0);
               report.Equal("getppid", syscall(SYS_getppid), parent);
             }) == kFine);
  BOOST_TEST(InChild([&filter](Report& report) {
               HandleTraps();
               report.Equal("error", Install(filter, {.mode = Mode::kTrap}).error(), 0);
               syscall(SYS_getppid);
               report.Equal("call", trapped.si_syscall, SYS_getppid);
               report.Equal("errno", trapped.si_errno, ENOTNAM);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(TracingStaysTracingInAllModes) {
  for (const Mode mode : {Mode::kEnforce, Mode::kLog, Mode::kTrap}) {
    BOOST_TEST(InChild([mode](Report& report) {
                 report.Equal("error", Install(AnswerGetppid(SECCOMP_RET_TRACE | 1), {.mode = mode}).error(),
                              0);
                 errno = 0;
                 syscall(SYS_getppid);
                 report.Equal("errno", errno, ENOSYS);  // nobody traces
               }) == kFine);
  }
}

BOOST_AUTO_TEST_CASE(TheFilterItselfStaysAsItIs) {
  const Filter filter = AnswerGetppid(SECCOMP_RET_ERRNO | EDOM);
  BOOST_TEST(InChild([&filter](Report& report) {
               report.Equal("error", Install(filter, {.mode = Mode::kLog}).error(), 0);
               report.Equal("operand", filter.instructions()[2].k, SECCOMP_RET_ERRNO | EDOM);
               report.Equal("error", Install(filter).error(), 0);
               errno = 0;
               syscall(SYS_getppid);
               report.Equal("errno", errno, EDOM);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(ComputedAnswersCanOnlyBeEnforced) {
  const Filter filter = ToFilter({{BPF_LD | BPF_IMM, 0, 0, SECCOMP_RET_ALLOW}, {BPF_RET | BPF_A, 0, 0, 0}});
  BOOST_TEST(InChild([&filter](Report& report) {
               const InstallResult result = Install(filter, {.mode = Mode::kLog});
               report.Equal("error", result.error(), EINVAL);
               report.Equal("message", std::string(result.message()),
                            "the filter computes its answers, so it can only be enforced");
               report.Equal("no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
               report.Equal("enforcing", Install(filter).error(), 0);
             }) == kFine);
}

// The refusal is in A when the jump leads past the instructions that would replace it.
BOOST_AUTO_TEST_CASE(ARefusalThatJumpsIntoAStatedAnswerCanOnlyBeEnforced) {
  const Filter filter = ToFilter({
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 2, static_cast<std::uint32_t>(SYS_getppid)},
      {BPF_LD | BPF_IMM, 0, 0, SECCOMP_RET_ERRNO | EDOM},
      {BPF_JMP | BPF_JA, 0, 0, 3},
      {BPF_LD | BPF_IMM, 0, 0, 0},
      {BPF_ALU | BPF_AND | BPF_K, 0, 0, 0xffff},
      {BPF_ALU | BPF_OR | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
      {BPF_RET | BPF_A, 0, 0, 0},
  });
  for (const Mode mode : {Mode::kLog, Mode::kTrap}) {
    BOOST_TEST(InChild([&](Report& report) {
                 const InstallResult result = Install(filter, {.mode = mode});
                 report.Equal("error", result.error(), EINVAL);
                 report.Equal("no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
                 report.Equal("enforcing", Install(filter).error(), 0);
                 errno = 0;
                 syscall(SYS_getppid);
                 report.Equal("errno", errno, EDOM);
               }) == kFine);
  }
}

// On an old kernel the call would be answered by killing the thread.
BOOST_AUTO_TEST_CASE(OtherActionsThatTheKernelLacksAreErrorsBeforeAnythingChanges) {
  const struct {
    std::uint32_t answer;
    Mode mode;
    std::string message;
  } cases[] = {
      {SECCOMP_RET_LOG, Mode::kEnforce,
       "the action log is not confirmed: the kernel is older than Linux 4.14"},
      {SECCOMP_RET_KILL_PROCESS, Mode::kLog,
       "the action log is not confirmed: the kernel is older than Linux 4.14"},
      {SECCOMP_RET_USER_NOTIF, Mode::kEnforce,
       "the action user-notify is not confirmed: the kernel is older than Linux 5.0"},
  };
  for (const auto& entry : cases) {
    for (const int answer : {EINVAL, ENOSYS, EOPNOTSUPP, 0}) {
      BOOST_TEST_CONTEXT(entry.message << ", the query is answered with " << answer) {
        BOOST_TEST(
            InChild([&entry, answer](Report& report) {
              PretendActionsCannotBeQueried(answer);
              const InstallResult result =
                  Install(AnswerGetppid(entry.answer), {.notify_without_listener = true, .mode = entry.mode});
              report.Equal("error", result.error(), EOPNOTSUPP);
              report.Equal("message", std::string(result.message()),
                           entry.message + ", or a filter that is already installed answers in its place");
              report.Equal("survival", AThreadSurvivesGetppid(), true);
            }) == kFine);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(AnOuterSandboxThatForbidsTheQueryIsNotMistakenForAnOldKernel) {
  BOOST_TEST(InChild([](Report& report) {
               PretendActionsCannotBeQueried(EPERM);
               const InstallResult result = Install(AnswerGetppid(SECCOMP_RET_LOG));
               report.Equal("error", result.error(), EPERM);
               report.Equal("message", std::string(result.message()),
                            "a filter that is already installed does not let seccomp(2) query actions");
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(WithoutTheSeccompCallPrctlInstalls) {
  BOOST_TEST(InChild([](Report& report) {
               PretendThereIsNoSeccompCall();
               const InstallResult result = Install(AnswerGetppid(SECCOMP_RET_ERRNO | EDOM));
               report.Equal("error", result.error(), 0);
               errno = 0;
               syscall(SYS_getppid);
               report.Equal("errno", errno, EDOM);
             }) == kFine);
}

BOOST_AUTO_TEST_CASE(PrctlCannotPlaceholderForFlags) {
  BOOST_TEST(InChild([](Report& report) {
               PretendThereIsNoSeccompCall();
               const InstallResult result = Install(AnswerGetppid(SECCOMP_RET_ERRNO | EDOM), {.tsync = true});
               report.Equal("error", result.error(), ENOSYS);
               report.Equal(
                   "message", std::string(result.message()),
                   "the options need seccomp(2), which the running kernel does not have (Linux 3.17) "
                   "or a filter that is already installed hides");
             }) == kFine);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp
