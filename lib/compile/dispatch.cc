// SPDX-License-Identifier: Apache-2.0

#include "compile/dispatch.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <vector>

#include <linux/seccomp.h>

#include "bpf/instructions.h"
#include "compile/order.h"
#include "compile/rules.h"
#include "compile/search.h"
#include "compile/thread.h"

namespace precompiledseccomp::compile {
namespace {

// What one instruction more costs when a filter is installed (checking, translating to machine code), in
// emulated tests: measured as 0.16 us beside 4 ns.
constexpr double kCostOfATest = 40;
// Installing a filter emulates it once for each number of the kernel's table: each of these numbers weighs 1.
constexpr std::uint32_t kNumbersEmulated = 512;
// The calls whose frequency the policy gives, and that run the filter each time, together weigh this much,
// shared by their counts: eight installations' worth. Every argument-checked call weighs kDefaultWeight
// besides.
constexpr double kWeightOfHotCalls = 4096;
constexpr double kDefaultWeight = 8;
// More tests than this before the search tree cost every other call too much.
constexpr std::size_t kMostHotTests = 8;
// Numbers from here on are no calls of any architecture's own ABI; x32's bit is the lowest that says so.
constexpr std::uint32_t kNoCallsFrom = Syscall::kMaximumNumber + 1;

using Weights = std::map<std::uint32_t, double>;

bool RunsEachTime(NodeId decision, const Graph& graph) {
  return !graph[decision].is_leaf;
}

// How much each call that runs the filter each time weighs.
Weights WeightsOf(const ResolvedPolicy& policy, const std::map<std::uint32_t, NodeId>& decisions,
                  const Graph& graph) {
  Weights weights;
  for (const auto& [number, decision] : decisions)
    if (RunsEachTime(decision, graph)) weights[number] = kDefaultWeight;
  double total = 0;
  for (const auto& [number, count] : policy.counts)
    if (weights.count(number) != 0) total += static_cast<double>(count);
  if (total == 0) return weights;
  for (const auto& [number, count] : policy.counts)
    if (weights.count(number) != 0)
      weights[number] = kDefaultWeight + static_cast<double>(count) * kWeightOfHotCalls / total;
  return weights;
}

class Dispatcher {
 public:
  Dispatcher(const ResolvedPolicy& policy, Graph& graph) : policy_(policy), graph_(graph) {
    decisions_ = DecisionsOfCalls(policy, graph);
    OptimiseDecisions();
  }

  NodeId Root() {
    const NodeId bad = graph_.AddAction(policy_.bad_architecture_action);
    const Test is_this_architecture{
        Word(bpf::kArchOffset), Test::Kind::kEqual, {policy_.target.audit_arch, 0}};
    return graph_.AddBranch(is_this_architecture, CheapestNumbers().root, bad);
  }

 private:
  static Subject Word(std::uint32_t offset) { return {offset, Subject::Transform::kNone, {}}; }

  // Skipping leaves fewer questions to order, and their order makes further tests known.
  void OptimiseDecisions() {
    for (auto& [number, decision] : decisions_) decision = SkipKnownTests(decision, graph_);
    weights_ = WeightsOf(policy_, decisions_, graph_);
    const std::vector<std::uint32_t> numbers = HeaviestFirst();
    std::vector<NodeId> checked;
    for (const std::uint32_t number : numbers) checked.push_back(decisions_.at(number));
    const std::size_t hot_count = HottestFirst().size();
    const std::vector<NodeId> ordered = Order(checked, hot_count, graph_);
    for (std::size_t i = 0; i < numbers.size(); ++i)
      decisions_[numbers[i]] = SkipKnownTests(ordered[i], graph_);
    // What was checked may turn out to be decided.
    weights_ = WeightsOf(policy_, decisions_, graph_);
  }

  // The calls that run the filter each time.
  [[nodiscard]] std::vector<std::uint32_t> HeaviestFirst() const {
    std::vector<std::uint32_t> numbers;
    for (const auto& [number, weight] : weights_) numbers.push_back(number);
    std::stable_sort(numbers.begin(), numbers.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return weights_.at(a) > weights_.at(b); });
    return numbers;
  }

  // Tests the n heaviest calls before all others, for the best n.
  SearchTree CheapestNumbers() {
    const std::vector<std::uint32_t> hot = HottestFirst();
    SearchTree best = Numbers(hot, 0);
    for (std::size_t count = 1; count <= hot.size(); ++count) {
      const SearchTree tree = Numbers(hot, count);
      if (tree.cost < best.cost) best = tree;
    }
    return best;
  }

  // The calls worth a test of their own: those that the policy says are hot, and heavier than all installing
  // together.
  [[nodiscard]] std::vector<std::uint32_t> HottestFirst() const {
    std::vector<std::uint32_t> hot;
    for (const auto& [number, count] : policy_.counts)
      if (weights_.count(number) != 0 && hot.size() < kMostHotTests) hot.push_back(number);
    return hot;
  }

  // The search for a number, with the first `count` of `hot` found by a test each before it.
  SearchTree Numbers(const std::vector<std::uint32_t>& hot, std::size_t count) {
    const auto hot_end = hot.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<Run> runs;
    const auto add = [&](std::uint32_t first, std::uint64_t end, NodeId decision) {
      if (first < end) runs.push_back({first, decision, WeightOfRange(first, end)});
    };
    std::uint64_t next = 0;
    for (const auto& [number, decision] : decisions_) {
      AddUnnamed(next, number, add);
      const bool found_before = std::find(hot.begin(), hot_end, number) != hot_end;
      // A number that never gets here may go with its neighbours.
      if (!found_before)
        add(number, std::uint64_t{number} + 1, decision);
      else if (runs.empty())
        runs.push_back({0, decision, 0});
      next = std::uint64_t{number} + 1;
    }
    AddUnnamed(next, kNoCallsFrom, add);
    runs.push_back({kNoCallsFrom, NoCall(), 0});

    SearchTree tree = BuildSearch(Word(bpf::kNumberOffset), runs, kCostOfATest, graph_);
    double beyond = static_cast<double>(kNumbersEmulated) + TotalWeight();
    for (std::size_t i = 0; i < count; ++i) beyond -= weights_.at(hot[i]);
    for (std::size_t i = count; i-- > 0;) {
      beyond += weights_.at(hot[i]);
      tree.cost += beyond + kCostOfATest;
      const Test is_hot{Word(bpf::kNumberOffset), Test::Kind::kEqual, {hot[i], 0}};
      tree.root = graph_.AddBranch(is_hot, decisions_.at(hot[i]), tree.root);
    }
    return tree;
  }

  // The numbers from `first` to before `end`, which no rule names: those up to the baseline, and those above
  // it.
  template <typename AddRun>
  void AddUnnamed(std::uint64_t first, std::uint64_t end, const AddRun& add) {
    if (first >= end) return;
    const std::uint64_t first_unknown =
        policy_.baseline ? std::clamp(std::uint64_t{policy_.baseline->newest_known} + 1, first, end) : end;
    if (first < first_unknown)
      add(static_cast<std::uint32_t>(first), first_unknown, Unnamed(static_cast<std::uint32_t>(first)));
    if (first_unknown < end)
      add(static_cast<std::uint32_t>(first_unknown), end, Unnamed(static_cast<std::uint32_t>(first_unknown)));
  }

  NodeId Unnamed(std::uint32_t number) { return DecisionOfUnnamed(policy_, number, graph_); }

  NodeId NoCall() {
    const Test is_foreign{
        Word(bpf::kNumberOffset), Test::Kind::kAnyBitSet, {policy_.target.foreign_abi_bits, 0}};
    return graph_.AddBranch(is_foreign, graph_.AddAction(policy_.bad_architecture_action),
                            Unnamed(kNoCallsFrom));
  }

  [[nodiscard]] double WeightOfRange(std::uint32_t first, std::uint64_t end) const {
    const std::uint64_t emulated_end = std::min<std::uint64_t>(end, kNumbersEmulated);
    double weight = first < emulated_end ? static_cast<double>(emulated_end - first) : 0;
    for (auto hot = weights_.lower_bound(first); hot != weights_.end() && hot->first < end; ++hot)
      weight += hot->second;
    return weight;
  }

  [[nodiscard]] double TotalWeight() const {
    double total = 0;
    for (const auto& [number, weight] : weights_) total += weight;
    return total;
  }

  const ResolvedPolicy& policy_;
  Graph& graph_;
  std::map<std::uint32_t, NodeId> decisions_;
  Weights weights_;
};

}  // namespace

NodeId Dispatch(const ResolvedPolicy& policy, Graph& graph) {
  return Dispatcher(policy, graph).Root();
}

}  // namespace precompiledseccomp::compile
