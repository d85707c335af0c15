// SPDX-License-Identifier: Apache-2.0
//
// The profile of sandbox-run, attacked from inside: each call is made in a child with the filter, and in one
// without. The arguments are such that the kernel changes nothing, and mostly gives another error number.

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox_run_filters.h"
#include "support/child.h"

namespace precompiledseccomp::testing {
namespace {

struct Attempt {
  std::string name;
  long number;
  std::vector<std::uint64_t> arguments;  // the rest are zero
  int error;                             // expected with the filter; 0: the call is made
};

// What a parameter of 32 bits may have in the half that the kernel ignores.
constexpr std::uint64_t kIgnored = 0xabcdef12ULL << 32;
constexpr std::uint64_t kNoFd = ~0ULL;
// No address: where null would mean something.
constexpr std::uint64_t kBad = 1;

std::vector<std::uint64_t> Unsigned(const std::vector<int>& numbers) {
  return {numbers.begin(), numbers.end()};
}

int ErrorOf(const Attempt& attempt) {
  std::uint64_t a[6] = {};
  for (std::size_t i = 0; i < attempt.arguments.size(); ++i) a[i] = attempt.arguments[i];
  return syscall(attempt.number, a[0], a[1], a[2], a[3], a[4], a[5]) < 0 ? errno : 0;
}

std::vector<int> Errors(const std::vector<Attempt>& attempts, bool sandboxed) {
  const SharedArray<int> errors(attempts.size());
  const auto filter = sandbox_run::Container{}.Render();
  const bool ended = RunInChild([&] {
    if (sandboxed && !Install(filter).ok()) return;
    for (std::size_t i = 0; i < attempts.size(); ++i) errors[i] = ErrorOf(attempts[i]);
  });
  BOOST_TEST(ended);
  return {errors.begin(), errors.begin() + attempts.size()};
}

void Check(const std::vector<Attempt>& attempts) {
  const std::vector<int> outside = Errors(attempts, false);
  const std::vector<int> inside = Errors(attempts, true);
  std::size_t shown = 0;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    BOOST_TEST_CONTEXT(attempts[i].name << ", outside " << outside[i])
    BOOST_TEST(inside[i] == attempts[i].error);
    shown += outside[i] != inside[i] ? 1 : 0;
  }
  // Of the others, the kernel answers the same: it does not have the call, or the user who runs the tests
  // lacks the right to it.
  std::printf("%zu calls, of which %zu have another result without the filter\n", attempts.size(), shown);
}

// With null pointers, no descriptor and unknown flags, unless that would do something.
#define CALL(name, ...)                      \
  Attempt {                                  \
#name, SYS_##name, {__VA_ARGS__ }, EPERM \
  }

BOOST_AUTO_TEST_SUITE(SandboxRun)

BOOST_AUTO_TEST_CASE(TheMachineCannotBeChanged) {
  Check({
      CALL(mount),
      CALL(umount2),
      CALL(pivot_root),
      CALL(chroot),
      CALL(open_tree, kNoFd, 0, ~0U),
      CALL(move_mount, kNoFd, 0, kNoFd, 0, ~0U),
      CALL(fsopen, 0, ~0U),
      CALL(fsconfig, kNoFd),
      CALL(fsmount, kNoFd),
      CALL(fspick, kNoFd, 0, ~0U),
      CALL(mount_setattr, kNoFd, 0, ~0U),
      CALL(swapon),
      CALL(swapoff),
      CALL(quotactl, ~0U),
      CALL(acct, kBad),
      CALL(reboot),
      CALL(kexec_load, 0, 0, 0, ~0ULL),
      CALL(kexec_file_load, kNoFd, kNoFd, 0, 0, ~0ULL),
      CALL(init_module),
      CALL(finit_module, kNoFd),
      CALL(delete_module),
      CALL(syslog, ~0U),
      CALL(sethostname, 0, ~0U),
      CALL(setdomainname, 0, ~0U),
      CALL(settimeofday, kBad),
      CALL(clock_settime, 99),
      CALL(clock_adjtime, 99),
      CALL(adjtimex),
      CALL(bpf, ~0U),
      CALL(perf_event_open),
      CALL(fanotify_init, ~0U),
      CALL(open_by_handle_at, kNoFd),
      CALL(lookup_dcookie),
      CALL(remap_file_pages),
#ifdef __x86_64__
      CALL(iopl, 9),
      CALL(ioperm, ~0ULL, ~0ULL),
      CALL(modify_ldt, 99),
#endif
  });
}

BOOST_AUTO_TEST_CASE(OtherProcessesCannotBeLookedInto) {
  Check({
      CALL(ptrace, 3),
      CALL(process_vm_readv, static_cast<std::uint64_t>(getpid())),
      CALL(process_vm_writev, static_cast<std::uint64_t>(getpid())),
      CALL(process_madvise, kNoFd),
      CALL(process_mrelease, kNoFd),
      CALL(pidfd_getfd, kNoFd),
      CALL(kcmp, ~0U),
      CALL(get_robust_list, ~0U),
      CALL(move_pages, ~0U, 0, 0, 0, 0, ~0U),
      CALL(migrate_pages, ~0U),
      CALL(userfaultfd, ~0U),
      CALL(keyctl, ~0U),
      CALL(add_key),
      CALL(request_key),
      CALL(io_uring_setup),
      CALL(io_uring_enter, kNoFd),
      CALL(io_uring_register, kNoFd),
      Attempt{"limits of another", SYS_prlimit64, {kIgnored | 1U, RLIMIT_NOFILE}, EPERM},
      Attempt{"limits of the caller", SYS_prlimit64, {kIgnored, RLIMIT_NOFILE}, 0},
  });
}

BOOST_AUTO_TEST_CASE(ThereAreNoNewNamespaces) {
  std::vector<Attempt> attempts = {CALL(unshare), CALL(setns, kNoFd), {"clone3", SYS_clone3, {}, ENOSYS}};
  for (const std::uint64_t flag : Unsigned({CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                            CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET}))
    for (const std::uint64_t ignored : {std::uint64_t{0}, kIgnored})
      // Signal handlers without the memory that they are in: no kernel takes that.
      attempts.push_back(
          {"clone with " + std::to_string(flag), SYS_clone, {ignored | flag | CLONE_SIGHAND}, EPERM});
  Check(attempts);
}

BOOST_AUTO_TEST_CASE(DevicesCannotBeMade) {
  std::vector<Attempt> attempts;
  for (const std::uint64_t ignored : {std::uint64_t{0}, kIgnored, std::uint64_t{0xffff0000}})
    for (const auto& [type, error] : {std::pair(S_IFCHR, EPERM),
                                      {S_IFBLK, EPERM},
                                      {S_IFDIR, EPERM},
                                      {0, EFAULT},
                                      {S_IFREG, EFAULT},
                                      {S_IFIFO, EFAULT},
                                      {S_IFSOCK, EFAULT}}) {
      const std::uint64_t mode = ignored | static_cast<unsigned>(type) | 0600U;
      attempts.push_back({"mknodat " + std::to_string(type), SYS_mknodat, {kNoFd, 0, mode}, error});
#ifdef __x86_64__
      attempts.push_back({"mknod " + std::to_string(type), SYS_mknod, {0, mode}, error});
#endif
    }
  Check(attempts);
}

BOOST_AUTO_TEST_CASE(DriversAreAskedWhatOrdinaryProgramsAskThem) {
  constexpr std::uint64_t kSetLineDiscipline = 0x5423;
  constexpr std::uint64_t kFreezeFileSystem = 0xc0045877;
  Check({
      {"TIOCSTI", SYS_ioctl, {kNoFd, TIOCSTI}, ENOTTY},
      {"TIOCSTI with more", SYS_ioctl, {kNoFd, kIgnored | TIOCSTI}, ENOTTY},
      {"TIOCLINUX", SYS_ioctl, {kNoFd, TIOCLINUX}, ENOTTY},
      {"TIOCSETD", SYS_ioctl, {kNoFd, kSetLineDiscipline}, ENOTTY},
      {"FIFREEZE", SYS_ioctl, {kNoFd, kFreezeFileSystem}, ENOTTY},
      {"TCGETS", SYS_ioctl, {kNoFd, kIgnored | TCGETS}, EBADF},
      {"TIOCGWINSZ", SYS_ioctl, {kNoFd, TIOCGWINSZ}, EBADF},
      {"FIONREAD", SYS_ioctl, {kNoFd, FIONREAD}, EBADF},
  });
}

BOOST_AUTO_TEST_CASE(ExecutionDomainsAreOrdinaryOnes) {
  Check({
      {"no randomisation", SYS_personality, {ADDR_NO_RANDOMIZE}, EPERM},
      {"memory at zero", SYS_personality, {kIgnored | MMAP_PAGE_ZERO}, EPERM},
      {"asked for", SYS_personality, {0xffffffff}, 0},
  });
}

BOOST_AUTO_TEST_CASE(InternetSocketsCarryTcpAndUdp) {
  constexpr std::uint64_t kMptcp = 262;
  constexpr std::uint64_t kSmc = 256;
  constexpr std::uint64_t kDccp = 6;  // SOCK_DCCP
  std::vector<Attempt> attempts;
  for (const std::uint64_t family : Unsigned({AF_INET, AF_INET6}))
    for (const std::uint64_t flags : Unsigned({0, SOCK_CLOEXEC | SOCK_NONBLOCK}))
      for (const std::uint64_t ignored : {std::uint64_t{0}, kIgnored}) {
        const auto add = [&](std::uint64_t type, std::uint64_t protocol, int error) {
          attempts.push_back({"socket " + std::to_string(family) + " " + std::to_string(type) + " " +
                                  std::to_string(protocol),
                              SYS_socket,
                              {ignored | family, ignored | type | flags, ignored | protocol},
                              error});
        };
        add(SOCK_STREAM, kMptcp, EPROTONOSUPPORT);
        add(SOCK_STREAM, kSmc, EPROTONOSUPPORT);
        add(SOCK_STREAM, IPPROTO_SCTP, EPROTONOSUPPORT);
        add(SOCK_DGRAM, IPPROTO_UDPLITE, EPROTONOSUPPORT);
        add(SOCK_STREAM, IPPROTO_RAW, EPROTONOSUPPORT);
        add(SOCK_DGRAM, IPPROTO_ICMP, EACCES);
        add(SOCK_DGRAM, IPPROTO_ICMPV6, EACCES);
        add(SOCK_RAW, IPPROTO_TCP, EACCES);
        add(SOCK_RAW, IPPROTO_ICMP, EACCES);
        add(SOCK_SEQPACKET, IPPROTO_SCTP, EACCES);
        add(kDccp, IPPROTO_DCCP, EACCES);
        add(SOCK_PACKET, 0, EACCES);
      }
  for (const std::uint64_t type : Unsigned({SOCK_STREAM, SOCK_DGRAM})) {
    attempts.push_back({"the only protocol", SYS_socket, {AF_INET, type, 0}, 0});
    const std::uint64_t protocol = type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
    attempts.push_back({"TCP, UDP", SYS_socket, {AF_INET, type | SOCK_CLOEXEC, kIgnored | protocol}, 0});
  }
  Check(attempts);
}

BOOST_AUTO_TEST_CASE(OtherFamiliesHaveNoSockets) {
  std::vector<Attempt> attempts = {
      {"unix", SYS_socket, {kIgnored | AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0}, 0},
      {"a pair", SYS_socketpair, {kIgnored | AF_UNIX, SOCK_STREAM, 0, kBad}, EFAULT},
      {"routes", SYS_socket, {AF_NETLINK, SOCK_RAW, 0}, 0},
      {"audit", SYS_socket, {AF_NETLINK, SOCK_RAW, 9}, EAFNOSUPPORT},
  };
  for (const std::uint64_t family :
       Unsigned({AF_AX25, AF_PACKET, AF_CAN, AF_TIPC, AF_BLUETOOTH, AF_ALG, AF_VSOCK, 43, 44}))
    attempts.push_back({"family " + std::to_string(family), SYS_socket, {family, SOCK_RAW, 0}, EAFNOSUPPORT});
  for (const std::uint64_t family : Unsigned({AF_INET, AF_INET6, AF_TIPC, AF_NETLINK}))
    for (const std::uint64_t ignored : {std::uint64_t{0}, kIgnored})
      attempts.push_back({"a pair of family " + std::to_string(family),
                          SYS_socketpair,
                          {ignored | family, SOCK_STREAM, 0, kBad},
                          EAFNOSUPPORT});
  Check(attempts);
}

#ifdef __x86_64__
BOOST_AUTO_TEST_CASE(CallsOfOtherArchitecturesKill) {
  const auto filter = sandbox_run::Container{}.Render();
  const auto survives = [&](void (*call)()) {
    return RunInChild([&] {
      if (Install(filter).ok()) call();
    });
  };
  BOOST_TEST(survives([] { (void)syscall(SYS_getppid); }));
  BOOST_TEST(!survives([] { (void)syscall(0x40000000L | SYS_getppid); }));
  BOOST_TEST(!survives([] {
    long result = 64;  // getppid, for i386
    asm volatile("int $0x80" : "+a"(result) : : "memory");
  }));
}
#endif

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
