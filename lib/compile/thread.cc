// SPDX-License-Identifier: Apache-2.0

#include "compile/thread.h"

#include <optional>
#include <unordered_map>
#include <vector>

#include "compile/known.h"

namespace precompiledseccomp::compile {
namespace {

// Joining equal nodes can make further tests known, rarely more than once.
constexpr int kMostRounds = 4;

struct Edges {
  NodeId yes = 0;
  NodeId no = 0;
};

class Threading {
 public:
  Threading(NodeId root, Graph& graph) : root_(root), graph_(graph), known_(root + 1), edges_(root + 1) {}

  NodeId Run() {
    LeadEdgesOn();
    return Rebuild();
  }

 private:
  // Top-down: when a node's turn comes, all ways to it have been seen.
  void LeadEdgesOn() {
    known_[root_].emplace();
    for (NodeId id = root_ + 1; id-- > 0;) {
      if (!known_[id]) continue;
      const Node& node = graph_[id];
      if (!node.is_leaf) edges_[id] = LeadOn(node, *known_[id]);
      known_[id].reset();
    }
  }

  Edges LeadOn(const Node& from, const Knowledge& known) {
    Knowledge if_yes = known;
    Knowledge if_no = known;
    const bool may_be_yes = if_yes.Assume(from.test, true);
    const bool may_be_no = if_no.Assume(from.test, false);
    // A side that cannot be taken leads where the other does, which makes the test disappear.
    Edges edges;
    if (may_be_yes) edges.yes = edges.no = LeadOn(from.yes, std::move(if_yes));
    if (may_be_no) edges.no = LeadOn(from.no, std::move(if_no));
    if (!may_be_yes) edges.yes = edges.no;
    return edges;
  }

  // Where an edge to `to` leads in the end, given what is known there.
  NodeId LeadOn(NodeId to, Knowledge known) {
    while (!graph_[to].is_leaf) {
      const Node& node = graph_[to];
      Knowledge if_yes = known;
      Knowledge if_no = known;
      if (!if_yes.Assume(node.test, true))
        to = node.no;
      else if (!if_no.Assume(node.test, false))
        to = node.yes;
      else
        break;
    }
    if (known_[to])
      known_[to]->JoinWith(known);
    else
      known_[to] = std::move(known);
    reached_.push_back(to);
    return to;
  }

  // Bottom-up: every node that is still reached, with its new sides.
  NodeId Rebuild() {
    std::vector<bool> reached(root_ + 1, false);
    reached[root_] = true;
    for (const NodeId id : reached_) reached[id] = true;
    std::vector<NodeId> rebuilt(root_ + 1, 0);
    for (NodeId id = 0; id <= root_; ++id) {
      if (!reached[id]) continue;
      const Node node = graph_[id];
      rebuilt[id] =
          node.is_leaf ? id : graph_.AddBranch(node.test, rebuilt[edges_[id].yes], rebuilt[edges_[id].no]);
    }
    return rebuilt[root_];
  }

  NodeId root_;
  Graph& graph_;
  std::vector<std::optional<Knowledge>> known_;
  std::vector<Edges> edges_;
  std::vector<NodeId> reached_;
};

}  // namespace

NodeId SkipKnownTests(NodeId root, Graph& graph) {
  for (int round = 0; round < kMostRounds; ++round) {
    const NodeId threaded = Threading(root, graph).Run();
    if (threaded == root) break;
    root = threaded;
  }
  return root;
}

}  // namespace precompiledseccomp::compile
