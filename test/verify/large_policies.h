// SPDX-License-Identifier: Apache-2.0
//
// Policies of a kind that the usual order of tests is not good for: "and"s of tests that stand far apart in
// it.
#pragma once

#include <string>
#include <vector>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "bpf/filter_with_holes.h"

namespace precompiledseccomp::testing {

struct LargePolicy {
  std::string name;
  ResolvedPolicy policy;
  bpf::FilterWithHoles filter;  // as compiled
};

// For x86_64, with so many alternatives: of single bits of three arguments, of pairs of bits, and of masks of
// two bits; of triples of 20 variables; and of tests against variables and of bits.
LargePolicy BitsOfThreeArguments(int count);
LargePolicy PairsOfBits(int count);
LargePolicy MasksOfTwoBits(int count);
LargePolicy TriplesOfVariables(int count);
LargePolicy VariablesAndBits(int count);

}  // namespace precompiledseccomp::testing
