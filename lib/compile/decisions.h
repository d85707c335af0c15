// SPDX-License-Identifier: Apache-2.0
//
// The rules of each call become one decision.
#pragma once

#include <cstdint>
#include <map>

#include <precompiledseccomp/evaluate.h>

#include "compile/graph.h"

namespace precompiledseccomp::compile {

// By call number: what decides calls of that number.
using Decisions = std::map<std::uint32_t, NodeId>;

// For every call number that a rule names, the decision that the policy makes of it; the others are decided
// by DecisionOfUnnamed().
Decisions DecisionsOfCalls(const ResolvedPolicy& policy, Graph& graph);

// The decision for a call that no rule names.
NodeId DecisionOfUnnamed(const ResolvedPolicy& policy, std::uint32_t number, Graph& graph);

}  // namespace precompiledseccomp::compile
