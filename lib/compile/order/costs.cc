// SPDX-License-Identifier: Apache-2.0

#include "compile/order/costs.h"

#include <algorithm>
#include <cstddef>

#include "bpf/instructions.h"

namespace precompiledseccomp::compile {
namespace {

// An upper bound that keeps counts finite: the number of paths can double with each test whose two sides meet
// again behind it.
constexpr double kMostPaths = 1e200;

// The instructions that bring into the accumulator what `node` tests, when `held` is in it.
double InstructionsToLoad(const Node& node, const Subject& held) {
  if (node.is_leaf || node.test.subject == held) return 0;
  const bool holds_word = held.IsPlain() && held.offset == node.test.subject.offset;
  return (holds_word ? 0 : 1) + (node.test.subject.IsPlain() ? 0 : 1);
}

Paths PathsOfLeaf(const Leaf& leaf) {
  return {.count = Refuses(leaf) ? kCountOfARefusal : 1, .mean = 0, .longest = 0};
}

}  // namespace

double Costs::CountNew(std::span<const NodeId> roots) {
  branches_.Collect(roots, graph_);
  const std::vector<NodeId>& ids = branches_.ids();
  is_loaded_.assign(ids.size(), false);
  for (const NodeId root : roots)
    if (!graph_[root].is_leaf) is_loaded_[branches_.PositionOf(root)] = true;
  double count = 0;
  for (std::size_t i = ids.size(); i-- > 0;) {
    if (IsKept(ids[i])) continue;
    const Node& node = graph_[ids[i]];
    count += 1 + (is_loaded_[i] ? 1 : 0) + (node.test.subject.IsPlain() ? 0 : 1);
    for (const NodeId side : {node.yes, node.no})
      if (InstructionsToLoad(graph_[side], node.test.subject) > 0)
        is_loaded_[branches_.PositionOf(side)] = true;
  }
  return count;
}

Paths Costs::PathsOf(NodeId root) {
  const Subject number{bpf::kNumberOffset, Subject::Transform::kNone, {}};
  const double load = InstructionsToLoad(graph_[root], number);
  Paths paths = PathsFrom(root);
  paths.mean += load;
  paths.longest += load;
  return paths;
}

// What has been asked for waits on a stack of its own: decisions may be many thousand tests deep.
Paths Costs::PathsFrom(NodeId id) {
  if (paths_.size() <= id) paths_.resize(graph_.size());
  for (pending_.push_back(id); !pending_.empty();) {
    const NodeId next = pending_.back();
    const Node& node = graph_[next];
    if (!node.is_leaf && !paths_[node.yes]) pending_.push_back(node.yes);
    if (!node.is_leaf && !paths_[node.no]) pending_.push_back(node.no);
    if (pending_.back() != next) continue;
    pending_.pop_back();
    if (!paths_[next]) paths_[next] = node.is_leaf ? PathsOfLeaf(node.leaf) : PathsOfBranch(node);
  }
  return *paths_[id];
}

// paths_ has those of both sides already.
Paths Costs::PathsOfBranch(const Node& node) const {
  Paths paths;
  for (const NodeId side : {node.yes, node.no}) {
    const Paths& beyond = *paths_[side];
    const double length = 1 + InstructionsToLoad(graph_[side], node.test.subject);
    const double count = paths.count + beyond.count;
    paths.mean = (paths.mean * paths.count + (beyond.mean + length) * beyond.count) / count;
    paths.count = std::min(count, kMostPaths);
    paths.longest = std::max(paths.longest, beyond.longest + length);
  }
  return paths;
}

void Costs::Count(NodeId root, int change) {
  kept_by_.resize(graph_.size(), 0);
  branches_.CollectInAnyOrder(root, graph_);
  for (const NodeId id : branches_.ids()) kept_by_[id] += change;
}

}  // namespace precompiledseccomp::compile
