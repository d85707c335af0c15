// SPDX-License-Identifier: Apache-2.0
//
// What a policy answers, for all calls at once: the meaning that evaluate.h gives for one call.
#pragma once

#include <precompiledseccomp/evaluate.h>

#include "verify/comparisons.h"
#include "verify/diagrams.h"
#include "verify/largest_rule.h"
#include "verify/terms.h"

namespace precompiledseccomp::verify {

// Throws TooMuchWork. Either way, `largest` is the largest rule so far.
DiagramId MeaningOfPolicy(const ResolvedPolicy& policy, Terms& terms, Diagrams& diagrams,
                          Comparisons& comparisons, LargestRule& largest);

}  // namespace precompiledseccomp::verify
