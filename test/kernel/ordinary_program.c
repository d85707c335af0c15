// SPDX-License-Identifier: Apache-2.0
//
// What programs do every day, by way of their libc, under a filter:
//
//   ordinary_program TASK < INSTRUCTIONS
//
// Ends with status 0, or with the errno of what failed. In C, so that the compilers of other libcs take it,
// and without sanitizers, which make calls of their own.

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char** environ;

// Taken before the filter is there.
static int random_device;
static pid_t self;

static int ErrnoUnless(int succeeded) {
  return succeeded ? 0 : errno;
}

// These three wait for longer than this program has.

static int Sleep(void) {
  const struct timespec long_time = {3600, 0};
  return ErrnoUnless(nanosleep(&long_time, NULL) == 0);
}

static int WaitForASemaphore(void) {
  const struct timespec far_away = {0x7fffffff, 0};
  sem_t semaphore;
  sem_init(&semaphore, 0, 0);
  return ErrnoUnless(sem_timedwait(&semaphore, &far_away) == 0);
}

static int Poll(void) {
  return ErrnoUnless(poll(NULL, 0, 3600 * 1000) == 0);
}

static volatile sig_atomic_t handled = 0;

static void Handle(int signal) {
  handled = signal;
}

static int HandleASignal(void) {
  struct sigaction action;
  memset(&action, 0, sizeof(action));
  action.sa_handler = Handle;
  return ErrnoUnless(sigaction(SIGUSR1, &action, NULL) == 0 && kill(self, SIGUSR1) == 0 &&
                     handled == SIGUSR1);
}

static void* DoNothing(void* nothing) {
  return nothing;
}

static int RunAThread(void) {
  pthread_t thread;
  const int error = pthread_create(&thread, NULL, DoNothing, NULL);
  return error != 0 ? error : pthread_join(thread, NULL);
}

static int Fork(void) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  return ErrnoUnless(child > 0 && waitpid(child, NULL, 0) == child);
}

static int AskForTheStatusOfAFile(void) {
  struct stat status;
  return ErrnoUnless(fstat(STDIN_FILENO, &status) == 0);
}

static int AskForAccess(void) {
  return ErrnoUnless(faccessat(AT_FDCWD, "/", F_OK, 0) == 0);
}

static int FreeTwice(void) {
  void* volatile memory = malloc(8);
  free(memory);
  free(memory);
  return 0;
}

static int Print(void) {
  return ErrnoUnless(printf("printed\n") > 0 && fflush(stdout) == 0);
}

// By a command with bit 31: RNDGETENTCNT of linux/random.h.
static int AskADevice(void) {
  int bits = 0;
  return ErrnoUnless(ioctl(random_device, _IOR('R', 0, int), &bits) == 0);
}

// Becomes a shell in whichever way there is, which then ends with a status of its own.
static int BecomeAShell(void) {
  char* const arguments[] = {"sh", "-c", "exit 77", NULL};
  execve("/bin/sh", arguments, environ);
  syscall(SYS_execveat, AT_FDCWD, "/bin/sh", arguments, environ, 0);
  return errno;
}

static const struct {
  const char* name;
  int (*run)(void);
} kTasks[] = {
    {"ask a device", AskADevice},
    {"ask for access to a file", AskForAccess},
    {"ask for the status of a file", AskForTheStatusOfAFile},
    {"become a shell", BecomeAShell},
    {"fork", Fork},
    {"free twice", FreeTwice},
    {"handle a signal", HandleASignal},
    {"poll", Poll},
    {"print", Print},
    {"run a thread", RunAThread},
    {"sleep", Sleep},
    {"wait for a semaphore", WaitForASemaphore},
};

enum { kMaximumInstructions = 4096, kSecondsToLive = 60, kNotInstalled = 254, kUsage = 255 };

// sock_filter and sock_fprog of linux/filter.h, which not every libc's compiler finds.
struct Instruction {
  uint16_t code;
  uint8_t jump_if_true, jump_if_false;
  uint32_t k;
};
struct Program {
  unsigned short length;
  struct Instruction* instructions;
};

// Returns whether the kernel takes what is read.
static int InstallFromStandardInput(void) {
  static struct Instruction instructions[kMaximumInstructions];
  const ssize_t bytes = read(STDIN_FILENO, instructions, sizeof(instructions));
  if (bytes <= 0) return 0;
  const struct Program program = {(unsigned short)((size_t)bytes / sizeof(instructions[0])), instructions};
  const int filter_mode = 2;
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, filter_mode, &program) == 0;
}

int main(int argc, char** argv) {
  for (size_t i = 0; argc == 2 && i < sizeof(kTasks) / sizeof(kTasks[0]); ++i) {
    if (strcmp(argv[1], kTasks[i].name) != 0) continue;
    random_device = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    self = getpid();
    alarm(kSecondsToLive);
    prctl(PR_SET_DUMPABLE, 0);  // no core file
    if (!InstallFromStandardInput()) return kNotInstalled;
    _exit(kTasks[i].run());
  }
  return kUsage;
}
