// SPDX-License-Identifier: Apache-2.0
//
// A call that a filter trapped, as the handler of its signal finds it, and what becomes of it. The kernel
// puts the registers back as they were when the call was made (syscall_rollback): the arguments stand where
// the caller put them, and on x86-64 the number, on aarch64 the first argument, stands where a result would.
#pragma once

#include <array>
#include <cstdint>

#include <signal.h>
#include <ucontext.h>

#include <linux/audit.h>

#include <precompiledseccomp/interface.h>

#if (defined(__x86_64__) || defined(__aarch64__)) && defined(__LP64__)
#define PRECOMPILEDSECCOMP_KNOWS_REGISTERS 1
#else
#define PRECOMPILEDSECCOMP_KNOWS_REGISTERS 0
#endif

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

#if defined(__x86_64__)
inline constexpr std::uint32_t kOwnArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
inline constexpr std::uint32_t kOwnArchitecture = AUDIT_ARCH_AARCH64;
#else
inline constexpr std::uint32_t kOwnArchitecture = 0;
#endif

struct TrappedCall {
  std::uint32_t number = 0;
  std::uint32_t arch = 0;  // AUDIT_ARCH_*
  std::uint64_t arguments[6] = {};
  std::uint64_t address = 0;  // behind the instruction; in the vsyscall page, the function
};

// What follows exists where PRECOMPILEDSECCOMP_KNOWS_REGISTERS.

#if PRECOMPILEDSECCOMP_KNOWS_REGISTERS

// Members of the union are 32 and 64 bits wide, as is said in seccomp(2).
PRECOMPILEDSECCOMP_LOCAL inline TrappedCall ReadTrappedCall(const siginfo_t& info,
                                                            const ucontext_t& context) {
  TrappedCall call;
  call.number = static_cast<std::uint32_t>(info.si_syscall);
  call.arch = info.si_arch;
  call.address = reinterpret_cast<std::uintptr_t>(info.si_call_addr);
#if defined(__x86_64__)
  constexpr int kOwn[] = {REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8, REG_R9};
  constexpr int kOfI386[] = {REG_RBX, REG_RCX, REG_RDX, REG_RSI, REG_RDI, REG_RBP};  // int 0x80
  const bool is_i386 = call.arch == AUDIT_ARCH_I386;
  for (int i = 0; i < 6; ++i) {
    const auto held = static_cast<std::uint64_t>(context.uc_mcontext.gregs[is_i386 ? kOfI386[i] : kOwn[i]]);
    call.arguments[i] = is_i386 ? held & UINT32_MAX : held;
  }
#else
  for (int i = 0; i < 6; ++i) call.arguments[i] = context.uc_mcontext.regs[i];
#endif
  return call;
}

// When the handler returns, the call is made once more, and SIGSYS is blocked. On x86-64, `syscall` and
// `int 0x80` have two bytes. A call into the vsyscall page has been returned from, to the address that stands
// below the stack pointer still.
PRECOMPILEDSECCOMP_LOCAL inline void MakeOnceMoreWithSigsysBlocked(const TrappedCall& call,
                                                                   ucontext_t& context) {
#if defined(__x86_64__)
  greg_t& instruction = context.uc_mcontext.gregs[REG_RIP];
  const auto address = static_cast<greg_t>(call.address);
  if (instruction == address) {
    instruction -= 2;
  } else {
    instruction = address;
    context.uc_mcontext.gregs[REG_RSP] -= static_cast<greg_t>(sizeof(void*));
  }
#else
  static_cast<void>(call);
  context.uc_mcontext.pc -= 4;
#endif
  // The kernel's own set of signals is the beginning of libc's. Not sigaddset, which is a function of libc.
  auto& blocked = reinterpret_cast<unsigned long&>(context.uc_sigmask);
  blocked |= 1UL << (SIGSYS - 1);
}

// When the handler returns, the call has failed with that error.
PRECOMPILEDSECCOMP_LOCAL inline void FailWith(int error, ucontext_t& context) {
#if defined(__x86_64__)
  context.uc_mcontext.gregs[REG_RAX] = -error;
#else
  context.uc_mcontext.regs[0] = static_cast<std::uint64_t>(-static_cast<std::int64_t>(error));
#endif
}

#endif

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
