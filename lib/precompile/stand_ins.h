// SPDX-License-Identifier: Apache-2.0
//
// The values that stand in for a program's variables while it is precompiled.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include <precompiledseccomp/define.h>

namespace precompiledseccomp::precompile {

// A value for each variable.
using StandIns = std::vector<std::uint64_t>;

// The two rounds that give the offsets. In the first, the words (variables, or halves of 64-bit ones) are all
// different, in mixed order, with bit 31 set in some; in the second, each differs from what it was in the
// first. So the pair of operands at an offset names one word, and no constant can be taken for a variable: it
// does not change.
StandIns FirstRound(const std::vector<Variable>& variables);
StandIns SecondRound(const std::vector<Variable>& variables);

// Further rounds, to catch what would depend on the values: below, between and above the policy's constants
// and equal to them; ascending and descending; bit 31 clear and set; all equal, all zero, all ones.
std::vector<StandIns> FurtherRounds(const std::vector<Variable>& variables,
                                    const std::set<std::uint32_t>& constants);

}  // namespace precompiledseccomp::precompile
