// SPDX-License-Identifier: Apache-2.0

#include "compile/order.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include <linux/seccomp.h>

#include "bpf/instructions.h"
#include "compile/cofactors.h"
#include "compile/search.h"

namespace precompiledseccomp::compile {
namespace {

// In a search, a test that is made counts as much as one that is there, and all ranges of values weigh the
// same.
constexpr double kCostOfATest = 1;
// What one instruction less on the mean way is worth, in branches.
constexpr double kCostOfTheMean = 4;

// With more questions than this, only the split is followed that seems best; with fewer, all are.
constexpr std::size_t kMostTried = 4;
// Cofactors found for one decision, which bounds the time that it takes: what has not been ordered by then
// stays as it is. The largest decisions of real policies (an ioctl of 100 requests) need 12,000.
constexpr std::size_t kMostWork = 100000;

// How much a way counts that ends in a refusal: nobody minds that it takes longer.
constexpr double kCountOfARefusal = 0.001;

bool Refuses(const Leaf& leaf) {
  switch (leaf.return_value & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW:
    case SECCOMP_RET_LOG:
    case SECCOMP_RET_TRACE:
    case SECCOMP_RET_USER_NOTIF:
      return false;
    default:
      return true;
  }
}

std::size_t WordOf(const Test& test) {
  return test.subject.offset / sizeof(std::uint32_t);
}

// The instructions that bring into the accumulator what `node` tests, when `held` is in it.
double InstructionsToLoad(const Node& node, const Subject& held) {
  if (node.is_leaf || node.test.subject == held) return 0;
  const bool holds_word = held.IsPlain() && held.offset == node.test.subject.offset;
  return (holds_word ? 0 : 1) + (node.test.subject.IsPlain() ? 0 : 1);
}

// Orders the decisions of one filter, one after another: a branch that others have kept costs nothing.
class Ordering {
 public:
  // `roots` are the decisions that will be ordered.
  Ordering(const std::vector<NodeId>& roots, Graph& graph);

  // The root of an equivalent decision: the cheapest found beside the results for the other roots so far,
  // which may be another one when asked again. It is `root` itself where none is as cheap, and its longest
  // path is never longer than that of `root`.
  NodeId Order(NodeId root);

 private:
  // The ways from a node to the leaves, all of them equally likely; those to leaves that refuse the call
  // hardly count.
  struct Ways {
    double count = 0;
    double mean = 0;  // instructions on the way
    double longest = 0;
  };

  struct Split {
    Question question;
    std::vector<Cofactor> cofactors;
    double estimate = 0;
  };

  NodeId Cheapest(NodeId id);
  [[nodiscard]] std::vector<Split> SplitsOf(NodeId id);
  NodeId Ask(const Split& split);
  double Estimate(const std::vector<Cofactor>& cofactors);
  double CostOf(NodeId root);
  Ways WaysOf(NodeId root);  // with the call's number in the accumulator
  Ways WaysFrom(NodeId id);  // with what the node tests in the accumulator
  // Counts the branches of a result in (1) or out (-1).
  void Count(NodeId root, int change);
  [[nodiscard]] std::size_t CountNew(const std::vector<NodeId>& branches) const;

  static constexpr std::size_t kWords = sizeof(seccomp_data) / sizeof(std::uint32_t);

  Graph& graph_;
  std::array<std::size_t, kWords> decisions_that_look_at_{};
  std::unordered_map<NodeId, NodeId> results_;   // of Order(), for each root
  std::unordered_map<NodeId, NodeId> cheapest_;  // of what was looked at for this root
  std::vector<std::optional<Ways>> ways_;        // from each node, once it was asked for
  std::vector<int> kept_by_;                     // for each node, how many results it is part of
  std::size_t work_left_ = 0;
};

Ordering::Ordering(const std::vector<NodeId>& roots, Graph& graph) : graph_(graph) {
  for (const NodeId root : roots) {
    std::array<bool, kWords> looks_at{};
    for (const NodeId id : BranchesBelow({root}, graph)) looks_at[WordOf(graph[id].test)] = true;
    for (std::size_t word = 0; word < kWords; ++word) decisions_that_look_at_[word] += looks_at[word] ? 1 : 0;
  }
}

NodeId Ordering::Order(NodeId root) {
  const auto [result, is_new] = results_.emplace(root, root);
  if (!is_new) Count(result->second, -1);
  // What is cheapest depends on what is kept.
  cheapest_.clear();
  work_left_ = kMostWork;
  const NodeId ordered = Cheapest(root);
  const bool is_better = CostOf(ordered) <= CostOf(root) && WaysOf(ordered).longest <= WaysOf(root).longest;
  result->second = is_better ? ordered : root;
  Count(result->second, 1);
  return result->second;
}

NodeId Ordering::Cheapest(NodeId id) {
  if (graph_[id].is_leaf) return id;
  if (const auto found = cheapest_.find(id); found != cheapest_.end()) return found->second;
  std::vector<Split> splits = SplitsOf(id);
  // Of equally good ones, the first: what many decisions look at is asked last, so that they have it in
  // common.
  std::stable_sort(splits.begin(), splits.end(), [&](const Split& a, const Split& b) {
    return decisions_that_look_at_[WordOf(a.question.test)] <
           decisions_that_look_at_[WordOf(b.question.test)];
  });
  if (splits.size() > kMostTried) {
    std::stable_sort(splits.begin(), splits.end(),
                     [](const Split& a, const Split& b) { return a.estimate < b.estimate; });
    splits.resize(1);
  }
  NodeId cheapest = id;
  double least = std::numeric_limits<double>::infinity();
  for (const Split& split : splits) {
    const NodeId asked = Ask(split);
    const double cost = splits.size() == 1 ? 0 : CostOf(asked);
    if (cost >= least) continue;
    cheapest = asked;
    least = cost;
  }
  return cheapest_[id] = cheapest;
}

// In the order in which the questions come up.
std::vector<Ordering::Split> Ordering::SplitsOf(NodeId id) {
  const std::vector<NodeId> branches = BranchesBelow({id}, graph_);
  std::vector<Split> splits;
  for (auto branch = branches.rbegin(); branch != branches.rend(); ++branch) {
    const Question question = QuestionOf(graph_[*branch].test);
    const bool is_known = std::any_of(splits.begin(), splits.end(),
                                      [&](const Split& split) { return split.question == question; });
    if (!is_known) splits.push_back({question, {}, 0});
  }
  for (Split& split : splits) {
    split.cofactors = CofactorsOf(id, branches, split.question, graph_, work_left_);
    if (split.cofactors.empty()) return {};
  }
  if (splits.size() > kMostTried)
    for (Split& split : splits) split.estimate = Estimate(split.cofactors);
  return splits;
}

NodeId Ordering::Ask(const Split& split) {
  std::vector<Run> runs;
  for (const Cofactor& cofactor : split.cofactors)
    runs.push_back({cofactor.first, Cheapest(cofactor.node), 1});
  if (!split.question.is_of_range)
    return graph_.AddBranch(split.question.test, runs.back().node, runs.front().node);
  return BuildSearch(split.question.test.subject, runs, kCostOfATest, graph_).root;
}

// The cost of a split, as if its cofactors stayed as they are.
double Ordering::Estimate(const std::vector<Cofactor>& cofactors) {
  std::vector<NodeId> nodes;
  double count = 0;
  double length = 0;
  for (const Cofactor& cofactor : cofactors) {
    nodes.push_back(cofactor.node);
    const Ways ways = WaysFrom(cofactor.node);
    count += ways.count;
    length += ways.count * ways.mean;
  }
  const auto size = static_cast<double>(cofactors.size());
  const double branches = size - 1 + static_cast<double>(CountNew(BranchesBelow(nodes, graph_)));
  return branches + kCostOfTheMean * (std::log2(size) + length / count);
}

double Ordering::CostOf(NodeId root) {
  const auto branches = static_cast<double>(CountNew(BranchesBelow({root}, graph_)));
  return branches + kCostOfTheMean * WaysOf(root).mean;
}

Ordering::Ways Ordering::WaysOf(NodeId root) {
  const Subject number{bpf::kNumberOffset, Subject::Transform::kNone, {}};
  const double load = InstructionsToLoad(graph_[root], number);
  Ways ways = WaysFrom(root);
  ways.mean += load;
  ways.longest += load;
  return ways;
}

Ordering::Ways Ordering::WaysFrom(NodeId id) {
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

void Ordering::Count(NodeId root, int change) {
  kept_by_.resize(graph_.size(), 0);
  for (const NodeId id : BranchesBelow({root}, graph_)) kept_by_[id] += change;
}

std::size_t Ordering::CountNew(const std::vector<NodeId>& branches) const {
  return static_cast<std::size_t>(std::count_if(branches.begin(), branches.end(), [&](NodeId id) {
    return id >= kept_by_.size() || kept_by_[id] == 0;
  }));
}

}  // namespace

std::vector<NodeId> Order(const std::vector<NodeId>& decisions, std::size_t hot_count, Graph& graph) {
  Ordering ordering(decisions, graph);
  std::unordered_map<NodeId, NodeId> results;
  for (const NodeId root : decisions)
    if (results.count(root) == 0) results[root] = ordering.Order(root);
  // Now that all are known, once more: what one has in common with a later one could not show before.
  std::unordered_set<NodeId> done(decisions.begin(),
                                  decisions.begin() + static_cast<std::ptrdiff_t>(hot_count));
  for (const NodeId root : decisions)
    if (done.insert(root).second) results[root] = ordering.Order(root);
  std::vector<NodeId> ordered;
  for (const NodeId root : decisions) ordered.push_back(results.at(root));
  return ordered;
}

}  // namespace precompiledseccomp::compile
