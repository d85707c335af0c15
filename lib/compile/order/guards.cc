// SPDX-License-Identifier: Apache-2.0

#include "compile/order/guards.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <tuple>
#include <utility>

namespace precompiledseccomp::compile {
namespace {

// No action returns a variable of this number.
constexpr Leaf kPass = {0, {0, std::numeric_limits<std::uint32_t>::max()}};

}  // namespace

bool LooksAt(const std::vector<Guard>& guards, std::uint32_t offset) {
  return std::any_of(guards.begin(), guards.end(),
                     [&](const Guard& guard) { return guard.offset == offset; });
}

Guards::Guards(Graph& graph) : graph_(graph), pass_(graph.AddLeaf(kPass)) {}

std::optional<GuardedDecision> Guards::OfChain(NodeId root) {
  if (graph_[root].is_leaf) return std::nullopt;
  GuardedDecision chain;
  std::optional<NodeId> failed;
  for (NodeId id = root; !graph_[id].is_leaf;) {
    const Node node = graph_[id];
    const bool yes_is_leaf = graph_[node.yes].is_leaf;
    const bool no_is_leaf = graph_[node.no].is_leaf;
    if (!yes_is_leaf && !no_is_leaf) return std::nullopt;
    bool fails_if_yes = yes_is_leaf;
    if (yes_is_leaf && no_is_leaf)
      fails_if_yes = failed ? node.yes == *failed : Refuses(graph_[node.yes].leaf);
    if (failed && *failed != (fails_if_yes ? node.yes : node.no)) return std::nullopt;
    failed = fails_if_yes ? node.yes : node.no;
    if (LooksAt(chain.guards, node.test.subject.offset)) return std::nullopt;
    const NodeId decision =
        graph_.AddBranch(node.test, fails_if_yes ? *failed : pass_, fails_if_yes ? pass_ : *failed);
    chain.guards.push_back({decision, node.test.subject.offset});
    id = fails_if_yes ? node.no : node.yes;
    chain.passed = id;
  }
  chain.failed = *failed;
  return chain;
}

void Guards::CountUses(const std::vector<Guard>& guards) {
  for (const Guard& guard : guards) ++uses_[guard.decision];
}

NodeId Guards::Before(NodeId guard, NodeId then) {
  if (guard == pass_) return then;
  const Node node = graph_[guard];
  if (node.is_leaf) return guard;
  const NodeId yes = Before(node.yes, then);
  const NodeId no = Before(node.no, then);
  return graph_.AddBranch(node.test, yes, no);
}

NodeId Guards::JoinKept(NodeId then, const std::vector<Guard>& guards, Set& remaining,
                        const std::function<bool(NodeId)>& is_kept) {
  NodeId best = then;
  Set best_remaining = remaining;
  for (std::size_t i = 0; i < guards.size(); ++i) {
    if (!remaining[i]) continue;
    const NodeId joined = Before(guards[i].decision, then);
    if (!is_kept(joined)) continue;
    Set others = remaining;
    others.reset(i);
    const NodeId longest = JoinKept(joined, guards, others, is_kept);
    if (others.count() >= best_remaining.count()) continue;
    best = longest;
    best_remaining = others;
  }
  remaining = best_remaining;
  return best;
}

NodeId Guards::Join(const GuardedDecision& decision, const std::function<bool(NodeId)>& is_kept) {
  std::vector<Guard> guards = decision.guards;
  // The most used ones first, which is last on the way.
  std::sort(guards.begin(), guards.end(), [&](const Guard& a, const Guard& b) {
    return std::tuple(-static_cast<std::int64_t>(uses_[a.decision]), a.offset, a.decision) <
           std::tuple(-static_cast<std::int64_t>(uses_[b.decision]), b.offset, b.decision);
  });
  Set remaining;
  for (std::size_t i = 0; i < std::min(guards.size(), remaining.size()); ++i) remaining.set(i);
  NodeId joined = JoinKept(decision.passed, guards, remaining, is_kept);
  for (std::size_t i = 0; i < guards.size(); ++i)
    if (i >= remaining.size() || remaining[i]) joined = Before(guards[i].decision, joined);
  return joined;
}

}  // namespace precompiledseccomp::compile
