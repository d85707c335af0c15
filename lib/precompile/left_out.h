// SPDX-License-Identifier: Apache-2.0
//
// What a policy does not say on a target, as the target does not have the call.
#pragma once

#include <vector>

#include <precompiledseccomp/precompile.h>

namespace precompiledseccomp::precompile {

// In the order of the rules.
std::vector<RuleWithLeftOutCalls> RulesWithLeftOutCalls(const ResolvedPolicy& policy);

}  // namespace precompiledseccomp::precompile
