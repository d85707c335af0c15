// SPDX-License-Identifier: Apache-2.0
//
// What reports say of the rules of a policy.
#pragma once

#include <vector>

#include <precompiledseccomp/precompile.h>

namespace precompiledseccomp::precompile {

// Each in the order of the rules.
std::vector<RuleWithLeftOutCalls> RulesWithLeftOutCalls(const ResolvedPolicy& policy);
std::vector<RuleThatChecksAnyCall> RulesThatCheckAnyCall(const ResolvedPolicy& policy);

}  // namespace precompiledseccomp::precompile
