// SPDX-License-Identifier: Apache-2.0
//
// Search trees over the values of one word: ranges of values that lead to the same node, found with as few
// tests as their weights allow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "compile/graph.h"

namespace precompiledseccomp::compile {

// The values from `first` up to the next range's lead to `node`. `weight` says how often the search ends
// here, relative to the others.
struct ValueRange {
  std::uint32_t first = 0;
  NodeId node = 0;
  double weight = 1;
};

// Of all of them together.
double WeightOf(const std::vector<ValueRange>& ranges);

// Joins neighbours that lead to the same node.
std::vector<ValueRange> JoinEqualNeighbours(const std::vector<ValueRange>& ranges);

struct SearchTree {
  NodeId root = 0;
  double cost = 0;  // tests made, by the weights of the ranges, and the cost of each test that there is
};

// The tree over `ranges`: ascending, the first at 0. The best in weighted tests among the trees made of order
// tests; values that stand alone among equals are found with an equality test. `cost_of_a_test` says what one
// instruction less is worth, in tests made. More ranges than `optimal_up_to`, or than 2^16, are split where
// their weights are in balance, until there are no more than that.
SearchTree BuildSearch(const Subject& subject, const std::vector<ValueRange>& ranges, double cost_of_a_test,
                       Graph& graph, std::size_t optimal_up_to = 512);

}  // namespace precompiledseccomp::compile
