// SPDX-License-Identifier: Apache-2.0

#include "compile/guards.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace precompiledseccomp::compile {
namespace {

// No action returns a variable of this number.
constexpr Leaf kPass = {0, {0, std::numeric_limits<std::uint32_t>::max()}};

bool LooksAt(const std::vector<Guard>& guards, std::uint32_t offset) {
  return std::any_of(guards.begin(), guards.end(),
                     [&](const Guard& guard) { return guard.offset == offset; });
}

}  // namespace

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

NodeId Guards::JoinKept(NodeId then, std::vector<Guard>& remaining,
                        const std::function<bool(NodeId)>& is_kept) {
  NodeId best = then;
  std::vector<Guard> best_remaining = remaining;
  for (std::size_t i = 0; i < remaining.size(); ++i) {
    const NodeId joined = Before(remaining[i].decision, then);
    if (!is_kept(joined)) continue;
    std::vector<Guard> others = remaining;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    const NodeId longest = JoinKept(joined, others, is_kept);
    if (others.size() >= best_remaining.size()) continue;
    best = longest;
    best_remaining = std::move(others);
  }
  remaining = std::move(best_remaining);
  return best;
}

NodeId Guards::Join(const GuardedDecision& decision, const std::function<bool(NodeId)>& is_kept) {
  std::vector<Guard> remaining = decision.guards;
  NodeId joined = JoinKept(decision.passed, remaining, is_kept);
  std::sort(remaining.begin(), remaining.end(), [&](const Guard& a, const Guard& b) {
    return std::tuple(-static_cast<std::int64_t>(uses_[a.decision]), a.offset, a.decision) <
           std::tuple(-static_cast<std::int64_t>(uses_[b.decision]), b.offset, b.decision);
  });
  for (const Guard& guard : remaining) joined = Before(guard.decision, joined);
  return joined;
}

}  // namespace precompiledseccomp::compile
