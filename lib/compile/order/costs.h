// SPDX-License-Identifier: Apache-2.0
//
// What decisions cost: instructions that are there, and instructions on the way.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "compile/graph.h"
#include "compile/reachable.h"

namespace precompiledseccomp::compile {

// How much a way counts that ends in a refusal, beside one that does not.
inline constexpr double kCountOfARefusal = 0.001;

// The ways from a node to the leaves, all of them equally likely; those to leaves that refuse the call hardly
// count.
struct Ways {
  double count = 0;
  double mean = 0;  // instructions on the way
  double longest = 0;
};

// The branches of some decisions are kept: what others need of them costs nothing.
class Costs {
 public:
  explicit Costs(const Graph& graph) : graph_(graph) {}

  // Each Keep() is taken back by one Release() of the same root.
  void Keep(NodeId root) { Count(root, 1); }
  void Release(NodeId root) { Count(root, -1); }
  [[nodiscard]] bool IsKept(NodeId id) const { return id < kept_by_.size() && kept_by_[id] != 0; }

  // The instructions of all of `roots` together that are not kept.
  double CountNew(std::span<const NodeId> roots);

  // Instructions on the ways from `root`, with the call's number in the accumulator.
  Ways WaysOf(NodeId root);
  // The same with what the node tests in the accumulator.
  Ways WaysFrom(NodeId id);

 private:
  void Count(NodeId root, int change);
  [[nodiscard]] Ways WaysOfBranch(const Node& node) const;

  const Graph& graph_;
  Branches branches_;
  std::vector<int> kept_by_;               // for each node, how many decisions that it is part of are kept
  std::vector<std::optional<Ways>> ways_;  // from each node, once it was asked for
  std::vector<NodeId> pending_;            // of WaysFrom(): what else is asked for
  std::vector<bool> is_loaded_;            // of CountNew(): whether a branch needs a load
};

}  // namespace precompiledseccomp::compile
