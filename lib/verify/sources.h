// SPDX-License-Identifier: Apache-2.0
//
// What an answer may depend on: the sixteen 32-bit words of a seccomp_data, and the variables.
#pragma once

#include <cstddef>
#include <cstdint>

#include <linux/seccomp.h>

namespace precompiledseccomp::verify {

// A word of a seccomp_data, or a variable. Words are in the order in which decision diagrams look at them,
// and in which a disagreement is made as small as possible: the architecture, the number, then high and low
// halves of the instruction pointer and of the arguments, whatever their order in memory.
using Source = std::uint32_t;

inline constexpr Source kArchitecture = 0;
inline constexpr Source kNumber = 1;
inline constexpr Source kInstructionPointer = 2;  // the high half; the low one follows
inline constexpr Source kArguments = 4;           // the first one's high half
inline constexpr std::size_t kWords = 16;
// Variables are numbered from here, in the order in which they are met.
inline constexpr Source kFirstVariable = kWords;
inline constexpr Source kNoSource = UINT32_MAX;  // of a constant

inline constexpr bool IsWord(Source source) {
  return source < kWords;
}
inline constexpr bool IsVariable(Source source) {
  return source >= kFirstVariable && source != kNoSource;
}

inline constexpr Source ArgumentWord(int index, bool high_half) {
  return kArguments + 2 * static_cast<Source>(index) + (high_half ? 0 : 1);
}
inline constexpr Source InstructionPointerWord(bool high_half) {
  return kInstructionPointer + (high_half ? 0 : 1);
}

// The word that a filter loads from `offset`, a multiple of 4 below 64, on a machine of that byte order.
Source WordAtOffset(std::uint32_t offset, bool big_endian);

void SetWord(Source word, std::uint32_t value, seccomp_data& call);

}  // namespace precompiledseccomp::verify
