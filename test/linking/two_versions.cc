// SPDX-License-Identifier: Apache-2.0
//
// Each of two libraries does what it is told, whichever version of the runtime library the other one has.
#include "two_versions.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

int failures = 0;

void Expect(const char* what, int got, int expected) {
  if (got == expected) return;
  std::printf("FAILED: %s is %d, not %d\n", what, got, expected);
  ++failures;
}

volatile std::sig_atomic_t signals = 0;

void CountSignal(int) {
  signals = signals + 1;
}

// In a child: installs, and looks at what became of it.
void Check(const char* name, Installed (*install)(const Choices&), const Choices& choices) {
  std::printf("%s: trap %d, no_new_privs %d, new_listener %d\n", name, choices.trap, choices.no_new_privs,
              choices.new_listener);
  std::fflush(stdout);
  const pid_t child = fork();
  if (child != 0) {
    int status = 0;
    waitpid(child, &status, 0);
    Expect("the child's status", status, 0);
    return;
  }
  alarm(10);
  std::signal(SIGSYS, CountSignal);
  const Installed installed = install(choices);
  if (installed.error == EACCES && !choices.no_new_privs) _exit(0);  // needs CAP_SYS_ADMIN
  Expect("error", installed.error, 0);
  Expect("a listener", installed.listener >= 0 ? 1 : 0, choices.new_listener ? 1 : 0);
  Expect("no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), choices.no_new_privs ? 1 : 0);
  errno = 0;
  const long answer = syscall(SYS_getppid);
  if (!choices.trap) Expect("getppid", static_cast<int>(answer), -1);
  if (!choices.trap) Expect("errno of getppid", errno, EDOM);
  Expect("signals", signals, choices.trap ? 1 : 0);
  std::fflush(stdout);
  _exit(failures == 0 ? 0 : 1);
}

}  // namespace

int main() {
  for (const bool trap : {false, true}) {
    for (const bool no_new_privs : {true, false}) {
      for (const bool new_listener : {false, true}) {
        Check("one", InstallWithOne, {trap, no_new_privs, new_listener});
        Check("other", InstallWithOther, {trap, no_new_privs, new_listener});
      }
    }
  }
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
