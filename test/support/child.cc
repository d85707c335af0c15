// SPDX-License-Identifier: Apache-2.0

#include "support/child.h"

#include <cerrno>
#include <csignal>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace precompiledseccomp::testing {
namespace {

// An exception would go on in the child as if it were the parent.
void Work(const std::function<void()>& work) noexcept {
  work();
}

}  // namespace

// Without the address sanitizer, which makes system calls before the trap: the child's filter may answer them
// in its own way.
__attribute__((no_sanitize("address"))) bool RunInChild(const std::function<void()>& work) {
  const SharedArray<bool> finished(1);  // how the child ends does not tell: system calls can raise SIGILL too
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    for (const int signal : {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGSYS}) std::signal(signal, SIG_DFL);
    Work(work);
    finished[0] = true;
    __builtin_trap();  // SIGILL or SIGTRAP, as the architecture has it
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) throw std::runtime_error("waitpid failed");
  return finished[0];
}

}  // namespace precompiledseccomp::testing
