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
using Placeholders = std::vector<std::uint64_t>;

// The two rounds that give the offsets. In the first, the words (variables, or halves of 64-bit ones) are all
// different, in mixed order, with bit 31 set in some; in the second, each is the complement of what it was,
// so that every two words change their order, and bit 31 of every word changes. So the pair of operands at an
// offset names one word, and no constant can be taken for a variable: it does not change.
Placeholders FirstRound(const std::vector<Variable>& variables);
Placeholders SecondRound(const std::vector<Variable>& variables);

// Further rounds, to catch what would depend on the values: all zero, all ones; neighbours of each other,
// ascending and descending, with bit 31 clear, and clear in some; equal to the constants that they could be
// confused with, below and above them, and between, in both orders. Each round once, and none that is like
// the first two.
//
// `constants` holds those of each word (the low half of a 64-bit variable, then the high one).
std::vector<Placeholders> FurtherRounds(const std::vector<Variable>& variables,
                                        const std::vector<std::set<std::uint32_t>>& constants);

}  // namespace precompiledseccomp::precompile
