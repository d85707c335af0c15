// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <z3++.h>

#include <precompiledseccomp/evaluate.h>

#include "oracle/symbols.h"

namespace precompiledseccomp::testing {

// The answer of a policy, 32 bits, written down from what policy.h, condition.h and action.h say of policies:
// not from Evaluate(), with which the tests compare it.
z3::expr PolicyTerm(const ResolvedPolicy& policy, Symbols& symbols);

}  // namespace precompiledseccomp::testing
