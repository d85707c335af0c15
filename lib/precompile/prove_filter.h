// SPDX-License-Identifier: Apache-2.0
//
// The prover's verdict, as it concerns those who compile: a wrong filter is a bug of this library, and an
// error.
#pragma once

#include <string>

#include <precompiledseccomp/evaluate.h>

#include "bpf/filter_with_holes.h"
#include "verify/verify.h"

namespace precompiledseccomp {

struct ProofRecord {
  verify::Proved proved;   // if `not_proved` is empty
  std::string not_proved;  // why not, without a final full stop
};

// Proves that the filter does what the policy says. One that is too large to tell is not proved: whether that
// is permitted is for the caller to decide. Throws Error for a filter that is wrong, with a call that shows
// it, and for one with an instruction whose meaning is not followed, which no compiler of ours makes.
ProofRecord ProveFilter(const ResolvedPolicy& policy, const bpf::FilterWithHoles& filter,
                        const verify::Limits& limits = {});

}  // namespace precompiledseccomp
