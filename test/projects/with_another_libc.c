/* SPDX-License-Identifier: Apache-2.0
 *
 * What the README's program does under its filter, for a libc that has no C++ library here. Waits, too, so that it
 * can be stopped. */

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* That libc comes without the kernel's headers. */
struct sock_filter {
  unsigned short code;
  unsigned char jt, jf;
  unsigned k;
};
struct sock_fprog {
  unsigned short len;
  const struct sock_filter *filter;
};

static const struct sock_filter filter[] = {
#include "filter.inc"
};

static int Work(void) {
  const struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};
  char text[6] = "";
  sem_t never;
  struct timespec end;
  sem_init(&never, 0, 0);
  clock_gettime(CLOCK_REALTIME, &end);
  ++end.tv_sec;
  if (dup2(STDOUT_FILENO, 4) != 4) return 2;
  printf("worker: %d instructions\n", (int)program.len);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, 2, &program) != 0) return 3;

  if (read(3, text, 5) != 5) return 4;
  if (sem_timedwait(&never, &end) != -1 || errno != ETIMEDOUT) return 5;
  const int written = write(4, "", 0) == 0;
  const int opened = open("/etc/passwd", O_RDONLY) >= 0;
  const int error = errno;
  printf("write to fd2: %s, open: %s\n", written ? "allowed" : "refused", opened ? "allowed" : strerror(error));
  fflush(stdout);
  _exit(0);
}

int main(void) {
  int fds[2];
  int status = 0;
  if (pipe(fds) != 0 || write(fds[1], "hello", 5) != 5) return 1;
  const pid_t child = fork();
  if (child == 0) {
    if (fds[0] != 3) return 1;
    _exit(Work());
  }
  usleep(200000);
  kill(child, SIGSTOP);
  if (waitpid(child, &status, WUNTRACED) != child || !WIFSTOPPED(status)) return 1;
  kill(child, SIGCONT);
  if (waitpid(child, &status, 0) != child) return 1;
  if (WIFSIGNALED(status)) printf("killed by signal %d\n", WTERMSIG(status));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
