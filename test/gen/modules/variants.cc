// SPDX-License-Identifier: Apache-2.0
//
// One large policy in 576 configurations, most of them nearly alike, as a runtime for containers has them: a
// program for each combination of its options. Two of the three networks need the same calls, so that 384
// programs are distinct.
#include <cstdint>
#include <string>
#include <vector>

#include <precompiledseccomp/define.h>

namespace {

namespace pcs = precompiledseccomp;
using pcs::Arg;
using pcs::Arg32;

struct Configuration {
  std::string platform;
  std::string network;
  std::string gpu;
  bool direct_files = false;
  bool profiling = false;
  bool tracing = false;
  bool terminals = false;
  bool huge_pages = false;
};

// A call that is allowed with one value of one of its arguments.
struct ArgumentRule {
  const char* call;
  int argument;
  std::uint32_t value;
};

// A call that is allowed with one pair of values of two of its arguments.
struct PairRule {
  const char* call;
  int argument;
  std::uint32_t value;
  int other_argument;
  std::uint32_t other_value;
};

void AddCalls(const std::vector<const char*>& calls, pcs::Policy& policy) {
  for (const char* const call : calls) policy.Allow(call);
}

void AddSingles(const std::vector<ArgumentRule>& rules, pcs::Policy& policy) {
  for (const auto& [call, argument, value] : rules) policy.Allow(call, Arg32(argument) == value);
}

void AddPairs(const std::vector<PairRule>& rules, pcs::Policy& policy) {
  for (const auto& [call, argument, value, other_argument, other_value] : rules)
    policy.Allow(call, Arg(argument) == value && Arg(other_argument) == other_value);
}

// A rule for each value.
void AddValues(const char* call, int argument, const std::vector<std::uint32_t>& values,
               pcs::Policy& policy) {
  for (const std::uint32_t value : values) policy.Allow(call, Arg32(argument) == value);
}

void AddPlainCalls(pcs::Policy& policy) {
  AddCalls({"read",         "close",           "lseek",        "munmap",
            "rt_sigaction", "rt_sigprocmask",  "rt_sigreturn", "pread64",
            "pwrite64",     "readv",           "sched_yield",  "mincore",
            "dup",          "nanosleep",       "getpid",       "exit",
            "exit_group",   "wait4",           "fsync",        "fdatasync",
            "ftruncate",    "fchmod",          "gettimeofday", "sigaltstack",
            "mlock",        "munlock",         "gettid",       "io_setup",
            "io_destroy",   "io_getevents",    "io_submit",    "restart_syscall",
            "timer_delete", "clock_gettime",   "epoll_ctl",    "epoll_create1",
            "ppoll",        "sync_file_range", "fallocate",    "preadv",
            "pwritev",      "preadv2",         "pwritev2",     "getrandom",
            "fstat",        "set_robust_list", "rseq",         "getrusage"},
           policy);
}

void AddMemory(const Configuration& configuration, pcs::Policy& policy) {
  policy.KillProcess("mprotect", (Arg(2) & 4) == 4);
  policy.Allow("mprotect");
  policy.KillProcess("mmap", (Arg(2) & 4) == 4);
  AddValues("mmap", 3, {0x1, 0x2, 0x12, 0x22, 0x32, 0x4022, 0x20022, 0x20032}, policy);
  AddValues("madvise", 2, {3, 4, 8, 9, 10, 16, 17}, policy);
  if (configuration.huge_pages) AddValues("madvise", 2, {14, 15, 25}, policy);
  if (configuration.huge_pages) AddValues("mmap", 3, {0x40022, 0x40032}, policy);
  AddSingles({{"memfd_create", 1, 0}, {"memfd_create", 1, 3}, {"mremap", 3, 1}, {"mremap", 3, 3}}, policy);
}

void AddFiles(const Configuration& configuration, pcs::Policy& policy) {
  AddValues("fcntl", 1, {1, 2, 3, 4, 1030, 1031, 1032, 1033, 1034}, policy);
  AddSingles({{"eventfd2", 1, 0}, {"eventfd2", 1, 0x80000}, {"dup3", 2, 0x80000}}, policy);
  policy.Allow("statx", Arg(0).NonNegativeFd() && (Arg(2) & 4096) == 4096);
  policy.Allow("fstatfs", Arg(0).NonNegativeFd());
  policy.Allow("tee", Arg32(2) == 1 && Arg32(3) == 2);
  policy.Allow("utimensat", Arg(1) == 0 && Arg(3) == 0);
  policy.Allow("epoll_pwait", Arg(4) == 0);
  if (!configuration.direct_files) return;
  for (const char* const call : {"mkdirat", "unlinkat", "linkat", "symlinkat", "readlinkat", "fchmodat",
                                 "fchownat", "newfstatat", "renameat", "mknodat", "faccessat"})
    policy.Allow(call, Arg(0).NonNegativeFd());
  policy.Allow("openat", Arg(0).NonNegativeFd() && Arg32(2).OnlyBits(0x2a0c43) && (Arg(2) & 0x20000) != 0);
  AddValues("renameat2", 4, {0, 1, 2}, policy);
  AddCalls({"flock", "fchown", "getdents64", "fgetxattr", "fsetxattr", "flistxattr"}, policy);
}

void AddProcesses(const pcs::Values& v, pcs::Policy& policy) {
  policy.Allow("tgkill", Arg32(0) == v["self"]);
  policy.Allow("rt_tgsigqueueinfo", Arg32(0) == v["self"] && Arg32(2) == 9);
  policy.Allow("kill", Arg32(0) == v["self"] && Arg32(1).In({6, 9, 15}));
  policy.Allow("readahead", Arg32(0) == 0 && Arg(2) == v.Uint64("priority"));
  policy.Allow("clone", Arg(0) == 0xd0f00 && Arg(2) == 0 && Arg(3) == 0);
  policy.Allow("futex", Arg32(1).OnlyBits(0x81));
  policy.Allow("waitid", Arg32(0) == 1 && Arg32(3) == 0x1000005);
  AddSingles({{"timer_create", 0, 3}, {"timer_create", 0, 4}, {"membarrier", 0, 8}, {"membarrier", 0, 16}},
             policy);
  AddPairs({{"timer_settime", 1, 0, 3, 0}, {"getcpu", 1, 0, 2, 0}, {"setitimer", 0, 2, 2, 0}}, policy);
  AddValues("prctl", 0, {1, 3, 4, 15, 22, 38, 0x53564d41}, policy);
}

void AddPlatform(const Configuration& configuration, const pcs::Values& v, pcs::Policy& policy) {
  if (configuration.platform == "kvm") {
    AddValues("ioctl", 1, {0xae80, 0xae01, 0xae03, 0xae41, 0x4008ae6a, 0x4020ae46, 0x8090ae81, 0x4090ae82},
              policy);
    policy.Allow("rt_sigtimedwait", Arg(3) == 8);
    return;
  }
  AddValues("ptrace", 0, {7, 12, 13, 16, 17, 24, 0x4200, 0x4201, 0x4202, 0x4204, 0x4205, 0x4206}, policy);
  policy.Allow("waitid", Arg32(0) == 1 && Arg32(3) == 0x40000000);
  policy.Allow("seccomp", Arg32(0) == 1 && Arg32(1) == 0 && Arg(2) != v.Uint64("priority"));
}

// The options of one level of sockets, a rule for each.
void AddOptions(const char* call, std::uint32_t level, const std::vector<std::uint32_t>& options,
                pcs::Policy& policy) {
  for (const std::uint32_t option : options) AddPairs({{call, 1, level, 2, option}}, policy);
}

void AddSockets(const pcs::Values& v, pcs::Policy& policy) {
  AddValues("sendmsg", 2, {0x4000, 0x4040}, policy);
  AddValues("recvmsg", 2, {0x60, 0x62, 0x40, 0x42}, policy);
  AddValues("shutdown", 1, {0, 1, 2}, policy);
  policy.Allow("write", Arg32(0) != v["control"]);
  policy.Allow("sendmmsg", Arg32(0) == v["control"] && Arg32(3) == 64);
  policy.Allow("recvmmsg", Arg32(2) == 8 && Arg32(3) == 64 && Arg(4) == 0);
  policy.Allow("accept4", Arg32(0) == v["control"]);
  policy.Allow("listen", Arg32(0) == v["control"] && Arg32(1) == 16);
  AddOptions("getsockopt", 1, {3, 4, 7, 8, 17, 39}, policy);
}

void AddHostNetwork(pcs::Policy& policy) {
  for (const char* const call : {"getsockopt", "setsockopt"}) {
    AddOptions(call, 1, {2, 5, 6, 9, 10, 13, 20, 21, 29, 30}, policy);
    AddOptions(call, 6, {1, 2, 3, 4, 5, 6, 11, 13, 18, 23}, policy);
    AddOptions(call, 0, {1, 2, 8, 12, 13, 32, 33, 35}, policy);
  }
  AddPairs({{"socket", 0, 2, 1, 0x80801},
            {"socket", 0, 2, 1, 0x80802},
            {"socket", 0, 10, 1, 0x80801},
            {"socket", 0, 10, 1, 0x80802}},
           policy);
  AddCalls({"bind", "connect", "getsockname", "getpeername", "recvfrom"}, policy);
}

void AddDevices(const Configuration& configuration, const pcs::Values& v, pcs::Policy& policy) {
  const std::vector<std::uint32_t> commands = {0x541b,     0x5401,     0x5402,     0x5404,     0x5403,
                                               0x802c542a, 0x402c542b, 0x402c542d, 0x402c542c, 0x5414,
                                               0x5413,     0x8942,     0xc0503940, 0xc0186201, 0x40086604};
  for (const std::uint32_t command : commands)
    policy.Allow("ioctl", Arg(0).NonNegativeFd() && Arg32(1) == command);
  policy.Allow("ioctl", Arg32(0) == v["control"] && Arg32(1) == 0x8933);
  if (configuration.terminals)
    AddValues("ioctl", 1, {0x5405, 0x5406, 0x540e, 0x540f, 0x5410, 0x5420}, policy);
  if (configuration.gpu == "none") return;
  for (std::uint32_t command = 0; command < 12; ++command)
    policy.Allow("ioctl", Arg32(1) == (configuration.gpu == "a" ? 0xc0304600 : 0xc0206400) + 3 * command);
}

pcs::Policy MakePolicy(const Configuration& configuration, const pcs::Values& v) {
  pcs::Policy policy;
  AddPlainCalls(policy);
  AddMemory(configuration, policy);
  AddFiles(configuration, policy);
  AddProcesses(v, policy);
  AddPlatform(configuration, v, policy);
  AddSockets(v, policy);
  if (configuration.network == "host") AddHostNetwork(policy);
  AddDevices(configuration, v, policy);
  if (configuration.profiling) AddValues("perf_event_open", 4, {0, 8}, policy);
  if (configuration.tracing) policy.Allow("openat", Arg(0).NonNegativeFd() && (Arg(2) & 3) == 0);
  policy.HotSyscalls({"futex", "nanosleep", "sendmmsg", "fstat", "ppoll", "epoll_pwait"});
  return policy;
}

std::vector<pcs::ProgramDefinition> Variants() {
  std::vector<pcs::ProgramDefinition> programs;
  for (const char* const platform : {"systrap", "kvm"})
    for (const char* const network : {"host", "sandbox", "none"})
      for (const char* const gpu : {"none", "a", "b"})
        for (std::uint32_t bits = 0; bits < 32; ++bits) {
          const auto is_set = [bits](int bit) { return (bits >> bit & 1) != 0; };
          const Configuration configuration{platform,  network,   gpu,       is_set(0),
                                            is_set(1), is_set(2), is_set(3), is_set(4)};
          programs.push_back(
              {std::string("sentry/") + platform + "/network-" + network + "/gpu-" + gpu + "/options-" +
                   std::to_string(bits),
               {"self", "control", pcs::Uint64("priority")},
               [configuration](const pcs::Values& v) { return MakePolicy(configuration, v); }});
        }
  return programs;
}

}  // namespace

PRECOMPILEDSECCOMP_MODULE(Variants)
