// SPDX-License-Identifier: Apache-2.0

#include "compile/order/costs.h"

#include <algorithm>

#include "bpf/instructions.h"

namespace precompiledseccomp::compile {
namespace {

// Ways are counted up to here: their number doubles with every test that both sides go on behind.
constexpr double kMostWays = 1e200;

// The instructions that bring into the accumulator what `node` tests, when `held` is in it.
double InstructionsToLoad(const Node& node, const Subject& held) {
  if (node.is_leaf || node.test.subject == held) return 0;
  const bool holds_word = held.IsPlain() && held.offset == node.test.subject.offset;
  return (holds_word ? 0 : 1) + (node.test.subject.IsPlain() ? 0 : 1);
}

Ways WaysOfLeaf(const Leaf& leaf) {
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

Ways Costs::WaysOf(NodeId root) {
  const Subject number{bpf::kNumberOffset, Subject::Transform::kNone, {}};
  const double load = InstructionsToLoad(graph_[root], number);
  Ways ways = WaysFrom(root);
  ways.mean += load;
  ways.longest += load;
  return ways;
}

// What has been asked for waits on a stack of its own: decisions may be many thousand tests deep.
Ways Costs::WaysFrom(NodeId id) {
  if (ways_.size() <= id) ways_.resize(graph_.size());
  for (pending_.push_back(id); !pending_.empty();) {
    const NodeId next = pending_.back();
    const Node& node = graph_[next];
    if (!node.is_leaf && !ways_[node.yes]) pending_.push_back(node.yes);
    if (!node.is_leaf && !ways_[node.no]) pending_.push_back(node.no);
    if (pending_.back() != next) continue;
    pending_.pop_back();
    if (!ways_[next]) ways_[next] = node.is_leaf ? WaysOfLeaf(node.leaf) : WaysOfBranch(node);
  }
  return *ways_[id];
}

// Those of both sides are known.
Ways Costs::WaysOfBranch(const Node& node) const {
  Ways ways;
  for (const NodeId side : {node.yes, node.no}) {
    const Ways& beyond = *ways_[side];
    const double length = 1 + InstructionsToLoad(graph_[side], node.test.subject);
    const double count = ways.count + beyond.count;
    ways.mean = (ways.mean * ways.count + (beyond.mean + length) * beyond.count) / count;
    ways.count = std::min(count, kMostWays);
    ways.longest = std::max(ways.longest, beyond.longest + length);
  }
  return ways;
}

void Costs::Count(NodeId root, int change) {
  kept_by_.resize(graph_.size(), 0);
  branches_.CollectInAnyOrder(root, graph_);
  for (const NodeId id : branches_.ids()) kept_by_[id] += change;
}

}  // namespace precompiledseccomp::compile
