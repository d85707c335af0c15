// SPDX-License-Identifier: Apache-2.0
//
// What is left of a decision once one of its questions is answered: its cofactors (Shannon's expansion, for
// words instead of bits).
#pragma once

#include <cstdint>
#include <vector>

#include "compile/graph.h"

namespace precompiledseccomp::compile {

// What branches ask: all equality and order tests of one subject with constants ask where in its range the
// value lies; any other test (with a variable, of bits) asks a question of its own.
struct Question {
  Test test;  // of a range only the subject counts, the rest is as in a new Test
  bool is_of_range = false;

  friend bool operator==(const Question&, const Question&) = default;
};

Question QuestionOf(const Test& test);

// For values from `first` up to the next one's, `node` is left to decide. Of a question that is a test of its
// own, 0 stands for no and 1 for yes.
struct Cofactor {
  std::uint32_t first = 0;
  NodeId node = 0;
};

// The branches that can be reached from any of `roots`, ascending.
std::vector<NodeId> BranchesBelow(const std::vector<NodeId>& roots, const Graph& graph);

// The cofactors of `root`, ascending, neighbours different, the first at 0. `branches` are those below
// `root`. Tests of bits of the same word are answered as well where a range of its values has only one
// answer. Each cofactor found, of whatever branch, takes 1 of `work_left`; without any left, there is no
// result.
std::vector<Cofactor> CofactorsOf(NodeId root, const std::vector<NodeId>& branches, const Question& question,
                                  Graph& graph, std::size_t& work_left);

}  // namespace precompiledseccomp::compile
