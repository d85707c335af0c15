// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "mutation/mutants.h"
#include "oracle/z3_oracle.h"
#include "verify/verify.h"

namespace precompiledseccomp::testing {

// Why a mutant answers all calls as the program does.
enum class Why : std::uint8_t {
  kNeverReached,  // no call gets to the instruction
  kSameValue,     // it leaves the same value in A for all calls that get there
  kSameWay,       // it jumps to the same instruction for all calls that get there
  kSameAnswers,   // it does something else for some calls, and what follows answers these the same
};
inline constexpr std::size_t kWhys = 4;

// "is never reached" and so on.
const char* TextOf(Why why);

// For a mutant that does. Asks the oracle, with programs that end at the instruction or right behind it.
Why WhyEquivalent(const bpf::FilterWithHoles& program, const Mutant& mutant, bool big_endian, Oracle& oracle);

}  // namespace precompiledseccomp::testing
