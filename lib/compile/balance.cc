// SPDX-License-Identifier: Apache-2.0

#include "compile/balance.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "compile/search.h"

namespace precompiledseccomp::compile {
namespace {

// As for the sets of conditions (lower.cc): a test that is made counts as much as one that is there, and all
// ranges of values weigh the same.
constexpr double kCostOfATest = 1;

// Fewer tests than this are as good in one order as in another.
constexpr std::size_t kFewestTests = 3;

bool SplitsRange(const Node& node) {
  if (node.is_leaf || !node.test.subject.IsPlain() || !node.test.operand.IsConstant()) return false;
  return node.test.kind == Test::Kind::kEqual || node.test.kind == Test::Kind::kGreaterOrEqual;
}

// A region is a set of tests that split the range of one word, with one way in: its head.
class Balancing {
 public:
  Balancing(NodeId root, Graph& graph) : root_(root), graph_(graph), head_of_(root + 1), tests_(root + 1) {}

  NodeId Balance() {
    FindRegions();
    std::vector<NodeId> rebuilt(root_ + 1, 0);
    for (NodeId id = 0; id <= root_; ++id) {
      if (!head_of_[id]) continue;
      const Node node = graph_[id];
      rebuilt[id] = node.is_leaf ? id : graph_.AddBranch(node.test, rebuilt[node.yes], rebuilt[node.no]);
      if (tests_[id].size() >= kFewestTests) rebuilt[id] = Cheaper(id, rebuilt);
    }
    return rebuilt[root_];
  }

 private:
  // Top-down: a node belongs to the region of those that lead to it, if that is one region of its word.
  void FindRegions() {
    std::vector<std::optional<NodeId>> joined(root_ + 1);
    const auto lead_on = [&](NodeId from, NodeId to) {
      const bool continues = SplitsRange(graph_[from]) && SplitsRange(graph_[to]) &&
                             graph_[from].test.subject == graph_[to].test.subject;
      const NodeId head = continues ? *head_of_[from] : to;
      joined[to] = joined[to].value_or(head) == head ? head : to;
    };
    joined[root_] = root_;
    for (NodeId id = root_ + 1; id-- > 0;) {
      if (!joined[id]) continue;
      head_of_[id] = joined[id];
      const Node& node = graph_[id];
      if (node.is_leaf) continue;
      if (SplitsRange(node)) tests_[*head_of_[id]].push_back(id);
      lead_on(id, node.yes);
      lead_on(id, node.no);
    }
  }

  // The values at which the tests of a region split the range of the word, ascending, the first 0.
  [[nodiscard]] std::vector<std::uint32_t> Splits(const std::vector<NodeId>& tests) const {
    std::vector<std::uint32_t> splits = {0};
    for (const NodeId id : tests) {
      const Test& test = graph_[id].test;
      splits.push_back(test.operand.value);
      const bool is_single = test.kind == Test::Kind::kEqual;
      if (is_single && test.operand.value != std::numeric_limits<std::uint32_t>::max())
        splits.push_back(test.operand.value + 1);
    }
    std::sort(splits.begin(), splits.end());
    splits.erase(std::unique(splits.begin(), splits.end()), splits.end());
    return splits;
  }

  struct Exit {
    NodeId node;
    std::size_t tests;  // made on the way
  };

  [[nodiscard]] Exit ExitFor(std::uint32_t value, NodeId head) const {
    Exit exit{head, 0};
    while (SplitsRange(graph_[exit.node]) && head_of_[exit.node] == head) {
      const Node& node = graph_[exit.node];
      const bool answer = node.test.kind == Test::Kind::kEqual ? value == node.test.operand.value
                                                               : value >= node.test.operand.value;
      exit.node = answer ? node.yes : node.no;
      ++exit.tests;
    }
    return exit;
  }

  // The region as it is, or as a search tree.
  NodeId Cheaper(NodeId head, const std::vector<NodeId>& rebuilt) {
    std::vector<Run> runs;
    std::vector<std::size_t> tests;  // for each run
    for (const std::uint32_t value : Splits(tests_[head])) {
      const Exit exit = ExitFor(value, head);
      const NodeId node = rebuilt[exit.node];
      if (runs.empty() || runs.back().node != node) {
        runs.push_back({value, node, 1});
        tests.push_back(exit.tests);
      } else {
        tests.back() = std::max(tests.back(), exit.tests);
      }
    }
    double cost = kCostOfATest * static_cast<double>(tests_[head].size());
    for (const std::size_t made : tests) cost += static_cast<double>(made);
    const Subject subject = graph_[head].test.subject;  // the graph's own moves when the graph grows
    const SearchTree tree = BuildSearch(subject, runs, kCostOfATest, graph_);
    return tree.cost < cost ? tree.root : rebuilt[head];
  }

  NodeId root_;
  Graph& graph_;
  std::vector<std::optional<NodeId>> head_of_;  // for each node that is reached; itself if it is in no region
  std::vector<std::vector<NodeId>> tests_;      // of the region that a node is the head of
};

}  // namespace

NodeId BalanceSearches(NodeId root, Graph& graph) {
  return Balancing(root, graph).Balance();
}

}  // namespace precompiledseccomp::compile
