// SPDX-License-Identifier: Apache-2.0

#include "kernel/entry.h"

// long precompiledseccomp_test_enter(const uint64_t words[7], uintptr_t site): a number and six arguments.
#if defined(__x86_64__)
asm(R"(
  .pushsection .text
  .type precompiledseccomp_test_enter, @function
precompiledseccomp_test_enter:
  mov %rdi, %r11
  mov %rsi, %rcx
  mov 0(%r11), %rax
  mov 8(%r11), %rdi
  mov 16(%r11), %rsi
  mov 24(%r11), %rdx
  mov 32(%r11), %r10
  mov 40(%r11), %r8
  mov 48(%r11), %r9
  jmp *%rcx
  .size precompiledseccomp_test_enter, . - precompiledseccomp_test_enter

  .type precompiledseccomp_test_enter_by_int80, @function
precompiledseccomp_test_enter_by_int80:
  push %rbx
  push %rbp
  mov %rdi, %r11
  mov %rsi, %r10
  mov 0(%r11), %rax
  mov 8(%r11), %rbx
  mov 16(%r11), %rcx
  mov 24(%r11), %rdx
  mov 32(%r11), %rsi
  mov 40(%r11), %rdi
  mov 48(%r11), %rbp
  call *%r10
  pop %rbp
  pop %rbx
  ret
  .size precompiledseccomp_test_enter_by_int80, . - precompiledseccomp_test_enter_by_int80

precompiledseccomp_test_syscall_site:
  syscall
  ret
precompiledseccomp_test_int80_site:
  int $0x80
  ret
  .popsection
)");
#elif defined(__aarch64__)
asm(R"(
  .pushsection .text
  .type precompiledseccomp_test_enter, %function
precompiledseccomp_test_enter:
  mov x9, x0
  mov x10, x1
  ldr x8, [x9]
  ldp x0, x1, [x9, #8]
  ldp x2, x3, [x9, #24]
  ldp x4, x5, [x9, #40]
  br x10
  .size precompiledseccomp_test_enter, . - precompiledseccomp_test_enter

precompiledseccomp_test_syscall_site:
  svc #0
  ret
  .popsection
)");
#endif

extern "C" {
std::int64_t precompiledseccomp_test_enter(const std::uint64_t* words, std::uintptr_t site);
extern const char precompiledseccomp_test_syscall_site[];
#if defined(__x86_64__)
std::int64_t precompiledseccomp_test_enter_by_int80(const std::uint64_t* words, std::uintptr_t site);
extern const char precompiledseccomp_test_int80_site[];
#endif
}

namespace precompiledseccomp::testing {
namespace {

using Registers = std::array<std::uint64_t, 7>;

Registers RegistersOf(const seccomp_data& call) {
  return {static_cast<std::uint32_t>(call.nr),
          call.args[0],
          call.args[1],
          call.args[2],
          call.args[3],
          call.args[4],
          call.args[5]};
}

}  // namespace

std::int64_t EnterAt(std::uintptr_t site, const seccomp_data& call) {
  return precompiledseccomp_test_enter(RegistersOf(call).data(), site);
}

std::uintptr_t SyscallSite() {
  return reinterpret_cast<std::uintptr_t>(precompiledseccomp_test_syscall_site);
}

#if defined(__x86_64__)

std::int64_t EnterByInt80At(std::uintptr_t site, const seccomp_data& call) {
  const std::int64_t result = precompiledseccomp_test_enter_by_int80(RegistersOf(call).data(), site);
  return static_cast<std::int32_t>(result);
}

std::uintptr_t Int80Site() {
  return reinterpret_cast<std::uintptr_t>(precompiledseccomp_test_int80_site);
}

#endif

}  // namespace precompiledseccomp::testing
