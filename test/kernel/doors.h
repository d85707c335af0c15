// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <linux/seccomp.h>

// The ways into the kernel, without a libc between that would look at numbers, arguments or results.
namespace precompiledseccomp::testing {

enum class Door {
  kSyscall,   // the architecture's own instruction
  kInt80,     // i386's, which x86-64 programs can use as well
  kVsyscall,  // x86-64's vsyscall page: gettimeofday, time and getcpu only
};

// The page's calls are made by going to the place that belongs to the number: each 0x400 bytes from the last.
inline constexpr std::uint64_t kVsyscallPage = 0xffffffffff600000;

bool IsMadeByVsyscallPage(std::uint32_t number);

// Makes the call with the number and arguments of `call`. Returns what the kernel does: errors are negative.
std::int64_t Enter(Door door, const seccomp_data& call);

// The instruction pointer and architecture that a filter sees of calls through this door.
std::uint64_t InstructionPointerOf(Door door, std::uint32_t number);
std::uint32_t ArchitectureOf(Door door);

// Whether this machine has the door at all. Asks by using it, in a child.
bool Exists(Door door);

}  // namespace precompiledseccomp::testing
