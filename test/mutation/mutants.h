// SPDX-License-Identifier: Apache-2.0
//
// The door of this room: a compiled program in, all its small changes out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "verify/verify.h"

namespace precompiledseccomp::testing {

enum class Mutation : std::uint8_t {
  kJumpTarget,  // one further or one nearer, for each side of a jump
  kSwappedSides,
  kConstant,     // one more, one less, a bit flipped, or one of the program's other constants
  kOperator,     // another comparison, or another one of and, or, xor
  kDroppedStep,  // a load, calculation or copy replaced by `ja 0`
  kOtherWord,    // a load of another word of seccomp_data
  kReturn,       // another answer
  kHole,         // dropped, at another instruction, or of another variable
};

// "jump target" and so on.
const char* NameOf(Mutation mutation);
inline constexpr std::size_t kMutations = 8;

struct Mutant {
  bpf::FilterWithHoles filter;
  Mutation mutation{};
  std::size_t index = 0;  // of the instruction that is changed, or at which the hole was
  std::string text;       // "17: jeq #0x2a  true: 18  false: 20 -> jeq #0x2b  true: 18  false: 20"
};

// Every mutation of every instruction and every hole, in the order of the instructions; none is the program
// itself, and no two are equal. What stands in the operand of a hole is left alone. Some the kernel refuses:
// they jump out of the program, for example.
std::vector<Mutant> MutantsOf(const bpf::FilterWithHoles& filter);

}  // namespace precompiledseccomp::testing
