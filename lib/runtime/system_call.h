// SPDX-License-Identifier: Apache-2.0
//
// System calls without libc's wrappers, where the instruction sequence is known: errno is left alone, and the
// first call does not wait for the dynamic linker to find the wrapper (see cold_start.h).
#pragma once

#if !(defined(__x86_64__) && defined(__LP64__)) && !(defined(__aarch64__) && defined(__LP64__))
#include <errno.h>
#include <unistd.h>
#endif

#include <precompiledseccomp/interface.h>

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

// The answer of the kernel: the negative of an errno value, -4095 to -1, on failure.
PRECOMPILEDSECCOMP_LOCAL inline long SystemCall(long number, unsigned long first, unsigned long second,
                                                unsigned long third, unsigned long fourth = 0,
                                                unsigned long fifth = 0) {
#if defined(__x86_64__) && defined(__LP64__)
  register unsigned long r10 asm("r10") = fourth;
  register unsigned long r8 asm("r8") = fifth;
  long answer = number;
  asm volatile("syscall"
               : "+a"(answer)
               : "D"(first), "S"(second), "d"(third), "r"(r10), "r"(r8)
               : "rcx", "r11", "memory");
  return answer;
#elif defined(__aarch64__) && defined(__LP64__)
  register long x8 asm("x8") = number;
  register unsigned long x0 asm("x0") = first;
  register unsigned long x1 asm("x1") = second;
  register unsigned long x2 asm("x2") = third;
  register unsigned long x3 asm("x3") = fourth;
  register unsigned long x4 asm("x4") = fifth;
  asm volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
  return static_cast<long>(x0);
#else
  const int saved = errno;
  const long answer = syscall(number, first, second, third, fourth, fifth);
  const long result = answer == -1 ? -errno : answer;
  errno = saved;
  return result;
#endif
}

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
