// SPDX-License-Identifier: Apache-2.0

#include "support/mistakes.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace precompiledseccomp::testing {
namespace {

// What every process needs to end, to come back from signals, and to wait on after it was stopped.
const std::vector<Syscall>& CallsOfEveryProcess() {
  static const std::vector<Syscall> calls = {"exit", "exit_group", "restart_syscall", "rt_sigreturn"};
  return calls;
}

Policy WithCallsOfEveryProcess() {
  return Policy().Allow(CallsOfEveryProcess());
}

// All that a program needs which does a bit of everything: kernel/ordinary_program.c.
std::vector<Syscall> CallsOfAnOrdinaryProgram() {
  std::vector<Syscall> calls = CallsOfEveryProcess();
  for (const Syscalls& more :
       {IfAvailable({"brk", "madvise", "mmap", "mprotect", "munmap"}),
        IfAvailable({"clone", "clone3", "fork", "futex", "getpid", "gettid", "rseq", "set_robust_list"}),
        IfAvailable({"kill", "rt_sigaction", "rt_sigprocmask", "tgkill", "vfork", "wait4"}),
        IfAvailable({"clock_nanosleep", "nanosleep", "poll", "ppoll"}),
        IfAvailable({"faccessat", "faccessat2", "fstat", "newfstatat", "statx"}),
        IfAvailable({"getrandom", "ioctl", "write", "writev"})})
    calls.insert(calls.end(), more.calls().begin(), more.calls().end());
  return calls;
}

Policy ForAnOrdinaryProgram() {
  return Policy().Allow(CallsOfAnOrdinaryProgram());
}

Policy ForAnOrdinaryProgramWithout(std::string_view call) {
  std::vector<Syscall> calls = CallsOfAnOrdinaryProgram();
  std::erase_if(calls, [&](const Syscall& candidate) { return candidate.name() == call; });
  return Policy().Allow(calls);
}

// Refuses these calls with EPERM.
Policy AllBut(const Syscalls& calls) {
  return Policy().Default(Action::Allow()).Errno(EPERM, calls);
}

Syscalls CallsThatOpenFiles() {
  return IfAvailable({"creat", "open", "open_by_handle_at", "openat", "openat2"});
}

}  // namespace

Mistake ACommandIsRefusedInAllBits() {
  const auto refused_if = [](const Condition& condition) {
    return WithCallsOfEveryProcess().Errno(EPERM, "ioctl", condition).Allow("ioctl");
  };
  return {"upper-half-ignored", "the kernel takes a command with an upper half for the one that is refused",
          refused_if(Arg(1) == FIONREAD), refused_if(Param("cmd") == FIONREAD)};
}

Mistake AListOfFamiliesIsOpenAboveThem() {
  const auto allowed_if = [](const Condition& condition) {
    return WithCallsOfEveryProcess().Allow("socket", condition).Errno(EAFNOSUPPORT, "socket");
  };
  return {"upper-half-ignored", "a family above all others is the one that is left out",
          allowed_if(Arg(0) < AF_NETLINK || Arg(0) > AF_NETLINK),
          allowed_if(Param("family") < AF_NETLINK || Param("family") > AF_NETLINK)};
}

Mistake AModeIsTestedIn32Bits() {
  constexpr std::uint32_t kPipe = S_IFIFO | 0600;
  const Syscall mknod = IfAvailable("mknod");
  return {"upper-half-ignored", "the kernel takes the lowest 16 bits of a mode",
          WithCallsOfEveryProcess()
              .Errno(EPERM, "mknodat", Arg32(2) == kPipe)
              .Errno(EPERM, mknod, Arg32(1) == kPipe)
              .Allow({"mknodat", mknod}),
          WithCallsOfEveryProcess()
              .Errno(EPERM, {"mknodat", mknod}, Param("mode") == kPipe)
              .Allow({"mknodat", mknod})};
}

Mistake ACommandIsTakenFromOneLibc() {
  const auto allowed_if = [](const Condition& condition) {
    return WithCallsOfEveryProcess().Allow("ioctl", condition).Errno(EPERM, "ioctl");
  };
  return {"one-libc-only", "the ioctl() of musl, which takes an int, is refused",
          allowed_if(Arg(1) == kCommandWithBit31), allowed_if(Param("cmd") == kCommandWithBit31)};
}

Mistake AFolderIsTakenFromOneLibc() {
  const auto allowed_if = [](const Condition& condition) {
    return WithCallsOfEveryProcess().Allow("openat", condition).Errno(EPERM, "openat");
  };
  return {"one-libc-only", "AT_FDCWD is refused where it is sign-extended", allowed_if(Arg(0) == kAtFdcwd),
          allowed_if(Param("dfd") == kAtFdcwd)};
}

Mistake CloseIsAskedForASecondArgument() {
  return {"no-such-argument", "what a register is left with decides",
          WithCallsOfEveryProcess().Allow("close", Arg(1) == 0).Errno(EPERM, "close"),
          WithCallsOfEveryProcess().Allow("close")};
}

Mistake ALengthIsTestedInHalf() {
  const auto allowed_if = [](const Condition& condition) {
    return WithCallsOfEveryProcess().Allow("ftruncate", condition).Errno(EPERM, "ftruncate");
  };
  return {"half-a-parameter", "4 GiB more are as good as none", allowed_if(Arg32(1) <= 4096),
          allowed_if(Param("length") <= 4096)};
}

const char kRefusedPath[] = "/dev/zero";

// What was meant, a filter cannot say: it refuses all files, or none.
Mistake APathIsRefusedByItsAddress() {
  const auto address = reinterpret_cast<std::uintptr_t>(kRefusedPath);
  return {"pointer-compared", "the same path at another address is another one",
          WithCallsOfEveryProcess().Errno(EACCES, "openat", Param("filename") == address).Allow("openat"),
          WithCallsOfEveryProcess().Errno(EACCES, "openat")};
}

Mistake ARefusalComesTooLate() {
  const RuleSet refusal = RuleSet().Errno(EPERM, "ioctl", Param("cmd") == FIONREAD);
  const RuleSet allowance = RuleSet().Allow({"ioctl"});
  return {"dead-refusal", "what an earlier set allows, a later one does not refuse",
          WithCallsOfEveryProcess().Add(allowance).Add(refusal),
          WithCallsOfEveryProcess().Add(refusal).Add(allowance)};
}

std::vector<std::string_view> ForgottenCalls() {
  return {"clone",        "clone3",          "exit",  "newfstatat", "restart_syscall", "rseq",
          "rt_sigreturn", "set_robust_list", "writev"};
}

Mistake ACallIsForgotten(std::string_view call) {
  return {"missing-companion", call, ForAnOrdinaryProgramWithout(call), ForAnOrdinaryProgram()};
}

Mistake OneWayToOpenIsRefused() {
  return {"sibling-allowed", "files are opened by another call", AllBut("openat"),
          AllBut(CallsThatOpenFiles()).Errno(EPERM, "io_uring_setup")};
}

Mistake ARingIsLeft() {
  return {"sibling-allowed", "files are opened without a call", AllBut(CallsThatOpenFiles()),
          AllBut(CallsThatOpenFiles()).Errno(EPERM, "io_uring_setup")};
}

Mistake OneWayToExecuteIsRefused() {
  return {"sibling-allowed", "programs are executed by another call", AllBut("execve"),
          AllBut({"execve", "execveat"})};
}

// clone3 has its flags in memory: it is refused altogether, in the way that makes libcs use clone.
Mistake OneWayToANamespaceIsRefused() {
  const Policy mistaken = Policy()
                              .Default(Action::Allow())
                              .Errno(EPERM, "clone", (Param("clone_flags") & CLONE_NEWUSER).AnySet());
  return {"sibling-allowed", "namespaces are made by other calls", mistaken,
          Policy(mistaken)
              .Errno(EPERM, "unshare", (Param("unshare_flags") & CLONE_NEWUSER).AnySet())
              .Errno(EPERM, "setns")
              .Errno(ENOSYS, "clone3")};
}

std::vector<std::string_view> NewCalls() {
  return {"clone3", "faccessat2"};
}

Mistake ANewCallIsForbidden(std::string_view call) {
  const auto answered = [call](int code) {
    return ForAnOrdinaryProgramWithout(call).Errno(code, Syscall(call));
  };
  return {"enosys-expected", call, answered(EPERM), answered(ENOSYS)};
}

Mistake ANewCallIsForbiddenByDefault(std::string_view call) {
  const Policy mistaken = ForAnOrdinaryProgramWithout(call).Default(Action::Errno(EPERM));
  // What else is tried first, by libcs and others, and done in another way where there is no such call.
  const Syscalls others =
      IfAvailable({"close_range", "copy_file_range", "epoll_pwait2", "fchmodat2", "futex_waitv",
                   "memfd_create", "openat2", "pidfd_open", "preadv2", "pwritev2"});
  return {"enosys-expected", call, mistaken,
          Policy(mistaken).Errno(ENOSYS, Syscall(call)).Errno(ENOSYS, others)};
}

// In a process with threads, which wait for each other.
Mistake APathIsJudgedByASupervisor() {
  const Policy others = WithCallsOfEveryProcess().Allow("futex");
  return {"notified-pointer", "the path is another one when the kernel reads it",
          Policy(others).UserNotify("openat"), Policy(others).Errno(EACCES, "openat")};
}

std::vector<Mistake> Mistakes() {
  std::vector<Mistake> mistakes = {
      ACommandIsRefusedInAllBits(),
      AListOfFamiliesIsOpenAboveThem(),
      AModeIsTestedIn32Bits(),
      ACommandIsTakenFromOneLibc(),
      AFolderIsTakenFromOneLibc(),
      CloseIsAskedForASecondArgument(),
      ALengthIsTestedInHalf(),
      APathIsRefusedByItsAddress(),
      ARefusalComesTooLate(),
      OneWayToOpenIsRefused(),
      ARingIsLeft(),
      OneWayToExecuteIsRefused(),
      OneWayToANamespaceIsRefused(),
      APathIsJudgedByASupervisor(),
  };
  for (const std::string_view call : ForgottenCalls()) mistakes.push_back(ACallIsForgotten(call));
  for (const std::string_view call : NewCalls()) {
    mistakes.push_back(ANewCallIsForbidden(call));
    mistakes.push_back(ANewCallIsForbiddenByDefault(call));
  }
  return mistakes;
}

}  // namespace precompiledseccomp::testing
