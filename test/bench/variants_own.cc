// SPDX-License-Identifier: Apache-2.0
//
// A policy of the size that sandboxes' supervisors have, used when there is no corpus to take theirs from.

#include <sstream>
#include <string>

#include "bench/variants.h"

namespace precompiledseccomp::testing {
namespace {

constexpr const char* kUnchecked =
    "read write close fstat lseek munmap rt_sigaction rt_sigprocmask rt_sigreturn pread64 pwrite64 "
    "sched_yield mincore dup nanosleep setitimer getpid exit wait4 fsync fdatasync ftruncate fchmod "
    "gettimeofday sigaltstack mlock munlock gettid restart_syscall timer_delete exit_group epoll_ctl "
    "clock_gettime ppoll sync_file_range fallocate preadv pwritev getrandom epoll_create1";

// Calls whose arguments are checked, each against constants of its own.
constexpr const char* kChecked =
    "mmap mprotect ioctl writev sendmsg recvmsg shutdown listen getsockopt clone fcntl ptrace fstatfs "
    "setpriority prctl futex timer_create timer_settime waitid tee utimensat epoll_pwait accept4 "
    "eventfd2 dup3 rt_tgsigqueueinfo recvmmsg sendmmsg getcpu memfd_create membarrier statx recvfrom "
    "sendto mremap madvise getxattr getdents64 readlinkat linkat";

Condition Check(const Values& values, unsigned number) {
  const Value mode(0x40U + 3 * number);
  const Condition flags = (Arg(2) & 0xfff0U) == 0x10U * (number % 5);
  switch (number % 4) {
    case 0:
      return Arg32(0) == values["controller_fd"] && Arg(1) == mode;
    case 1:
      return Arg(1).In({mode, 0x1000U + number, 0x8000U + number});
    case 2:
      return flags && Arg(3) == 0;
    default:
      return Arg32(0).NonNegativeFd() && (Arg(1) < mode || flags);
  }
}

Policy CommonPolicy(const Values& values) {
  Policy policy;
  std::string name;
  for (std::istringstream names(kUnchecked); names >> name;) policy.Allow(IfAvailable(name));
  unsigned number = 0;
  for (std::istringstream names(kChecked); names >> name;)
    policy.Allow(IfAvailable(name), Check(values, number++));
  policy.Allow("tgkill", Arg(0) == values.Uint64("self_pid"));
  policy.HotSyscalls({"futex", "epoll_pwait", "mmap"});
  return policy;
}

}  // namespace

ProgramDefinition CommonOfVariants() {
  return {"common", {"controller_fd", Uint64("self_pid")}, CommonPolicy};
}

}  // namespace precompiledseccomp::testing
