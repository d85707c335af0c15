// SPDX-License-Identifier: Apache-2.0
//
// The rules of a policy, call by call.
#pragma once

#include <cstdint>
#include <map>

#include <precompiledseccomp/evaluate.h>

#include "compile/graph.h"

namespace precompiledseccomp::compile {

// For every call number that a rule names, the decision that the policy makes of it; the others are decided
// by DecisionOfUnnamed().
std::map<std::uint32_t, NodeId> DecisionsOfCalls(const ResolvedPolicy& policy, Graph& graph);

// The decision for a call that no rule names.
NodeId DecisionOfUnnamed(const ResolvedPolicy& policy, std::uint32_t number, Graph& graph);

// Throws Error for a rule that can never match: because its condition is never true, or because earlier rules
// of its rule set leave it nothing to decide. A contradiction that needs very many combinations of tests to
// be seen may be missed; a rule that can match is never reported.
void CheckThatRulesCanMatch(const ResolvedPolicy& policy, const VariableNumbers& numbers);

}  // namespace precompiledseccomp::compile
