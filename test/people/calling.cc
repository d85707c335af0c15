// SPDX-License-Identifier: Apache-2.0
//
// A program that makes the call that it is told to make, and says what came of it.
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

// With write() alone, and nothing that a filter of the tests refuses.
void Say(const std::string& line) {
  if (write(STDOUT_FILENO, line.data(), line.size()) < 0) _exit(1);
}

void CallGetppid() {
  errno = 0;
  const long result = syscall(SYS_getppid);
  Say("getppid: " + std::to_string(result) + " " + std::to_string(errno) + "\n");
}

void OnTrap(int, siginfo_t* info, void*) {
  const bool is_whole =
      info->si_code == 1 && info->si_syscall == SYS_getppid && info->si_call_addr != nullptr;
  Say((is_whole ? "trapped getppid " : "trapped otherwise ") + std::to_string(info->si_errno) + "\n");
}

// A filter that allows everything, but for this answer.
void Install(std::uint32_t answer_to_getppid = SECCOMP_RET_ALLOW) {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, answer_to_getppid),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program = {sizeof filter / sizeof *filter, filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
    Say("not installed\n");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  struct sigaction action = {};
  action.sa_sigaction = OnTrap;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSYS, &action, nullptr);
  if (what == "getppid") CallGetppid();
  if (what == "getppid-in-child") {
    if (fork() == 0) {
      CallGetppid();
      _exit(0);
    }
    wait(nullptr);
  }
  if (what == "getppid-blocked") {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, nullptr);
    CallGetppid();
  }
  if (what == "getppid-ignored") {
    std::signal(SIGSYS, SIG_IGN);
    CallGetppid();
  }
  if (what == "getppid-in-thread") {
    // A thread that is killed is not joined: its end is told by the kernel, which clears its number.
    std::thread thread(CallGetppid);
    thread.join();
    Say("the others go on\n");
  }
  if (what == "install-in-child") {
    if (fork() == 0) {
      Install();
      _exit(0);
    }
    wait(nullptr);
    CallGetppid();
  }
  if (what == "probe") {
    // What libraries do to see whether there are filters: EFAULT says so.
    CallGetppid();
    Say(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, nullptr) != 0 && errno == EFAULT ? "there are filters\n"
                                                                                    : "installed?\n");
  }
  if (what == "own-filter") {
    Install(SECCOMP_RET_ERRNO | ENOSYS);
    CallGetppid();
  }
  if (what == "install") {
    CallGetppid();
    Install();
    CallGetppid();
  }
}
