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

// long precompiledseccomp_test_enter(const uint64_t words[7]): a number and six arguments. The label behind
// the instruction is where the instruction pointer stands while the kernel works.
#if defined(__x86_64__)
asm(R"(
  .pushsection .text
  .type precompiledseccomp_test_enter, @function
precompiledseccomp_test_enter:
  mov %rdi, %r11
  mov 0(%r11), %rax
  mov 8(%r11), %rdi
  mov 16(%r11), %rsi
  mov 24(%r11), %rdx
  mov 32(%r11), %r10
  mov 40(%r11), %r8
  mov 48(%r11), %r9
  syscall
precompiledseccomp_test_entered:
  ret
  .size precompiledseccomp_test_enter, . - precompiledseccomp_test_enter

  // long precompiledseccomp_test_jump(uint64_t address, uint64_t arg0, uint64_t arg1, uint64_t arg2)
  .type precompiledseccomp_test_jump, @function
precompiledseccomp_test_jump:
  mov %rdi, %rax
  mov %rsi, %rdi
  mov %rdx, %rsi
  mov %rcx, %rdx
  jmp *%rax
  .size precompiledseccomp_test_jump, . - precompiledseccomp_test_jump
  .popsection
)");
#elif defined(__aarch64__)
asm(R"(
  .pushsection .text
  .type precompiledseccomp_test_enter, %function
precompiledseccomp_test_enter:
  mov x9, x0
  ldr x8, [x9]
  ldp x0, x1, [x9, #8]
  ldp x2, x3, [x9, #24]
  ldp x4, x5, [x9, #40]
  svc #0
precompiledseccomp_test_entered:
  ret
  .size precompiledseccomp_test_enter, . - precompiledseccomp_test_enter
  .popsection
)");
#else
#error "this test knows how to make system calls on x86-64 and aarch64"
#endif

extern "C" {
std::int64_t precompiledseccomp_test_enter(const std::uint64_t* words);
extern const char precompiledseccomp_test_entered[];
#if defined(__x86_64__)
std::int64_t precompiledseccomp_test_jump(std::uint64_t address, std::uint64_t arg0, std::uint64_t arg1,
                                          std::uint64_t arg2);
#endif
}

namespace precompiledseccomp::testing {
namespace {

std::int64_t EnterByInstruction(const seccomp_data& call) {
  const std::uint64_t words[7] = {static_cast<std::uint32_t>(call.nr),
                                  call.args[0],
                                  call.args[1],
                                  call.args[2],
                                  call.args[3],
                                  call.args[4],
                                  call.args[5]};
  return precompiledseccomp_test_enter(words);
}

#if defined(__x86_64__)

// Three arguments, of 32 bits, are enough here.
std::int64_t EnterByInt80(const seccomp_data& call) {
  std::int64_t result = call.nr;
  asm volatile("int $0x80"
               : "+a"(result)
               : "b"(call.args[0]), "c"(call.args[1]), "d"(call.args[2])
               : "memory", "r8", "r9", "r10", "r11");
  return static_cast<std::int32_t>(result);
}

std::uint64_t VsyscallAddress(std::uint32_t number) {
  constexpr std::uint64_t kPage = 0xffffffffff600000;
  return number == SYS_gettimeofday ? kPage : number == SYS_time ? kPage + 0x400 : kPage + 0x800;
}

std::int64_t EnterByVsyscall(const seccomp_data& call) {
  const std::uint64_t address = VsyscallAddress(static_cast<std::uint32_t>(call.nr));
  return precompiledseccomp_test_jump(address, call.args[0], call.args[1], call.args[2]);
}

#endif

// Without the page, the call would end in a segmentation fault as well; but it may be there and forbidden.
bool VsyscallPageIsMapped() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    if (line.find("[vsyscall]") != std::string::npos) return true;
  return false;
}

}  // namespace

std::int64_t Enter(Door door, const seccomp_data& call) {
#if defined(__x86_64__)
  if (door == Door::kInt80) return EnterByInt80(call);
  if (door == Door::kVsyscall) return EnterByVsyscall(call);
#else
  static_cast<void>(door);
#endif
  return EnterByInstruction(call);
}

std::uint64_t InstructionPointerOf(Door door, std::uint32_t number) {
#if defined(__x86_64__)
  if (door == Door::kVsyscall) return VsyscallAddress(number);
#else
  static_cast<void>(door);
  static_cast<void>(number);
#endif
  return reinterpret_cast<std::uintptr_t>(precompiledseccomp_test_entered);
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
