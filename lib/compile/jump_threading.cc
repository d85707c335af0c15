// SPDX-License-Identifier: Apache-2.0

#include "compile/jump_threading.h"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <linux/seccomp.h>

#include "compile/path_facts.h"
#include "compile/reachable.h"

namespace precompiledseccomp::compile {
namespace {

// Joining equal nodes can make further tests known, rarely more than once.
constexpr int kMostRounds = 4;

struct Edges {
  NodeId yes = 0;
  NodeId no = 0;
  bool is_reached = false;
};

// If not, nothing can be known on the path to a test.
bool AnyWordIsTestedTwice(const Branches& branches, const Graph& graph) {
  std::bitset<sizeof(seccomp_data)> tested;
  for (const NodeId id : branches.ids()) {
    const std::uint32_t offset = graph[id].test.subject.offset;
    if (tested[offset]) return true;
    tested.set(offset);
  }
  return false;
}

class Threading {
 public:
  explicit Threading(Graph& graph) : graph_(graph) {}

  NodeId Thread(NodeId root) {
    for (int round = 0; round < kMostRounds; ++round) {
      branches_.Collect({&root, 1}, graph_);
      if (!AnyWordIsTestedTwice(branches_, graph_)) break;
      known_.assign(branches_.ids().size(), std::nullopt);
      edges_.assign(branches_.ids().size(), Edges());
      LeadEdgesOn();
      const NodeId threaded = Rebuild();
      if (threaded == root) break;
      root = threaded;
    }
    return root;
  }

 private:
  // Top-down: when a node's turn comes, all paths to it have been seen.
  void LeadEdgesOn() {
    known_.back().emplace();
    for (std::size_t i = known_.size(); i-- > 0;) {
      if (!known_[i]) continue;
      edges_[i] = LeadOn(graph_[branches_.ids()[i]], *known_[i]);
      known_[i].reset();
    }
  }

  Edges LeadOn(const Node& from, const Knowledge& known) {
    Knowledge if_yes = known;
    Knowledge if_no = known;
    const bool may_be_yes = if_yes.Assume(from.test, true);
    const bool may_be_no = if_no.Assume(from.test, false);
    // A side that cannot be taken leads where the other does, which makes the test disappear. If neither can,
    // no call gets here, and both lead to the graph's first node, a leaf.
    Edges edges;
    edges.is_reached = true;
    if (may_be_yes) edges.yes = edges.no = LeadOn(from.yes, std::move(if_yes));
    if (may_be_no) edges.no = LeadOn(from.no, std::move(if_no));
    if (!may_be_yes) edges.yes = edges.no;
    return edges;
  }

  // Where an edge to `to` leads in the end, given what is known there.
  NodeId LeadOn(NodeId to, Knowledge known) {
    while (!graph_[to].is_leaf) {
      const Node& node = graph_[to];
      if (!known.Allows(node.test, true))
        to = node.no;
      else if (!known.Allows(node.test, false))
        to = node.yes;
      else
        break;
    }
    if (graph_[to].is_leaf) return to;
    std::optional<Knowledge>& known_there = known_[branches_.PositionOf(to)];
    if (known_there)
      known_there->JoinWith(known);
    else
      known_there = std::move(known);
    return to;
  }

  // Bottom-up: every branch that is still reached, with its new sides.
  NodeId Rebuild() {
    std::vector<NodeId> rebuilt = branches_.ids();
    const auto now = [&](NodeId id) { return graph_[id].is_leaf ? id : rebuilt[branches_.PositionOf(id)]; };
    for (std::size_t i = 0; i < rebuilt.size(); ++i) {
      if (!edges_[i].is_reached) continue;
      const Test test = graph_[rebuilt[i]].test;
      rebuilt[i] = graph_.AddBranch(test, now(edges_[i].yes), now(edges_[i].no));
    }
    return rebuilt.back();
  }

  Graph& graph_;
  Branches branches_;                            // the root is the last
  std::vector<std::optional<Knowledge>> known_;  // for each branch
  std::vector<Edges> edges_;                     // for each branch
};

}  // namespace

void SkipKnownTests(std::span<NodeId> decisions, Graph& graph) {
  Threading threading(graph);
  for (NodeId& decision : decisions) decision = threading.Thread(decision);
}

void SkipKnownTests(Decisions& decisions, Graph& graph) {
  Threading threading(graph);
  for (auto& [number, decision] : decisions) decision = threading.Thread(decision);
}

}  // namespace precompiledseccomp::compile
