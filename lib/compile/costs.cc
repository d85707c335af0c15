// SPDX-License-Identifier: Apache-2.0

#include "compile/costs.h"

#include <algorithm>

#include "bpf/instructions.h"

namespace precompiledseccomp::compile {
namespace {

// The instructions that bring into the accumulator what `node` tests, when `held` is in it.
double InstructionsToLoad(const Node& node, const Subject& held) {
  if (node.is_leaf || node.test.subject == held) return 0;
  const bool holds_word = held.IsPlain() && held.offset == node.test.subject.offset;
  return (holds_word ? 0 : 1) + (node.test.subject.IsPlain() ? 0 : 1);
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

Ways Costs::WaysFrom(NodeId id) {
  if (ways_.size() <= id) ways_.resize(graph_.size());
  if (ways_[id]) return *ways_[id];
  const Node& node = graph_[id];
  Ways ways;
  if (node.is_leaf) {
    ways.count = Refuses(node.leaf) ? kCountOfARefusal : 1;
  } else {
    for (const NodeId side : {node.yes, node.no}) {
      const Ways beyond = WaysFrom(side);
      const double length = 1 + InstructionsToLoad(graph_[side], node.test.subject);
      const double count = ways.count + beyond.count;
      ways.mean = (ways.mean * ways.count + (beyond.mean + length) * beyond.count) / count;
      ways.count = count;
      ways.longest = std::max(ways.longest, beyond.longest + length);
    }
  }
  return *(ways_[id] = ways);
}

void Costs::Count(NodeId root, int change) {
  kept_by_.resize(graph_.size(), 0);
  branches_.CollectInAnyOrder(root, graph_);
  for (const NodeId id : branches_.ids()) kept_by_[id] += change;
}

}  // namespace precompiledseccomp::compile
