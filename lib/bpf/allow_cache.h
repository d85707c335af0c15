// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <linux/filter.h>

// Which system calls the kernel will answer without running the filter.
//
// Since Linux 5.11, at installation, the kernel emulates the filter once for each of its system call numbers,
// natively and for the compat architecture (seccomp_is_const_allow in kernel/seccomp.c). Where the emulation
// ends in exactly SECCOMP_RET_ALLOW it sets a bit, and such calls cost next to nothing from then on. The
// emulation understands little:
//
//   ld nr    ld arch    and #k    ja    jeq/jgt/jge/jset #k    ret #k
//
// and gives up on meeting anything else, a load of an argument above all.
namespace precompiledseccomp::bpf {

struct Emulation {
  bool is_cacheable = false;
  std::size_t steps = 0;  // instructions that were looked at, with the one that ended it
};

// What the kernel finds out about one number, and how long it takes for that.
Emulation Emulate(std::span<const sock_filter> program, std::uint32_t number, std::uint32_t audit_arch);

// The steps of `numbers` numbers from `first` on, together.
std::size_t EmulatedSteps(std::span<const sock_filter> program, std::uint32_t first, std::uint32_t numbers,
                          std::uint32_t audit_arch);

// True if the kernel would set the bit. `audit_arch` is the AUDIT_ARCH_ value of the call. The kernel has
// bits only for the numbers it knows itself: x32 numbers, for one, are never cached, whatever this says of
// them. Two numbers of x86-64 pass all filters whatever these say, and have their bits set: 335 (uretprobe,
// since Linux 6.14) and 336 (uprobe, since 6.18); see seccomp_uprobe_exception in kernel/seccomp.c. Both are
// refused in another way unless they are made from where the kernel itself put them, at a probe.
bool IsCacheable(std::span<const sock_filter> program, std::uint32_t number, std::uint32_t audit_arch);

// The cacheable numbers below `limit`, ascending.
std::vector<std::uint32_t> CacheableNumbers(std::span<const sock_filter> program, std::uint32_t audit_arch,
                                            std::uint32_t limit);

}  // namespace precompiledseccomp::bpf
