// SPDX-License-Identifier: Apache-2.0

#include "compile/dispatch.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "bpf/instructions.h"
#include "compile/search_tree.h"
#include "compile/short_life.h"

namespace precompiledseccomp::compile {
namespace {

// Each test before the search tree costs all other calls one instruction: more tests than kMostHotTests are
// never worth that. Where the policy does not say which calls are hot, only the most usual one gets a test.
constexpr std::size_t kMostHotTests = 8;
constexpr std::size_t kMostUsualTests = 1;
constexpr double kMostTestsSaved = 10;
// The weight of a range of numbers that no call in use has. With a weight of 0, every place in the search
// tree would cost the same for such ranges, and the tree could degenerate into a list of them.
constexpr double kWeightOfAnyRange = 0.001;

class Dispatcher {
 public:
  Dispatcher(const ResolvedPolicy& policy, const Decisions& decisions, const Weights& weights, Graph& graph)
      : policy_(policy), decisions_(decisions), weights_(weights), graph_(graph) {}

  NodeId Root() {
    if (policy_.calls_per_run) calls_ = CallsInALife(policy_, decisions_, graph_);
    ranges_ = AllRanges();
    const NodeId usual = BehindArchitecture(CheapestNumbers().root);
    const bool is_one_answer = graph_[usual].is_leaf;
    return policy_.calls_per_run && !is_one_answer ? CheapestForShortLife(usual) : usual;
  }

 private:
  NodeId BehindArchitecture(NodeId numbers) {
    const NodeId bad = graph_.AddAction(policy_.bad_architecture_action);
    const Test is_this_architecture{
        Word(bpf::kArchOffset), Test::Kind::kEqual, {policy_.target.audit_arch, 0}};
    return graph_.AddBranch(is_this_architecture, numbers, bad);
  }

  // Of the filters that a process with few calls may be better off with: the usual one, that one with the
  // emulation ended here and there, and searches that are made for the calls alone, as they are not emulated,
  // behind tests for the n calls that are made most often.
  NodeId CheapestForShortLife(NodeId usual) {
    ShortLife life(policy_, calls_, graph_);
    NodeId best = usual;
    double least = life.CostOf(usual);
    const auto consider = [&](NodeId candidate) {
      const double cost = life.CostOf(candidate);
      if (cost < least) best = candidate;
      least = std::min(cost, least);
    };
    consider(life.EndEmulationWhereItPays(usual));
    consider(EndingEmulation(usual, graph_));
    ranges_ = RangesForCalls();
    std::vector<std::uint32_t> heaviest = HeaviestFirst(calls_);
    std::erase_if(heaviest, [](std::uint32_t number) { return number >= kNoCallsFrom; });
    consider(EndingEmulation(BehindArchitecture(Numbers({}).root), graph_));
    for (std::size_t n = 1; n <= std::min(heaviest.size(), kMostHotTests); ++n) {
      const std::span<const std::uint32_t> hot(heaviest.data(), n);
      const NodeId others =
          BuildSearch(Word(bpf::kNumberOffset), RangesWithout(hot), kCostOfAnInstruction, graph_).root;
      // A single answer to all others needs no test.
      if (graph_[others].is_leaf || graph_[others].test.subject != Word(bpf::kNumberOffset)) break;
      consider(BehindArchitecture(BehindHot(hot, EndingEmulation(others, graph_))));
    }
    return best;
  }

  // Tests for these numbers, and `root` for all others.
  NodeId BehindHot(std::span<const std::uint32_t> hot, NodeId root) {
    for (std::size_t i = hot.size(); i-- > 0;) {
      const Test is_hot{Word(bpf::kNumberOffset), Test::Kind::kEqual, {hot[i], 0}};
      root = graph_.AddBranch(is_hot, NamedOrNot(hot[i]), root);
    }
    return root;
  }

  // The ranges, each as heavy as the calls in it are when they run the filter.
  [[nodiscard]] std::vector<ValueRange> RangesForCalls() const {
    std::vector<ValueRange> ranges = ranges_;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      ranges[i].weight = kWeightOfAnyRange;
      const auto end = i + 1 == ranges.size() ? calls_.end() : calls_.lower_bound(ranges[i + 1].first);
      for (auto call = calls_.lower_bound(ranges[i].first); call != end; ++call)
        ranges[i].weight += kCostOfARunInstruction * call->second;
    }
    return ranges;
  }

  static Subject Word(std::uint32_t offset) { return {offset, Subject::Transform::kNone, {}}; }

  // Tests the n heaviest calls before all others, for the best n. A test saves its call one test in the tree
  // at the least, and hardly more than kMostTestsSaved: often that tells what n is.
  SearchTree CheapestNumbers() {
    std::vector<std::uint32_t> heaviest = HeaviestFirst(weights_);
    // What stands for others is no call; a skipped one is looked for where it is told from foreign numbers.
    std::erase_if(heaviest, [](std::uint32_t number) { return number >= kNoCallsFrom; });
    heaviest.resize(std::min(heaviest.size(), policy_.counts.empty() ? kMostUsualTests : kMostHotTests));
    double beyond = kCostOfAnInstruction + TotalWeight();
    std::size_t count = 0;
    const auto is_worth_it = [&](double tests_saved) {
      return count < heaviest.size() &&
             weights_.at(heaviest[count]) * tests_saved > beyond - weights_.at(heaviest[count]);
    };
    for (; is_worth_it(1); ++count) beyond -= weights_.at(heaviest[count]);
    SearchTree best = Numbers({heaviest.data(), count});
    for (; is_worth_it(kMostTestsSaved); ++count) {
      const SearchTree tree = Numbers({heaviest.data(), count + 1});
      if (tree.cost >= best.cost) break;
      best = tree;
      beyond -= weights_.at(heaviest[count]);
    }
    return best;
  }

  // The search for a number, with those of `hot` found by a test each before it.
  SearchTree Numbers(std::span<const std::uint32_t> hot) {
    SearchTree tree = BuildSearch(Word(bpf::kNumberOffset), RangesWithout(hot), kCostOfAnInstruction, graph_);
    double beyond = TotalWeight();
    for (const std::uint32_t number : hot) beyond -= weights_.at(number);
    for (std::size_t i = hot.size(); i-- > 0;) {
      beyond += weights_.at(hot[i]);
      tree.cost += beyond + kCostOfAnInstruction;
    }
    tree.root = BehindHot(hot, tree.root);
    return tree;
  }

  // All numbers but those of `hot`, which never get here, and may go with their neighbours.
  [[nodiscard]] std::vector<ValueRange> RangesWithout(std::span<const std::uint32_t> hot) const {
    std::vector<ValueRange> ranges;
    for (const ValueRange& range : ranges_)
      if (std::find(hot.begin(), hot.end(), range.first) == hot.end()) ranges.push_back(range);
    ranges.front().first = 0;
    return ranges;
  }

  // A range for each number that a rule names, and for the ranges between them.
  std::vector<ValueRange> AllRanges() {
    std::vector<ValueRange> ranges;
    const std::vector<std::uint32_t> begins = WhereDecisionsMayChange();
    for (std::size_t i = 0; i < begins.size(); ++i) {
      const std::uint32_t end = i + 1 == begins.size() ? kNoCallsFrom : begins[i + 1];
      ranges.push_back({begins[i], DecisionOf(begins[i]), WeightOfRange(begins[i], end)});
    }
    ranges.push_back({kNoCallsFrom, NoCall(), kWeightOfAnyRange});
    // The numbers just below that are decided alike need no test that tells them from those above: none of
    // them has a bit of a foreign ABI.
    if (ranges[ranges.size() - 2].node == Unnamed(kNoCallsFrom)) ranges[ranges.size() - 2].node = NoCall();
    return ranges;
  }

  // Of the numbers below kNoCallsFrom: those with decisions of their own and those behind them, and the ends
  // of ranges. Ascending.
  std::vector<std::uint32_t> WhereDecisionsMayChange() {
    std::vector<std::uint32_t> begins = {0};
    const auto add = [&](std::uint64_t number) {
      if (number < kNoCallsFrom) begins.push_back(static_cast<std::uint32_t>(number));
    };
    const bool is_for_any_call = decisions_.count(kUnnamedKnown) != 0;
    for (const auto& [number, decision] : decisions_) {
      // Decided like those beside it, and without a weight, so that it is never looked for by itself.
      if (is_for_any_call && graph_[decision].is_leaf && decision == Unnamed(number)) continue;
      add(number);
      add(std::uint64_t{number} + 1);
    }
    // Each of these may be looked for by itself.
    for (const auto& [number, made] : calls_) {
      add(number);
      add(std::uint64_t{number} + 1);
    }
    if (policy_.baseline)
      for (const NumberRange& known : policy_.baseline->known) {
        add(known.first);
        add(std::uint64_t{known.last} + 1);
      }
    if (const NumberRange& foreign = policy_.target.foreign_numbers; foreign.first <= foreign.last) {
      add(foreign.first);
      add(std::uint64_t{foreign.last} + 1);
    }
    std::sort(begins.begin(), begins.end());
    begins.erase(std::unique(begins.begin(), begins.end()), begins.end());
    return begins;
  }

  // Of a number below kNoCallsFrom.
  NodeId DecisionOf(std::uint32_t number) {
    if (policy_.target.foreign_numbers.Has(number)) return graph_.AddAction(policy_.bad_architecture_action);
    return NamedOrNot(number);
  }

  NodeId NamedOrNot(std::uint32_t number) {
    const auto named = decisions_.find(number);
    return named == decisions_.end() ? Unnamed(number) : named->second;
  }

  NodeId Unnamed(std::uint32_t number) { return DecisionOfUnnamed(policy_, decisions_, number, graph_); }

  // Of the numbers from kNoCallsFrom on: another ABI's, but for the one of a skipped call; or nobody's.
  NodeId NoCall() {
    const Test is_skipped{Word(bpf::kNumberOffset), Test::Kind::kEqual, {Target::kSkippedCall, 0}};
    const auto unless_skipped = [&](NodeId decision) {
      return graph_.AddBranch(is_skipped, NamedOrNot(Target::kSkippedCall), decision);
    };
    const std::uint32_t foreign_bits = policy_.target.foreign_abi_bits;
    const NodeId foreign = graph_.AddAction(policy_.bad_architecture_action);
    const NodeId nobodys = Unnamed(kNoCallsFrom);
    if (foreign_bits == 0 || foreign == nobodys) return unless_skipped(nobodys);
    const Test is_foreign{Word(bpf::kNumberOffset), Test::Kind::kAnyBitSet, {foreign_bits, 0}};
    return graph_.AddBranch(is_foreign, unless_skipped(foreign), nobodys);
  }

  [[nodiscard]] double WeightOfRange(std::uint32_t first, std::uint32_t end) const {
    const Target& target = policy_.target;
    const std::uint32_t emulated_first = std::max(first, target.first_number);
    const std::uint32_t emulated_end = std::min(end, target.first_number + target.numbers);
    double weight = emulated_first < emulated_end ? static_cast<double>(emulated_end - emulated_first)
                                                  : kWeightOfAnyRange;
    for (auto hot = weights_.lower_bound(first); hot != weights_.end() && hot->first < end; ++hot)
      weight += hot->second;
    return weight;
  }

  [[nodiscard]] double TotalWeight() const {
    double total = policy_.target.numbers;
    for (const auto& [number, weight] : weights_) total += weight;
    return total;
  }

  const ResolvedPolicy& policy_;
  const Decisions& decisions_;
  const Weights& weights_;
  Graph& graph_;
  std::map<std::uint32_t, double> calls_;  // in a life, if it is known how many
  std::vector<ValueRange> ranges_;         // of all numbers
};

}  // namespace

NodeId DispatchByNumber(const ResolvedPolicy& policy, const Decisions& decisions, const Weights& weights,
                        Graph& graph) {
  return Dispatcher(policy, decisions, weights, graph).Root();
}

}  // namespace precompiledseccomp::compile
