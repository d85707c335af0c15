// SPDX-License-Identifier: Apache-2.0

#include "compile/reachable.h"

#include <algorithm>

namespace precompiledseccomp::compile {

void Branches::Collect(std::span<const NodeId> roots, const Graph& graph) {
  Find(roots, graph);
  std::sort(ids_.begin(), ids_.end());
  for (std::size_t i = 0; i < ids_.size(); ++i) positions_[ids_[i]] = static_cast<std::uint32_t>(i);
}

void Branches::CollectInAnyOrder(NodeId root, const Graph& graph) {
  Find({&root, 1}, graph);
}

void Branches::Find(std::span<const NodeId> roots, const Graph& graph) {
  for (const NodeId id : ids_) positions_[id] = kNone;
  ids_.clear();
  if (positions_.size() < graph.size()) positions_.resize(2 * graph.size(), kNone);
  const auto see = [&](NodeId id) {
    if (graph[id].is_leaf || positions_[id] != kNone) return;
    positions_[id] = 0;
    pending_.push_back(id);
  };
  for (const NodeId root : roots) see(root);
  while (!pending_.empty()) {
    const NodeId id = pending_.back();
    pending_.pop_back();
    ids_.push_back(id);
    see(graph[id].yes);
    see(graph[id].no);
  }
}

}  // namespace precompiledseccomp::compile
