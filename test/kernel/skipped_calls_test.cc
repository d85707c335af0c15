// SPDX-License-Identifier: Apache-2.0
//
// A tracer has the kernel skip a call, as strace's injection and debuggers do: it writes -1 over the number
// when the call is entered, and sets the result when it is left. The filter runs between the two.

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/filter.h>
#include <precompiledseccomp/install.h>

#include "compile/compile.h"
#include "kernel/entry.h"
#include "kernel/filtered_child.h"

#if defined(__x86_64__)

namespace precompiledseccomp::testing {
namespace {

constexpr long kInjected = 77;

// Waits to be traced, installs the filter, calls getppid(), and tells by its exit status what came of it.
// Ends by the bare system call: before functions that do not return, sanitizers make others, which the filter
// refuses.
void RunTracee(const Filter& filter) {
  ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  raise(SIGSTOP);
  const bool is_installed = static_cast<bool>(Install(filter));
  const long result = syscall(SYS_getppid);
  seccomp_data exit_group{};
  exit_group.nr = SYS_exit_group;
  exit_group.args[0] = !is_installed ? 2 : result == kInjected ? 0 : 1;
  EnterAt(SyscallSite(), exit_group);
}

std::string TextOf(int status) {
  if (WIFSIGNALED(status)) return "killed by signal " + std::to_string(WTERMSIG(status));
  switch (WEXITSTATUS(status)) {
    case 0:
      return "got the injected result";
    case 1:
      return "got another result";
    default:
      return "could not install the filter";
  }
}

// Lets the tracee run from one end of a call to the next, until it is gone.
std::string SkipGetppid(pid_t tracee) {
  constexpr int kAtSystemCall = SIGTRAP | 0x80;  // with PTRACE_O_TRACESYSGOOD
  int status = 0;
  waitpid(tracee, &status, 0);
  ptrace(PTRACE_SETOPTIONS, tracee, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  bool is_entry = true;
  bool is_skipped = false;
  while (true) {
    if (ptrace(PTRACE_SYSCALL, tracee, nullptr, nullptr) != 0) throw std::runtime_error("cannot trace");
    waitpid(tracee, &status, 0);
    if (WIFEXITED(status) || WIFSIGNALED(status)) return TextOf(status);
    if (WSTOPSIG(status) != kAtSystemCall) continue;
    user_regs_struct registers{};
    ptrace(PTRACE_GETREGS, tracee, nullptr, &registers);
    if (is_entry && registers.orig_rax == SYS_getppid) {
      registers.orig_rax = ~0ULL;
      is_skipped = true;
      ptrace(PTRACE_SETREGS, tracee, nullptr, &registers);
    } else if (!is_entry && is_skipped) {
      registers.rax = kInjected;
      is_skipped = false;
      ptrace(PTRACE_SETREGS, tracee, nullptr, &registers);
    }
    is_entry = !is_entry;
  }
}

std::string OutcomeUnderATracer(const Policy& policy) {
  Filter filter;
  if (!filter.Assign(Compile(Resolve(policy, NativeTarget())))) throw std::length_error("filter too large");
  const pid_t tracee = fork();
  if (tracee < 0) throw std::runtime_error("cannot fork");
  if (tracee == 0) RunTracee(filter);
  return SkipGetppid(tracee);
}

Policy WithDefault(const Action& action) {
  return Policy().Allow("exit_group").Default(action);
}

BOOST_AUTO_TEST_SUITE(SkippedCalls, *boost::unit_test::precondition(KernelTakesFilters))

// The bad-architecture action kills in all of these: -1 has the x32 bit, and is no x32 call.
BOOST_AUTO_TEST_CASE(GoThroughWhereTheDefaultActionDoesNotKill) {
  const std::string injected = "got the injected result";
  BOOST_TEST(OutcomeUnderATracer(WithDefault(Action::Allow()).Errno(EPERM, "swapon")) == injected);
  BOOST_TEST(OutcomeUnderATracer(WithDefault(Action::Errno(EPERM))) == injected);
  BOOST_TEST(OutcomeUnderATracer(WithDefault(Action::Errno(EPERM)).KnownUpTo(Syscall(450))) == injected);
  BOOST_TEST(OutcomeUnderATracer(WithDefault(Action::Log())) == injected);
}

BOOST_AUTO_TEST_CASE(AreKilledByADefaultThatKills) {
  const std::string killed = "killed by signal " + std::to_string(SIGSYS);
  BOOST_TEST(OutcomeUnderATracer(WithDefault(Action::KillProcess()).Allow("getppid")) == killed);
  BOOST_TEST(OutcomeUnderATracer(
                 WithDefault(Action::Allow()).KnownUpTo(Syscall(450)).Unknown(Action::KillProcess())) ==
             killed);
}

BOOST_AUTO_TEST_CASE(GoThroughWhereARuleNamesThem) {
  const Policy policy = WithDefault(Action::KillProcess()).Allow({"getppid", Syscall::Skipped()});
  BOOST_TEST(OutcomeUnderATracer(policy) == "got the injected result");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing

#endif
