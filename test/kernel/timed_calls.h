// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <linux/filter.h>

#include "kernel/doors.h"

// Tells from the time that a call takes whether the kernel ran the filter, or answered from its allow bitmap.
namespace precompiledseccomp::testing {

struct TimedCall {
  std::uint32_t number = 0;
  Door door = Door::kSyscall;
};

enum class Answered { kFromBitmap, kByFilter, kUndecided };

// Installs the program behind a few thousand instructions that change nothing and that the kernel's emulation
// understands, in a child, and makes each call several times; with all arguments zero, so it had better be a
// harmless one. Two more calls of the same door, gettid and getegid, are answered in front of the program,
// one from the bitmap and one by the filter: the others are compared with these. Where they do not differ by
// far, or a call lies in the middle between them, all is done again; after many tries the answer is
// kUndecided.
//
// The program must answer the calls with allow, errno, log, or what else returns, and may have two thousand
// instructions. Throws std::runtime_error if the kernel refuses it.
std::vector<Answered> HowCallsAreAnswered(std::span<const sock_filter> program,
                                          std::span<const TimedCall> calls);

}  // namespace precompiledseccomp::testing
