// SPDX-License-Identifier: Apache-2.0
//
// A profile for programs that are to run as in a container: ordinary work is allowed; calls that administer
// the machine, that look into other processes, or that make new namespaces are not, whoever makes them.
// Refused calls fail with EPERM where nothing else is said, calls newer than this profile with ENOSYS, so
// that a libc falls back to older ones, and calls of other architectures kill.
//
// What no filter can do. It sees numbers, and not what they stand for: paths and structures are in memory,
// where it cannot look. So whatever has a name that the user may use stays within reach:
//
//   files             /proc/PID/mem of the user's other processes; as root, /proc/sys/kernel/core_pattern and
//                     the devices in /dev. For these: Landlock, or a mount namespace
//   processes         may be sent signals, and have their priorities and processors changed. A PID namespace
//   sockets           daemons that listen on this machine, and all of the network; as root, NETLINK_ROUTE
//                     also changes routes and addresses. A network namespace
//   System V IPC,     of the user's other processes. An IPC namespace
//   POSIX queues
//
// A filter is the other half: with it, the kernel behind the calls that are left is smaller. As root it holds
// nobody; run what you do not trust as a user who has nothing else.
//
// It is one policy for several architectures: calls that newer architectures never had are IfAvailable.

#include <cerrno>
#include <cstdint>
#include <string_view>

#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/netlink.h>

#include <precompiledseccomp/define.h>

namespace pcs = precompiledseccomp;

namespace {

using pcs::Param;

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
  policy.Allow({"openat",    "openat2",    "mkdirat",   "unlinkat",   "renameat", "renameat2", "linkat",
                "symlinkat", "readlinkat", "faccessat", "faccessat2", "fchmod",   "fchmodat",  "fchown",
                "fchownat",  "utimensat",  "umask",     "getdents64", "chdir",    "fchdir",    "getcwd"});
  policy.Allow({"fstat", "newfstatat", "statx", "statfs", "fstatfs", "name_to_handle_at", "inotify_init1",
                "inotify_add_watch", "inotify_rm_watch"});
  policy.Allow({"setxattr", "lsetxattr", "fsetxattr", "getxattr", "lgetxattr", "fgetxattr", "listxattr",
                "llistxattr", "flistxattr", "removexattr", "lremovexattr", "fremovexattr"});
  policy.Allow({"io_setup", "io_destroy", "io_submit", "io_cancel", "io_getevents", "io_pgetevents",
                "ioprio_get", "ioprio_set"});
  policy.Allow(WhereAvailable({"open",     "creat",  "access", "stat",        "lstat",   "mkdir",
                               "rmdir",    "unlink", "rename", "link",        "symlink", "readlink",
                               "chmod",    "chown",  "lchown", "utime",       "utimes",  "futimesat",
                               "getdents", "dup2",   "pipe",   "inotify_init"}));

  // Pipes and sockets, but no devices: who could open one would be past the file system's own checks.
  const pcs::Condition is_no_device = (Param("mode") & S_IFMT).In({0, S_IFREG, S_IFIFO, S_IFSOCK});
  policy.Allow({"mknodat", pcs::IfAvailable("mknod")}, is_no_device);
}

// ioctl is a door to every driver and file system. What ordinary programs ask of terminals, files, sockets
// and their own descriptors is let through. Anything else gets what a driver says to what it does not know:
// among it TIOCSTI and TIOCLINUX, which type into a terminal, where a shell outside of the sandbox reads it.
void AllowDeviceControl(pcs::Policy& policy) {
  const auto allow = [&](std::initializer_list<unsigned long> requests) {
    policy.Allow("ioctl", Param("request").In({requests.begin(), requests.end()}));
  };
  // TCGETS2 and the three TCSETS2, which newer libcs use. Their macros need a header that is at odds with
  // libc's.
  allow({0x802c542a, 0x402c542b, 0x402c542c, 0x402c542d});
  allow({TCGETS,     TCSETS,     TCSETSW,   TCSETSF,    TCSBRK,      TCSBRKP,   TCXONC,    TCFLSH,
         TIOCGWINSZ, TIOCSWINSZ, TIOCGPGRP, TIOCSPGRP,  TIOCGSID,    TIOCSCTTY, TIOCNOTTY, TIOCOUTQ,
         TIOCEXCL,   TIOCNXCL,   TIOCGPTN,  TIOCSPTLCK, TIOCGPTPEER, TIOCPKT});
  allow({FIONREAD, FIONBIO, FIOASYNC, FIOCLEX, FIONCLEX, FIOQSIZE});
  allow({FICLONE, FICLONERANGE, FIDEDUPERANGE, FS_IOC_FIEMAP, FS_IOC_GETFLAGS, FS_IOC_GETVERSION});
  allow({SIOCATMARK, SIOCGIFCONF, SIOCGIFNAME, SIOCGIFINDEX, SIOCGIFFLAGS, SIOCGIFADDR, SIOCGIFNETMASK,
         SIOCGIFBRDADDR, SIOCGIFMTU, SIOCGIFHWADDR});
  policy.Errno(ENOTTY, "ioctl");
}

void AllowMemory(pcs::Policy& policy) {
  policy.Allow({"brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "mincore", "msync", "mlock",
                "mlock2", "munlock", "mlockall", "munlockall", "pkey_alloc", "pkey_free", "pkey_mprotect",
                "memfd_create", "memfd_secret", "membarrier"});
  policy.Allow({"shmget", "shmat", "shmdt", "shmctl", "semget", "semop", "semtimedop", "semctl", "msgget",
                "msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink", "mq_timedsend", "mq_timedreceive",
                "mq_notify", "mq_getsetattr"});
}

void AllowProcesses(pcs::Policy& policy) {
  policy.Allow({"execve", "execveat", "exit", "exit_group", "wait4", "waitid", "kill", "tkill", "tgkill",
                "pidfd_open", "pidfd_send_signal", "prctl", "seccomp", "set_tid_address", "restart_syscall",
                "rseq"});
  policy.Allow(WhereAvailable({"fork", "vfork", "arch_prctl"}));
  policy.Allow({"getpid",   "getppid",  "gettid",   "getpgid",  "setpgid",   "getsid",    "setsid",
                "getuid",   "geteuid",  "getgid",   "getegid",  "getresuid", "getresgid", "getgroups",
                "setuid",   "setgid",   "setreuid", "setregid", "setresuid", "setresgid", "setgroups",
                "setfsuid", "setfsgid", "capget",   "capset"});
  policy.Allow(WhereAvailable({"getpgrp"}));
  policy.Allow({"getrlimit",
                "setrlimit",
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
  // The caller's own limits, not another process's.
  policy.Allow("prlimit64", Param("pid") == 0);
  // What takes rights away may be used: by the program itself, as by whoever starts it.
  policy.Allow({"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"});

  // No new namespaces, in which a caller without rights has all of them, and with them the parts of the
  // kernel that are only tested for who is trusted.
  constexpr std::uint64_t kNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                        CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
  policy.Allow("clone", !(Param("flags") & kNamespaces).AnySet());
  // Its flags are in memory, where a filter cannot look: say that there is none, and libc uses clone.
  policy.Errno(ENOSYS, "clone3");

  // Execution domains that ordinary programs ask for; 0xffffffff only asks for the present one.
  policy.Allow("personality", Param("persona").In({PER_LINUX, PER_LINUX32, UNAME26,
                                                   PER_LINUX32 | std::uint64_t{UNAME26}, 0xffffffffU}));
}

void AllowSignalsAndTime(pcs::Policy& policy) {
  policy.Allow({"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigtimedwait",
                "rt_sigqueueinfo", "rt_tgsigqueueinfo", "rt_sigsuspend", "sigaltstack", "signalfd4"});
  policy.Allow({"nanosleep", "clock_nanosleep", "clock_gettime", "clock_getres", "gettimeofday", "getitimer",
                "setitimer", "timer_create", "timer_settime", "timer_gettime", "timer_getoverrun",
                "timer_delete", "timerfd_create", "timerfd_settime", "timerfd_gettime"});
  policy.Allow({"futex", "futex_waitv", "set_robust_list", "getrandom"});
  policy.Allow(
      {"ppoll", "pselect6", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "eventfd2"});
  policy.Allow(WhereAvailable(
      {"pause", "alarm", "time", "signalfd", "poll", "select", "epoll_create", "epoll_wait", "eventfd"}));
}

// Any socket call, but only for sockets of this machine, of TCP and of UDP. What is allowed is listed, as
// each protocol is a part of the kernel of its own, often one that the call would load: no raw or packet
// sockets, no SCTP, no Multipath TCP. Nor are there ICMP ones: `ping` does not work.
void AllowSockets(pcs::Policy& policy) {
  policy.Allow({"accept", "accept4", "bind", "connect", "listen", "shutdown", "getsockname", "getpeername",
                "getsockopt", "setsockopt", "sendto", "recvfrom", "sendmsg", "recvmsg", "sendmmsg",
                "recvmmsg"});
  constexpr std::uint32_t kTypeMask = 0xf;  // the other bits are SOCK_CLOEXEC and SOCK_NONBLOCK
  const pcs::Condition is_stream_or_datagram = (Param("type") & kTypeMask).In({SOCK_STREAM, SOCK_DGRAM});
  const pcs::Condition is_internet = Param("domain").In({AF_INET, AF_INET6});
  // 0 is what the type says, TCP or UDP.
  policy.Allow("socket",
               is_internet && is_stream_or_datagram && Param("protocol").In({0, IPPROTO_TCP, IPPROTO_UDP}));
  policy.Allow({"socket", "socketpair"}, Param("domain") == AF_UNIX);
  // For the resolution of names.
  policy.Allow("socket", Param("domain") == AF_NETLINK && Param("protocol") == NETLINK_ROUTE);
  // Programs that would rather have Multipath TCP or SCTP take this for a kernel without, and then use TCP.
  policy.Errno(EPROTONOSUPPORT, "socket",
               is_internet && is_stream_or_datagram && !Param("protocol").In({IPPROTO_ICMP, IPPROTO_ICMPV6}));
  policy.Errno(EACCES, "socket", is_internet);
  policy.Errno(EAFNOSUPPORT, {"socket", "socketpair"});
}

pcs::Policy Container(const pcs::Values&) {
  pcs::Policy policy;
  policy.Default(pcs::Action::Errno(EPERM));
  policy.KnownUpTo("set_mempolicy_home_node");  // Linux 5.17
  AllowFiles(policy);
  AllowDeviceControl(policy);
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
