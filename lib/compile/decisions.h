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

// Numbers from here on are no calls of any architecture's own ABI, but for -1, and no rule can name one;
// x32's bit is the lowest that says so. In Decisions, the first two stand for all numbers that no rule names.
inline constexpr std::uint32_t kNoCallsFrom = Syscall::kMaximumNumber + 1;
inline constexpr std::uint32_t kUnnamedUnknown = kNoCallsFrom;
inline constexpr std::uint32_t kUnnamedKnown = kNoCallsFrom + 1;

// For every call number that a rule names, the decision that the policy makes of it. If there are rules for
// any call, also for the two numbers above, and for calls that are made often: these run the filter, too.
Decisions DecisionsOfCalls(const ResolvedPolicy& policy, Graph& graph);

// The decision for a number that no rule names. `decisions` are those of all calls, whatever has become of
// them since.
NodeId DecisionOfUnnamed(const ResolvedPolicy& policy, const Decisions& decisions, std::uint32_t number,
                         Graph& graph);

}  // namespace precompiledseccomp::compile
