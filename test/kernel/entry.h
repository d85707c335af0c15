// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linux/seccomp.h>

// The instructions that enter the kernel, with all registers set. Where such an instruction stands is a site;
// behind it there is a return to the caller.
namespace precompiledseccomp::testing {

#if defined(__x86_64__)
inline constexpr std::size_t kEntrySize = 2;  // of the instruction alone
inline constexpr std::array<std::uint8_t, 3> kSyscallCode = {0x0f, 0x05, 0xc3};
inline constexpr std::array<std::uint8_t, 3> kInt80Code = {0xcd, 0x80, 0xc3};
#elif defined(__aarch64__)
inline constexpr std::size_t kEntrySize = 4;
inline constexpr std::array<std::uint8_t, 8> kSyscallCode = {0x01, 0x00, 0x00, 0xd4, 0xc0, 0x03, 0x5f, 0xd6};
#else
#error "these tests know how to make system calls on x86-64 and aarch64"
#endif

// Makes a call with the number and the arguments of `call`, by the instruction at `site`. Returns what the
// kernel does: errors are negative.
std::int64_t EnterAt(std::uintptr_t site, const seccomp_data& call);

// A site of this program's own.
std::uintptr_t SyscallSite();

#if defined(__x86_64__)
// The same for i386's way, with the lower halves of the arguments.
std::int64_t EnterByInt80At(std::uintptr_t site, const seccomp_data& call);
std::uintptr_t Int80Site();
#endif

}  // namespace precompiledseccomp::testing
