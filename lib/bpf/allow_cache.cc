// SPDX-License-Identifier: Apache-2.0

#include "bpf/allow_cache.h"

#include <linux/seccomp.h>

#include "bpf/instructions.h"

namespace precompiledseccomp::bpf {

Emulation Emulate(std::span<const sock_filter> program, std::uint32_t number, std::uint32_t audit_arch) {
  std::uint32_t a = 0;
  std::size_t steps = 0;
  std::uint64_t next = 0;  // 64 bits, so that no jump of a refused program wraps around
  while (next < program.size()) {
    const sock_filter& instruction = program[next++];
    const std::uint32_t k = instruction.k;
    ++steps;
    bool holds = false;
    switch (instruction.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        if (k != kNumberOffset && k != kArchOffset) return {false, steps};
        a = k == kNumberOffset ? number : audit_arch;
        continue;
      case BPF_ALU | BPF_AND | BPF_K:
        a &= k;
        continue;
      case BPF_JMP | BPF_JA:
        next += k;
        continue;
      case BPF_JMP | BPF_JEQ | BPF_K:
        holds = a == k;
        break;
      case BPF_JMP | BPF_JGT | BPF_K:
        holds = a > k;
        break;
      case BPF_JMP | BPF_JGE | BPF_K:
        holds = a >= k;
        break;
      case BPF_JMP | BPF_JSET | BPF_K:
        holds = (a & k) != 0;
        break;
      // Not the action alone: SECCOMP_RET_ALLOW with data allows the call, but is not cached.
      case BPF_RET | BPF_K:
        return {k == SECCOMP_RET_ALLOW, steps};
      default:
        return {false, steps};
    }
    next += holds ? instruction.jt : instruction.jf;
  }
  return {false, steps};
}

std::size_t EmulatedSteps(std::span<const sock_filter> program, std::uint32_t first, std::uint32_t numbers,
                          std::uint32_t audit_arch) {
  std::size_t steps = 0;
  for (std::uint32_t i = 0; i < numbers; ++i) steps += Emulate(program, first + i, audit_arch).steps;
  return steps;
}

bool IsCacheable(std::span<const sock_filter> program, std::uint32_t number, std::uint32_t audit_arch) {
  return Emulate(program, number, audit_arch).is_cacheable;
}

std::vector<std::uint32_t> CacheableNumbers(std::span<const sock_filter> program, std::uint32_t audit_arch,
                                            std::uint32_t limit) {
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t number = 0; number < limit; ++number)
    if (IsCacheable(program, number, audit_arch)) numbers.push_back(number);
  return numbers;
}

}  // namespace precompiledseccomp::bpf
