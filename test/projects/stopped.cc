// SPDX-License-Identifier: Apache-2.0
//
// Under the README's filter, a thread waits with a limit of time, is stopped and goes on: the kernel has it
// go on with restart_syscall. Exit status 0 if it waited to the end.

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>

#include <fcntl.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

#include "myapp_filters.h"

namespace {

constexpr long kNanosecondsInASecond = 1'000'000'000;

// Half a second, of which it is stopped for a fifth.
[[noreturn]] void Wait() {
  sem_t never;
  timespec end;
  if (sem_init(&never, 0, 0) != 0 || clock_gettime(CLOCK_REALTIME, &end) != 0) _exit(2);
  end.tv_nsec += kNanosecondsInASecond / 2;
  end.tv_sec += end.tv_nsec / kNanosecondsInASecond;
  end.tv_nsec %= kNanosecondsInASecond;
  const auto filter = myapp::Worker{.fd1 = 0, .fd2 = 1}.Render();
  if (!precompiledseccomp::Install(filter)) _exit(3);
  _exit(sem_timedwait(&never, &end) == -1 && errno == ETIMEDOUT ? 0 : 4);
}

}  // namespace

int main() {
  const pid_t child = fork();
  if (child < 0) return 1;
  if (child == 0) Wait();
  int status = 0;
  for (const int signal : {SIGSTOP, SIGCONT}) {
    usleep(100'000);
    kill(child, signal);
    if (signal == SIGSTOP && (waitpid(child, &status, WUNTRACED) != child || !WIFSTOPPED(status))) return 1;
  }
  if (waitpid(child, &status, 0) != child) return 1;
  if (WIFSIGNALED(status)) std::printf("killed by signal %d\n", WTERMSIG(status));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
