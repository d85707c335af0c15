// SPDX-License-Identifier: Apache-2.0
//
// A profile for programs that are to run as in a container: ordinary work is allowed; what changes the
// machine, looks into other processes, or makes new namespaces is not. Refused calls fail with EPERM, calls
// newer than this profile with ENOSYS, so that a libc falls back to older ones.
//
// It is one policy for several architectures: calls that newer architectures never had are IfAvailable.

#include <cerrno>
#include <cstdint>
#include <string_view>

#include <netinet/in.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/socket.h>

#include <linux/netlink.h>

#include <precompiledseccomp/define.h>

namespace pcs = precompiledseccomp;

namespace {

using pcs::Arg;
using pcs::Arg32;

pcs::Syscalls WhereAvailable(std::initializer_list<std::string_view> names) {
  std::vector<pcs::Syscall> calls;
  for (const std::string_view name : names) calls.push_back(pcs::IfAvailable(name));
  return calls;
}

void AllowFiles(pcs::Policy& policy) {
  policy.Allow(
      {"read",      "write",   "readv",     "writev",    "pread64",   "pwrite64",        "preadv",
       "pwritev",   "preadv2", "pwritev2",  "lseek",     "close",     "close_range",     "dup",
       "dup3",      "fcntl",   "flock",     "readahead", "fadvise64", "fallocate",       "truncate",
       "ftruncate", "fsync",   "fdatasync", "sync",      "syncfs",    "sync_file_range", "copy_file_range",
       "sendfile",  "splice",  "tee",       "vmsplice",  "pipe2"});
  policy.Allow({"openat",     "openat2",  "mkdirat",   "mknodat",    "unlinkat",  "renameat",
                "renameat2",  "linkat",   "symlinkat", "readlinkat", "faccessat", "faccessat2",
                "fchmod",     "fchmodat", "fchown",    "fchownat",   "utimensat", "umask",
                "getdents64", "chdir",    "fchdir",    "getcwd",     "chroot"});
  policy.Allow({"fstat", "newfstatat", "statx", "statfs", "fstatfs", "name_to_handle_at", "inotify_init1",
                "inotify_add_watch", "inotify_rm_watch"});
  policy.Allow({"setxattr", "lsetxattr", "fsetxattr", "getxattr", "lgetxattr", "fgetxattr", "listxattr",
                "llistxattr", "flistxattr", "removexattr", "lremovexattr", "fremovexattr"});
  policy.Allow({"io_setup", "io_destroy", "io_submit", "io_cancel", "io_getevents", "io_pgetevents",
                "ioprio_get", "ioprio_set"});
  policy.Allow(
      WhereAvailable({"open",   "creat",  "access",    "stat",     "lstat", "mkdir", "rmdir",       "unlink",
                      "rename", "link",   "symlink",   "readlink", "chmod", "chown", "lchown",      "mknod",
                      "utime",  "utimes", "futimesat", "getdents", "dup2",  "pipe",  "inotify_init"}));
  // Pushing characters into a terminal's input would run commands outside of the sandbox.
  constexpr std::uint32_t kTiocsti = 0x5412;
  constexpr std::uint32_t kTioclinux = 0x541c;
  policy.Errno(EPERM, "ioctl", Arg32(1).In({kTiocsti, kTioclinux}));
  policy.Allow("ioctl");
}

void AllowMemory(pcs::Policy& policy) {
  policy.Allow(
      {"brk",          "mmap",       "munmap",          "mremap",        "mprotect",         "madvise",
       "mincore",      "msync",      "mlock",           "mlock2",        "munlock",          "mlockall",
       "munlockall",   "pkey_alloc", "pkey_free",       "pkey_mprotect", "remap_file_pages", "memfd_create",
       "memfd_secret", "membarrier", "process_mrelease"});
  policy.Allow({"shmget", "shmat", "shmdt", "shmctl", "semget", "semop", "semtimedop", "semctl", "msgget",
                "msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink", "mq_timedsend", "mq_timedreceive",
                "mq_notify", "mq_getsetattr"});
}

void AllowProcesses(pcs::Policy& policy) {
  policy.Allow({"execve", "execveat", "exit", "exit_group", "wait4", "waitid", "kill", "tkill", "tgkill",
                "pidfd_open", "pidfd_send_signal", "prctl", "seccomp", "set_tid_address", "restart_syscall",
                "rseq"});
  policy.Allow(
      WhereAvailable({"fork", "vfork", "arch_prctl", "modify_ldt", "set_thread_area", "get_thread_area"}));
  policy.Allow({"getpid",   "getppid",  "gettid",   "getpgid",  "setpgid",   "getsid",    "setsid",
                "getuid",   "geteuid",  "getgid",   "getegid",  "getresuid", "getresgid", "getgroups",
                "setuid",   "setgid",   "setreuid", "setregid", "setresuid", "setresgid", "setgroups",
                "setfsuid", "setfsgid", "capget",   "capset"});
  policy.Allow(WhereAvailable({"getpgrp"}));
  policy.Allow({"getrlimit",
                "setrlimit",
                "prlimit64",
                "getrusage",
                "times",
                "sysinfo",
                "uname",
                "getpriority",
                "setpriority",
                "sched_yield",
                "sched_getaffinity",
                "sched_setaffinity",
                "sched_getattr",
                "sched_setattr",
                "sched_getparam",
                "sched_setparam",
                "sched_getscheduler",
                "sched_setscheduler",
                "sched_get_priority_max",
                "sched_get_priority_min",
                "sched_rr_get_interval",
                "getcpu"});
  policy.Allow({"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"});

  // No new namespaces: whatever the caller's rights, they end where the sandbox ends.
  constexpr std::uint64_t kNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                        CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
  policy.Allow("clone", (Arg(0) & kNamespaces) == 0);
  // Its flags are in memory, where a filter cannot look: say that there is none, and libc uses clone.
  policy.Errno(ENOSYS, "clone3");

  // Execution domains that ordinary programs ask for; 0xffffffff only asks for the present one.
  policy.Allow("personality", Arg32(0).In({PER_LINUX, PER_LINUX32, UNAME26,
                                           PER_LINUX32 | std::uint64_t{UNAME26}, 0xffffffffU}));
}

void AllowSignalsAndTime(pcs::Policy& policy) {
  policy.Allow({"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigtimedwait",
                "rt_sigqueueinfo", "rt_tgsigqueueinfo", "rt_sigsuspend", "sigaltstack", "signalfd4"});
  policy.Allow({"nanosleep", "clock_nanosleep", "clock_gettime", "clock_getres", "gettimeofday", "getitimer",
                "setitimer", "timer_create", "timer_settime", "timer_gettime", "timer_getoverrun",
                "timer_delete", "timerfd_create", "timerfd_settime", "timerfd_gettime", "adjtimex"});
  policy.Allow({"futex", "futex_waitv", "set_robust_list", "get_robust_list", "getrandom"});
  policy.Allow(
      {"ppoll", "pselect6", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "eventfd2"});
  policy.Allow(WhereAvailable(
      {"pause", "alarm", "time", "signalfd", "poll", "select", "epoll_create", "epoll_wait", "eventfd"}));
}

// Any socket call, but only sockets that stay on this machine or carry TCP and UDP. No raw or packet sockets,
// and no ICMP ones: `ping` does not work. Routes may be asked for: name resolution does.
void AllowSockets(pcs::Policy& policy) {
  policy.Allow({"accept", "accept4", "bind", "connect", "listen", "socketpair", "shutdown", "getsockname",
                "getpeername", "getsockopt", "setsockopt", "sendto", "recvfrom", "sendmsg", "recvmsg",
                "sendmmsg", "recvmmsg"});
  constexpr std::uint32_t kTypeMask = 0xf;  // the other bits are SOCK_CLOEXEC and SOCK_NONBLOCK
  const pcs::Condition is_stream_or_datagram =
      (Arg32(1) & kTypeMask) == SOCK_STREAM || (Arg32(1) & kTypeMask) == SOCK_DGRAM;
  const pcs::Condition is_internet = Arg32(0).In({AF_INET, AF_INET6});
  policy.Allow("socket", Arg32(0) == AF_UNIX);
  policy.Allow("socket",
               is_internet && is_stream_or_datagram && !Arg32(2).In({IPPROTO_ICMP, IPPROTO_ICMPV6}));
  policy.Allow("socket", Arg32(0) == AF_NETLINK && Arg32(2) == NETLINK_ROUTE);
  policy.Errno(EACCES, "socket", is_internet);
  policy.Errno(EAFNOSUPPORT, "socket");
}

pcs::Policy Container(const pcs::Values&) {
  pcs::Policy policy;
  policy.Default(pcs::Action::Errno(EPERM));
  policy.KnownUpTo("set_mempolicy_home_node");  // Linux 5.17
  AllowFiles(policy);
  AllowMemory(policy);
  AllowProcesses(policy);
  AllowSignalsAndTime(policy);
  AllowSockets(policy);
  return policy;
}

std::vector<pcs::ProgramDefinition> PrecompiledPrograms() {
  return {{"container", {}, Container}};
}

}  // namespace

PRECOMPILEDSECCOMP_MODULE(PrecompiledPrograms)
