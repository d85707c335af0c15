// SPDX-License-Identifier: Apache-2.0
//
// What decisions cost: the instructions that they consist of, and the instructions that one call executes.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "compile/graph.h"
#include "compile/reachable.h"

namespace precompiledseccomp::compile {

// The share of a path that ends in a refusal, where one that does not has 1.
inline constexpr double kCountOfARefusal = 0.001;

// The paths from a node to its leaves. All count as equally likely, except those to leaves that refuse the
// call (kCountOfARefusal).
struct Paths {
  double count = 0;
  double mean = 0;     // instructions
  double longest = 0;  // instructions
};

// Computes costs of decisions of one graph. Decisions that are part of the filter already are kept: another
// decision that contains branches of theirs shares the instructions.
class Costs {
 public:
  explicit Costs(const Graph& graph) : graph_(graph) {}

  // Each Keep() is taken back by one Release() of the same root.
  void Keep(NodeId root) { Count(root, 1); }
  void Release(NodeId root) { Count(root, -1); }
  [[nodiscard]] bool IsKept(NodeId id) const { return id < kept_by_.size() && kept_by_[id] != 0; }

  // The number of instructions of all of `roots` together, without the branches that are kept.
  double CountNew(std::span<const NodeId> roots);

  // Of the decision `root`, reached with the call's number in the accumulator.
  Paths PathsOf(NodeId root);
  // Of the node `id`, reached with the word that it tests in the accumulator.
  Paths PathsFrom(NodeId id);

 private:
  void Count(NodeId root, int change);
  [[nodiscard]] Paths PathsOfBranch(const Node& node) const;

  const Graph& graph_;
  Branches branches_;
  std::vector<int> kept_by_;                 // for each node, how many decisions that it is part of are kept
  std::vector<std::optional<Paths>> paths_;  // from each node, once it was asked for
  std::vector<NodeId> pending_;              // of PathsFrom(): what else is asked for
  std::vector<bool> is_loaded_;              // of CountNew(): whether a branch needs a load
};

}  // namespace precompiledseccomp::compile
