// SPDX-License-Identifier: Apache-2.0

#include "kernel/doors.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>

#include <linux/audit.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/entry.h"

namespace precompiledseccomp::testing {
namespace {

#if defined(__x86_64__)

std::uint64_t VsyscallAddress(std::uint32_t number) {
  return kVsyscallPage + (number == SYS_gettimeofday ? 0 : number == SYS_time ? 0x400 : 0x800);
}

// Without the page, the call would end in a segmentation fault as well; but it may be there and forbidden.
bool VsyscallPageIsMapped() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    if (line.find("[vsyscall]") != std::string::npos) return true;
  return false;
}

#endif

}  // namespace

bool IsMadeByVsyscallPage(std::uint32_t number) {
#if defined(__x86_64__)
  return number == SYS_gettimeofday || number == SYS_time || number == SYS_getcpu;
#else
  static_cast<void>(number);
  return false;
#endif
}

std::int64_t Enter(Door door, const seccomp_data& call) {
#if defined(__x86_64__)
  if (door == Door::kInt80) return EnterByInt80At(Int80Site(), call);
  if (door == Door::kVsyscall) return EnterAt(VsyscallAddress(static_cast<std::uint32_t>(call.nr)), call);
#else
  static_cast<void>(door);
#endif
  return EnterAt(SyscallSite(), call);
}

std::uint64_t InstructionPointerOf(Door door, std::uint32_t number) {
#if defined(__x86_64__)
  if (door == Door::kVsyscall) return VsyscallAddress(number);
  if (door == Door::kInt80) return Int80Site() + kEntrySize;
#else
  static_cast<void>(door);
  static_cast<void>(number);
#endif
  return SyscallSite() + kEntrySize;
}

std::uint32_t ArchitectureOf(Door door) {
#if defined(__x86_64__)
  return door == Door::kInt80 ? AUDIT_ARCH_I386 : AUDIT_ARCH_X86_64;
#else
  static_cast<void>(door);
  return AUDIT_ARCH_AARCH64;
#endif
}

bool Exists(Door door) {
#if defined(__x86_64__)
  if (door == Door::kSyscall) return true;
  if (door == Door::kVsyscall && !VsyscallPageIsMapped()) return false;
  const pid_t child = fork();
  if (child == 0) {
    constexpr int kI386Getpid = 20;
    seccomp_data call{};
    call.nr = door == Door::kInt80 ? kI386Getpid : SYS_time;
    std::signal(SIGSEGV, SIG_DFL);
    _exit(Enter(door, call) > 0 ? EXIT_SUCCESS : EXIT_FAILURE);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
#else
  return door == Door::kSyscall;
#endif
}

}  // namespace precompiledseccomp::testing
