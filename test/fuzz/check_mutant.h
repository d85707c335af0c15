// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "support/rendering.h"
#include "verify/verify.h"

namespace precompiledseccomp::fuzz {

// Changes a compiled program a little, in one of all ways, and fails if what the prover says of it does not
// hold: a refutation must be shown by running it, and what is proved must answer the calls that matter like
// the policy, with each of these values. Does nothing for a long program, which can be changed in too many
// ways.
void CheckMutant(const ResolvedPolicy& policy, const bpf::FilterWithHoles& compiled,
                 const std::vector<VariableNumbers>& values, std::size_t choice,
                 const verify::Limits& limits);

}  // namespace precompiledseccomp::fuzz
