// SPDX-License-Identifier: Apache-2.0
//
// The optimal alphabetic tree by dynamic programming over intervals of ranges. For the interval [i, j]:
//
//     cost(i, j) = weight(i, j) + cost of a test + min over s of cost(i, s) + cost(s + 1, j)
//
// which is one `jge`, then either side.
//
// With Knuth's bound on where the best split can be, this takes quadratic time. One more form is considered,
// which is no alphabetic tree: single values that stand among ranges with one and the same node,
//
//     X k X m X                                                   jeq k; jeq m; X
//
// need a test each instead of two.

#include "compile/search_tree.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <memory>

namespace precompiledseccomp::compile {
namespace {

// Chains of equality tests longer than this are hardly ever better than a tree.
constexpr std::size_t kLongestChain = 5;
constexpr std::size_t kMostRangesOfAChain = 2 * kLongestChain + 1;

class Planner {
 public:
  // So that the index of each fits into a Split.
  static constexpr std::size_t kMostRanges = std::size_t{std::numeric_limits<std::uint16_t>::max()} + 1;

  // `ranges` are two at least, and kMostRanges at most.
  Planner(const Subject& subject, const std::vector<ValueRange>& ranges, double cost_of_a_test, Graph& graph)
      : subject_(subject),
        ranges_(ranges),
        cost_of_a_test_(cost_of_a_test),
        graph_(graph),
        sums_(ranges.size() + 1, 0) {
    for (std::size_t i = 0; i < ranges.size(); ++i) sums_[i + 1] = sums_[i] + ranges[i].weight;
    FindSingleValues();
    Plan();
  }

  SearchTree Build() { return {BuildInterval(0, ranges_.size() - 1), cost_of_built_}; }

 private:
  // Where an interval is split: the index of a range. There are n^2 of them.
  using Split = std::uint16_t;

  // The ranges of an interval that are single values among equals, heaviest first, and the node of the
  // others.
  struct Chain {
    std::array<std::size_t, kLongestChain> singles{};
    std::size_t length = 0;
    NodeId others = 0;
    double cost = std::numeric_limits<double>::infinity();
  };

  [[nodiscard]] double Weight(std::size_t i, std::size_t j) const { return sums_[j + 1] - sums_[i]; }
  [[nodiscard]] std::size_t At(std::size_t i, std::size_t j) const { return i * ranges_.size() + j; }

  void FindSingleValues() {
    is_single_value_.resize(ranges_.size(),
                            ranges_.back().first == std::numeric_limits<std::uint32_t>::max());
    for (std::size_t i = 0; i + 1 < ranges_.size(); ++i)
      is_single_value_[i] = ranges_[i + 1].first - ranges_[i].first == 1;
  }

  [[nodiscard]] Chain FindChain(std::size_t i, std::size_t j) const {
    Chain chain;
    if (j - i >= kMostRangesOfAChain) return chain;
    // The others are the ranges that are no single values; among single values only, the last range serves.
    std::size_t other = j;
    for (std::size_t k = i; k <= j; ++k)
      if (!is_single_value_[k]) other = k;
    chain.others = ranges_[other].node;
    for (std::size_t k = i; k <= j; ++k) {
      if (ranges_[k].node == chain.others) continue;
      if (!is_single_value_[k] || chain.length == kLongestChain) return chain;
      // Heaviest first; of equals, the lowest.
      std::size_t place = chain.length++;
      for (; place > 0 && ranges_[chain.singles[place - 1]].weight < ranges_[k].weight; --place)
        chain.singles[place] = chain.singles[place - 1];
      chain.singles[place] = k;
    }
    chain.cost = 0;
    double remaining = Weight(i, j);
    for (std::size_t k = 0; k < chain.length; ++k) {
      chain.cost += remaining + cost_of_a_test_;
      remaining -= ranges_[chain.singles[k]].weight;
    }
    return chain;
  }

  // Intervals within the one whose turn it is have been planned: its own row up to j, and all rows below.
  void Plan() {
    const std::size_t n = ranges_.size();
    costs_ = std::make_unique_for_overwrite<double[]>(n * n);
    splits_ = std::make_unique_for_overwrite<Split[]>(n * n);
    for (std::size_t i = n; i-- > 0;) {
      costs_[At(i, i)] = 0;
      splits_[At(i, i)] = static_cast<Split>(i);
      const std::size_t no_chain_from = EndOfChainsFrom(i);
      for (std::size_t j = i + 1; j < n; ++j) PlanInterval(i, j, j < no_chain_from);
    }
  }

  // The ranges that are no single values have to be alike: from where on they are not.
  [[nodiscard]] std::size_t EndOfChainsFrom(std::size_t i) const {
    const std::size_t end = std::min(ranges_.size(), i + kMostRangesOfAChain);
    std::size_t other = end;
    for (std::size_t j = i; j < end; ++j) {
      if (is_single_value_[j]) continue;
      if (other != end && ranges_[j].node != ranges_[other].node) return j;
      other = j;
    }
    return end;
  }

  void PlanInterval(std::size_t i, std::size_t j, bool may_be_chain) {
    const double* const from_i = &costs_[At(i, 0)];
    const double* const to_j = &costs_[At(j, 0)];
    double best = std::numeric_limits<double>::infinity();
    std::size_t best_split = i;
    const std::size_t last = std::min<std::size_t>(splits_[At(i + 1, j)], j - 1);
    for (std::size_t s = splits_[At(i, j - 1)]; s <= last; ++s) {
      const double cost = from_i[s] + to_j[s + 1];
      if (cost >= best) continue;
      best = cost;
      best_split = s;
    }
    best += Weight(i, j) + cost_of_a_test_;
    if (may_be_chain) best = std::min(best, FindChain(i, j).cost);
    costs_[At(i, j)] = costs_[At(j, i)] = best;
    splits_[At(i, j)] = static_cast<Split>(best_split);
  }

  NodeId BuildInterval(std::size_t i, std::size_t j) {
    if (i == j) return ranges_[i].node;
    const Chain chain = FindChain(i, j);
    if (chain.cost <= costs_[At(i, j)]) {
      cost_of_built_ += chain.cost;
      NodeId node = chain.others;
      for (std::size_t k = chain.length; k-- > 0;) {
        const ValueRange& single = ranges_[chain.singles[k]];
        node = graph_.AddBranch({subject_, Test::Kind::kEqual, {single.first, 0}}, single.node, node);
      }
      return node;
    }
    const std::size_t split = splits_[At(i, j)];
    cost_of_built_ += Weight(i, j) + cost_of_a_test_;
    const NodeId below = BuildInterval(i, split);
    const NodeId above = BuildInterval(split + 1, j);
    return graph_.AddBranch({subject_, Test::Kind::kGreaterOrEqual, {ranges_[split + 1].first, 0}}, above,
                            below);
  }

  const Subject& subject_;
  const std::vector<ValueRange>& ranges_;
  double cost_of_a_test_;
  Graph& graph_;
  std::vector<double> sums_;                   // sums_[i]: the weight of the ranges before i
  std::vector<std::uint8_t> is_single_value_;  // for each range; as bits, compiling takes 8 % longer
  // For each interval from i to j, the cost of its tree, twice: at (j, i) as well, for the search of the best
  // split walks along both. And where it is split.
  std::unique_ptr<double[]> costs_;
  std::unique_ptr<Split[]> splits_;
  double cost_of_built_ = 0;
};

// The usual case, for which there is nothing to plan.
bool IsOneValueAmongOthers(const std::vector<ValueRange>& ranges) {
  return ranges.size() == 3 && ranges[0].node == ranges[2].node && ranges[2].first - ranges[1].first == 1;
}

// The range that is to be the first on the upper side, for the two sides to weigh the same, more or less.
std::size_t BalancedSplit(const std::vector<ValueRange>& ranges) {
  const double half = WeightOf(ranges) / 2;
  double below = 0;
  std::size_t split = 0;
  do below += ranges[split++].weight;
  while (split + 1 < ranges.size() && below + ranges[split].weight / 2 < half);
  return split;
}

}  // namespace

double WeightOf(const std::vector<ValueRange>& ranges) {
  double weight = 0;
  for (const ValueRange& range : ranges) weight += range.weight;
  return weight;
}

std::vector<ValueRange> JoinEqualNeighbours(const std::vector<ValueRange>& ranges) {
  std::vector<ValueRange> joined;
  joined.reserve(ranges.size());
  for (const ValueRange& range : ranges) {
    if (!joined.empty() && joined.back().node == range.node)
      joined.back().weight += range.weight;
    else
      joined.push_back(range);
  }
  return joined;
}

SearchTree BuildSearch(const Subject& subject, const std::vector<ValueRange>& ranges, double cost_of_a_test,
                       Graph& graph, std::size_t optimal_up_to) {
  const std::vector<ValueRange> joined = JoinEqualNeighbours(ranges);
  if (joined.size() == 1) return {joined.front().node, 0};
  if (IsOneValueAmongOthers(joined)) {
    const Test is_it{subject, Test::Kind::kEqual, {joined[1].first, 0}};
    return {graph.AddBranch(is_it, joined[1].node, joined[0].node), WeightOf(joined) + cost_of_a_test};
  }
  if (joined.size() > 2 && joined.size() <= std::min(optimal_up_to, Planner::kMostRanges))
    return Planner(subject, joined, cost_of_a_test, graph).Build();

  const std::size_t split = BalancedSplit(joined);
  const auto middle = joined.begin() + static_cast<std::ptrdiff_t>(split);
  const SearchTree below =
      BuildSearch(subject, {joined.begin(), middle}, cost_of_a_test, graph, optimal_up_to);
  const SearchTree above = BuildSearch(subject, {middle, joined.end()}, cost_of_a_test, graph, optimal_up_to);
  const Test is_above{subject, Test::Kind::kGreaterOrEqual, {middle->first, 0}};
  return {graph.AddBranch(is_above, above.root, below.root),
          below.cost + above.cost + WeightOf(joined) + cost_of_a_test};
}

}  // namespace precompiledseccomp::compile
