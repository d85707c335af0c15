// SPDX-License-Identifier: Apache-2.0
//
// Asks the questions of each decision in the order that costs least.
//
//     arg0.high == 0 ? arg1.low == 7 ? allow :               arg1.low is 7 or 9 ?
//     arg0.high == 0 ? arg1.low == 9 ? allow : kill    =>      yes: arg0.high == 0 ? allow : kill
//                                                              no:  kill
//
// What order the author's conditions came in does not matter: a question is answered, by a search over the
// values of its word, and what it leaves to decide (its cofactors) is ordered in turn. Tests that all have to
// be passed (guards) come last, where alternatives and other calls have them in common.
#pragma once

#include <vector>

#include "compile/decisions.h"
#include "compile/graph.h"
#include "compile/weights.h"

namespace precompiledseccomp::compile {

struct WeightedDecision {
  NodeId root = 0;
  // What one instruction less on its mean path is worth, in instructions.
  double weight = 0;
};

// For each of `decisions`, which may repeat, the root of an equivalent one: the cheapest found, counting the
// instructions that no other one has as well, and the mean path through it. No longest path gets longer.
// What comes first is ordered first, and the others so that they have much in common with it.
std::vector<NodeId> Order(const std::vector<WeightedDecision>& decisions, Graph& graph);

// The same for the decisions of all calls that have a weight, the heaviest first.
void OrderTests(Decisions& decisions, const Weights& weights, Graph& graph);

}  // namespace precompiledseccomp::compile
