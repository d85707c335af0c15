// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fuzz/raw_filter.h"

namespace precompiledseccomp::fuzz {

// An operand of kHole + i, in a filter for a policy with variables, is a place for the value of word i of
// them.
inline constexpr std::uint32_t kHole = 0x5eed0000;

// Proves that the filter is that of the fixed policy that its `selection` chooses. Fails if the prover takes
// the filter for another one than it is, and if the verdict does not hold:
//   - proved: filter and policy answer alike, for the filter's calls and those that matter to the policy;
//   - refuted: they differ as it says, and for none of these calls that comes before;
//   - undecided: the filter is refused, or has an instruction that no claim is made for, or it takes too
//   long.
void CheckProof(const RawFilter& filter);

}  // namespace precompiledseccomp::fuzz
