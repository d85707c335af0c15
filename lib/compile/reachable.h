// SPDX-License-Identifier: Apache-2.0
//
// The branches that can be reached from given nodes of a graph.
//
// A pass walks many decisions of one graph, one after the other. One object serves them all: its memory is
// kept from walk to walk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "compile/graph.h"

namespace precompiledseccomp::compile {

class Branches {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  // Those that can be reached from any of `roots`, ascending, instead of what was collected before.
  void Collect(std::span<const NodeId> roots, const Graph& graph);
  // The same for one root in no particular order, and without positions: faster.
  void CollectInAnyOrder(NodeId root, const Graph& graph);

  // Where a node stands among them; kNone if it does not.
  [[nodiscard]] std::uint32_t PositionOf(NodeId id) const {
    return id < positions_.size() ? positions_[id] : kNone;
  }

  [[nodiscard]] const std::vector<NodeId>& ids() const { return ids_; }

 private:
  void Find(std::span<const NodeId> roots, const Graph& graph);

  std::vector<NodeId> ids_;
  std::vector<NodeId> pending_;
  std::vector<std::uint32_t> positions_;  // for each node of the graph
};

}  // namespace precompiledseccomp::compile
