// SPDX-License-Identifier: Apache-2.0

#include "compile/order/order.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "compile/order/costs.h"
#include "compile/order/dissect.h"
#include "compile/order/guards.h"
#include "compile/reachable.h"
#include "compile/search_tree.h"

namespace precompiledseccomp::compile {
namespace {

// In a search, all values that are not refused weigh the same. A test that is there counts as much as one
// that is made for this many of them, at most: however seldom a call is made, a large set is searched, not
// listed.
constexpr double kMostCostOfATest = 1;
// What one instruction less on the longest path is worth, in instructions of the filter, whatever the weight
// of the call.
constexpr double kCostOfTheLongest = 1;
// An ordered decision may cost this much more than the given one and is still preferred: decisions that are
// ordered alike share more of their branches.
constexpr double kNextToNothing = 1.5;
// With more questions than this that are no guards, only the one is followed that seems best; with fewer, all
// are.
constexpr std::size_t kMostTried = 4;
// In decisions with more branches than this, less is tried: it takes more time, and wins little.
constexpr std::size_t kSmall = 48;
constexpr std::size_t kMostTriedOfLarge = 2;
// Cofactors found for one decision, which bounds the time that it takes: what has not been ordered by then
// stays as it is. The largest decisions of real policies (an ioctl of 100 requests) need 12,000.
constexpr std::size_t kMostWork = 100000;
// The same for all decisions of a filter together: those of the heaviest calls are ordered first, and others
// stay as they are. The largest real policies need 60,000.
constexpr std::size_t kMostWorkInAll = 2000000;

// Orders the decisions of one filter, one after another: a branch that others have kept costs nothing.
class Ordering {
 public:
  // `decisions` will be ordered.
  Ordering(const std::vector<WeightedDecision>& decisions, Graph& graph);

  // The root of an equivalent decision: the cheapest found beside the results for the other roots so far,
  // which may be another one when asked again. It is `root` itself where none is as cheap, and its longest
  // path is never longer than that of `root`.
  NodeId Order(NodeId root);

  // Whether a decision has so many branches that little is tried.
  [[nodiscard]] bool IsLarge(NodeId root);

 private:
  NodeId Cheapest(NodeId id);
  NodeId FindCheapest(NodeId id);
  std::optional<GuardedDecision> GuardedCore(NodeId id);
  NodeId Ask(const Split& split);
  [[nodiscard]] std::vector<const Split*> CandidatesOf(const Parts& parts);
  [[nodiscard]] std::vector<const Split*> MostPromising(const Parts& parts);
  double Estimate(const std::vector<Cofactor>& cofactors);
  double CostOf(NodeId root);
  void BeginWork();
  void EndWork();

  Graph& graph_;
  Guards guards_;
  Dissection dissection_;
  Costs costs_;
  Branches branches_;
  std::unordered_map<NodeId, double> weights_;   // of the roots
  std::unordered_map<NodeId, NodeId> results_;   // of Order(), for each root
  std::unordered_map<NodeId, NodeId> cheapest_;  // of what was looked at for the root whose turn it is
  double weight_ = 0;                            // of this root
  std::size_t work_left_ = 0;                    // for this root
  std::size_t work_left_in_all_ = kMostWorkInAll;
  std::size_t work_begun_with_ = 0;  // what work_left_ was
};

Ordering::Ordering(const std::vector<WeightedDecision>& decisions, Graph& graph)
    : graph_(graph), guards_(graph), dissection_(guards_, graph), costs_(graph) {
  for (const auto& [root, weight] : decisions) {
    const bool is_new = weights_.count(root) == 0;
    weights_[root] += weight;
    if (!is_new || graph_[root].is_leaf) continue;
    BeginWork();
    if (const auto chain = guards_.OfChain(root))
      guards_.CountUses(chain->guards);
    else if (const auto parts = dissection_.PartsOf(root, work_left_))
      guards_.CountUses(parts->guarded.guards);
    EndWork();
  }
  // What was too much to take note of may still be ordered.
  work_left_in_all_ = kMostWorkInAll;
}

void Ordering::BeginWork() {
  work_left_ = work_begun_with_ = std::min(kMostWork, work_left_in_all_);
}

void Ordering::EndWork() {
  work_left_in_all_ -= work_begun_with_ - work_left_;
}

NodeId Ordering::Order(NodeId root) {
  const auto [result, is_new] = results_.emplace(root, root);
  if (!is_new) costs_.Release(result->second);
  // What is cheapest depends on what is kept.
  cheapest_.clear();
  weight_ = weights_.at(root);
  BeginWork();
  const NodeId ordered = Cheapest(root);
  EndWork();
  const bool is_as_good = CostOf(ordered) <= CostOf(root) + kNextToNothing &&
                          costs_.PathsOf(ordered).longest <= costs_.PathsOf(root).longest;
  result->second = is_as_good ? ordered : root;
  costs_.Keep(result->second);
  return result->second;
}

bool Ordering::IsLarge(NodeId root) {
  branches_.CollectInAnyOrder(root, graph_);
  return branches_.ids().size() > kSmall;
}

NodeId Ordering::Cheapest(NodeId id) {
  if (graph_[id].is_leaf) return id;
  if (const auto found = cheapest_.find(id); found != cheapest_.end()) return found->second;
  const NodeId cheapest = FindCheapest(id);
  return cheapest_[id] = cheapest;
}

NodeId Ordering::FindCheapest(NodeId id) {
  const auto is_kept = [&](NodeId node) { return costs_.IsKept(node); };
  if (const auto chain = guards_.OfChain(id)) return guards_.Join(*chain, is_kept);
  const std::shared_ptr<const Parts> parts = dissection_.PartsOf(id, work_left_);
  if (parts == nullptr) return id;
  if (parts->has_only_guards) return guards_.Join(parts->guarded, is_kept);
  NodeId cheapest = id;
  double least = std::numeric_limits<double>::infinity();
  const auto consider = [&](NodeId candidate) {
    const double cost = CostOf(candidate);
    if (cost >= least) return;
    cheapest = candidate;
    least = cost;
  };
  for (const Split* split : CandidatesOf(*parts)) consider(Ask(*split));
  if (parts->branches <= kSmall)
    if (const auto guarded = GuardedCore(id)) consider(guards_.Join(*guarded, is_kept));
  return cheapest;
}

// The decision as its guards, and behind them the cheapest for what they leave to decide. Nothing if there
// are none, or if two of them look at the same word.
std::optional<GuardedDecision> Ordering::GuardedCore(NodeId id) {
  GuardedDecision guarded;
  for (std::shared_ptr<const Parts> parts; (parts = dissection_.PartsOf(id, work_left_)) != nullptr;) {
    if (parts->guard_splits.empty()) break;
    if (!guarded.guards.empty() && guarded.failed != parts->guarded.failed) break;
    const Guard& guard = parts->guarded.guards.front();
    if (LooksAt(guarded.guards, guard.offset)) return std::nullopt;
    guarded.guards.push_back(guard);
    guarded.failed = parts->guarded.failed;
    id = parts->guard_splits.front().beyond;
  }
  if (guarded.guards.empty()) return std::nullopt;
  guarded.passed = Cheapest(id);
  return guarded;
}

// Guards are asked last, where all paths have them in common; but what is left behind one may be there
// already.
std::vector<const Split*> Ordering::CandidatesOf(const Parts& parts) {
  std::vector<const Split*> candidates = MostPromising(parts);
  for (const auto& [split, beyond] : parts.guard_splits)
    if (parts.core.empty() || cheapest_.count(beyond) != 0) candidates.push_back(&split);
  return candidates;
}

// Of the questions that are no guards, those that are followed.
std::vector<const Split*> Ordering::MostPromising(const Parts& parts) {
  const std::size_t most = parts.branches <= kSmall ? kMostTried : kMostTriedOfLarge;
  std::vector<std::pair<double, const Split*>> by_estimate;
  for (const Split& split : parts.core)
    by_estimate.emplace_back(parts.core.size() > most ? Estimate(split.cofactors) : 0, &split);
  std::stable_sort(by_estimate.begin(), by_estimate.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  by_estimate.resize(std::min(by_estimate.size(), by_estimate.size() > kMostTried ? 1 : most));
  std::vector<const Split*> promising(by_estimate.size());
  std::transform(by_estimate.begin(), by_estimate.end(), promising.begin(),
                 [](const auto& entry) { return entry.second; });
  return promising;
}

NodeId Ordering::Ask(const Split& split) {
  struct Answer {
    NodeId node;
    std::size_t size;
    NodeId cheapest;
  };
  std::vector<Answer> answers;
  for (const NodeId node : NodesOf(split.cofactors)) {
    branches_.CollectInAnyOrder(node, graph_);
    answers.push_back({node, branches_.ids().size(), node});
  }
  // The small ones first: what they need may be a part of the larger ones.
  std::stable_sort(answers.begin(), answers.end(),
                   [](const Answer& a, const Answer& b) { return a.size < b.size; });
  for (Answer& answer : answers) costs_.Keep(answer.cheapest = Cheapest(answer.node));
  for (const Answer& answer : answers) costs_.Release(answer.cheapest);

  std::vector<ValueRange> ranges;
  ranges.reserve(split.cofactors.size());
  double total = 0;
  for (const Cofactor& cofactor : split.cofactors) {
    const auto answer = std::find_if(answers.begin(), answers.end(), [&](const Answer& candidate) {
      return candidate.node == cofactor.node;
    });
    const Node& node = graph_[cofactor.node];
    const bool is_refused = node.is_leaf && Refuses(node.leaf);
    ranges.push_back({cofactor.first, answer->cheapest, is_refused ? kCountOfARefusal : 1});
    total += ranges.back().weight;
  }
  const bool is_seldom = total >= kMostCostOfATest * weight_;
  return BranchesFor(split.question, ranges, is_seldom ? kMostCostOfATest : total / weight_, graph_);
}

double Ordering::CostOf(NodeId root) {
  const Paths paths = costs_.PathsOf(root);
  return costs_.CountNew({&root, 1}) + weight_ * paths.mean + kCostOfTheLongest * paths.longest;
}

// The cost of a split, as if its cofactors stayed as they are.
double Ordering::Estimate(const std::vector<Cofactor>& cofactors) {
  std::vector<NodeId> nodes;
  double count = 0;
  double length = 0;
  for (const Cofactor& cofactor : cofactors) {
    nodes.push_back(cofactor.node);
    const Paths paths = costs_.PathsFrom(cofactor.node);
    count += paths.count;
    length += paths.count * paths.mean;
  }
  const std::size_t tests = cofactors.size() - 1;
  const auto depth = static_cast<double>(std::bit_width(tests));
  return static_cast<double>(tests) + costs_.CountNew(nodes) + weight_ * (depth + length / count);
}

}  // namespace

std::vector<NodeId> Order(const std::vector<WeightedDecision>& decisions, Graph& graph) {
  Ordering ordering(decisions, graph);
  std::unordered_map<NodeId, NodeId> results;
  // Twice: what one has in common with a later one does not show the first time. Large ones take most of the
  // time, and are what others have parts of in common.
  for (int round = 0; round < 2; ++round) {
    std::unordered_set<NodeId> done;
    for (const auto& [root, weight] : decisions) {
      const bool is_settled = round > 0 && ordering.IsLarge(root);
      if (done.insert(root).second && !is_settled) results[root] = ordering.Order(root);
    }
  }
  std::vector<NodeId> ordered;
  ordered.reserve(decisions.size());
  for (const auto& [root, weight] : decisions) ordered.push_back(results.at(root));
  return ordered;
}

void OrderTests(Decisions& decisions, const Weights& weights, Graph& graph) {
  const std::vector<std::uint32_t> numbers = HeaviestFirst(weights);
  std::vector<WeightedDecision> weighted;
  weighted.reserve(numbers.size());
  for (const std::uint32_t number : numbers)
    weighted.push_back({decisions.at(number), weights.at(number) / kCostOfAnInstruction});
  const std::vector<NodeId> ordered = Order(weighted, graph);
  for (std::size_t i = 0; i < numbers.size(); ++i) decisions[numbers[i]] = ordered[i];
}

}  // namespace precompiledseccomp::compile
