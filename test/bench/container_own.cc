// SPDX-License-Identifier: Apache-2.0
//
// A profile like those of container engines, used when there is no corpus to take theirs from.

#include "bench/container.h"

#include <cerrno>
#include <string_view>
#include <vector>

#include <sched.h>

namespace precompiledseccomp::testing {
namespace {

constexpr std::string_view kFiles =
    "read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek close close_range dup "
    "dup2 "
    "dup3 fcntl flock readahead fadvise64 fallocate truncate ftruncate fsync fdatasync sync syncfs "
    "sync_file_range copy_file_range sendfile splice tee vmsplice pipe pipe2 open openat openat2 creat mkdir "
    "mkdirat mknod mknodat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat "
    "readlink "
    "readlinkat access faccessat faccessat2 chmod fchmod fchmodat chown fchown fchownat lchown utime utimes "
    "utimensat futimesat umask getdents getdents64 chdir fchdir getcwd stat fstat lstat newfstatat statx "
    "statfs "
    "fstatfs name_to_handle_at inotify_init inotify_init1 inotify_add_watch inotify_rm_watch fanotify_mark "
    "ioctl "
    "setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr "
    "lremovexattr fremovexattr io_setup io_destroy io_submit io_cancel io_getevents io_pgetevents ioprio_get "
    "ioprio_set";

constexpr std::string_view kMemory =
    "brk mmap munmap mremap mprotect madvise mincore msync mlock mlock2 munlock mlockall munlockall "
    "pkey_alloc "
    "pkey_free pkey_mprotect remap_file_pages memfd_create memfd_secret membarrier process_mrelease shmget "
    "shmat "
    "shmdt shmctl semget semop semtimedop semctl msgget msgsnd msgrcv msgctl mq_open mq_unlink mq_timedsend "
    "mq_timedreceive mq_notify mq_getsetattr";

constexpr std::string_view kProcesses =
    "execve execveat exit exit_group fork vfork wait4 waitid kill tkill tgkill pidfd_open pidfd_send_signal "
    "prctl "
    "ptrace process_vm_readv process_vm_writev arch_prctl modify_ldt seccomp set_tid_address restart_syscall "
    "rseq "
    "set_thread_area get_thread_area getpid getppid gettid getpgid getpgrp setpgid getsid setsid getuid "
    "geteuid "
    "getgid getegid getresuid getresgid getgroups setuid setgid setreuid setregid setresuid setresgid "
    "setgroups "
    "setfsuid setfsgid capget capset getrlimit setrlimit prlimit64 getrusage times sysinfo uname getpriority "
    "setpriority sched_yield sched_getaffinity sched_setaffinity sched_getattr sched_setattr sched_getparam "
    "sched_setparam sched_getscheduler sched_setscheduler sched_get_priority_max sched_get_priority_min "
    "sched_rr_get_interval getcpu landlock_create_ruleset landlock_add_rule landlock_restrict_self";

constexpr std::string_view kSignalsAndTime =
    "rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigqueueinfo "
    "rt_tgsigqueueinfo "
    "rt_sigsuspend sigaltstack signalfd signalfd4 nanosleep clock_nanosleep clock_gettime clock_getres "
    "clock_adjtime gettimeofday getitimer setitimer timer_create timer_settime timer_gettime "
    "timer_getoverrun "
    "timer_delete timerfd_create timerfd_settime timerfd_gettime adjtimex alarm pause time futex futex_waitv "
    "set_robust_list get_robust_list getrandom poll ppoll select pselect6 epoll_create epoll_create1 "
    "epoll_ctl "
    "epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2";

constexpr std::string_view kSockets =
    "accept accept4 bind connect listen socketpair shutdown getsockname getpeername getsockopt setsockopt "
    "sendto "
    "recvfrom sendmsg recvmsg sendmmsg recvmmsg";

std::vector<Syscall> Calls(std::string_view names) {
  std::vector<Syscall> calls;
  while (!names.empty()) {
    const std::size_t end = names.find(' ');
    calls.push_back(IfAvailable(names.substr(0, end)));
    names.remove_prefix(end == std::string_view::npos ? names.size() : end + 1);
  }
  return calls;
}

}  // namespace

Policy ContainerProfile() {
  constexpr std::uint64_t kNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                        CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
  constexpr std::uint64_t kAlg =
      38;  // AF_ALG and AF_VSOCK: sockets of the kernel's crypto, and of the machine's
  constexpr std::uint64_t kVsock = 40;  // hypervisor
  Policy policy;
  policy.Default(Action::Errno(EPERM));
  for (const std::string_view names : {kFiles, kMemory, kProcesses, kSignalsAndTime, kSockets})
    policy.Allow(Calls(names));
  policy.Allow("socket", Arg(0) < kAlg || Arg(0) == kAlg + 1 || Arg(0) > kVsock);
  policy.Allow("personality", Arg(0).In({0x0, 0x8, 0x20000, 0x20008, 0xffffffffU}));
  policy.Allow("clone", (Arg(0) & kNamespaces) == 0);
  policy.Errno(ENOSYS, "clone3");
  return policy;
}

}  // namespace precompiledseccomp::testing
