// SPDX-License-Identifier: Apache-2.0
//
// An order of levels that suits a policy: what an "and" joins is near each other, so that a diagram has
// little to remember between the first of it and the last.
#pragma once

#include <optional>

#include <precompiledseccomp/evaluate.h>

#include "verify/budget.h"
#include "verify/level_order.h"
#include "verify/terms.h"

namespace precompiledseccomp::verify {

// Nothing if no order is expected to be much better than the usual one. Throws TooMuchWork.
std::optional<LevelOrder> ChosenOrder(const ResolvedPolicy& policy, Terms& terms, Budget& budget);

}  // namespace precompiledseccomp::verify
