// SPDX-License-Identifier: Apache-2.0
//
// The optimal alphabetic tree by dynamic programming over intervals of runs. For the interval [i, j]:
//
//     cost(i, j) = weight(i, j) + cost of a test + min over s of cost(i, s) + cost(s + 1, j)       one `jge`,
//     then either side
//
// With Knuth's bound on where the best split can be, this takes quadratic time. One more form is considered,
// which is no alphabetic tree: single values that stand among runs with one and the same node,
//
//     X k X m X                                                   jeq k; jeq m; X
//
// need a test each instead of two.

#include "compile/search.h"

#include <algorithm>
#include <array>
#include <limits>

namespace precompiledseccomp::compile {
namespace {

// Chains of equality tests longer than this are never better than a tree.
constexpr std::size_t kLongestChain = 5;

class Planner {
 public:
  Planner(const Subject& subject, const std::vector<Run>& runs, double cost_of_a_test, Graph& graph)
      : subject_(subject),
        runs_(runs),
        cost_of_a_test_(cost_of_a_test),
        graph_(graph),
        sums_(runs.size() + 1, 0) {
    for (std::size_t i = 0; i < runs.size(); ++i) sums_[i + 1] = sums_[i] + runs[i].weight;
    if (runs.size() <= kOptimalUpTo) Plan();
  }

  SearchTree Build() { return {BuildInterval(0, runs_.size() - 1), cost_of_built_}; }

 private:
  // The runs of an interval that are single values among equals, heaviest first, and the node of the others.
  struct Chain {
    std::array<std::size_t, kLongestChain> singles{};
    std::size_t length = 0;
    NodeId others = 0;
    double cost = std::numeric_limits<double>::infinity();
  };

  struct IntervalPlan {
    double cost = 0;
    std::uint32_t split = 0;
  };

  [[nodiscard]] double Weight(std::size_t i, std::size_t j) const { return sums_[j + 1] - sums_[i]; }
  IntervalPlan& At(std::size_t i, std::size_t j) { return plans_[i * runs_.size() + j]; }

  [[nodiscard]] bool IsSingleValue(std::size_t i) const {
    return i + 1 < runs_.size() ? runs_[i + 1].first - runs_[i].first == 1
                                : runs_[i].first == std::numeric_limits<std::uint32_t>::max();
  }

  [[nodiscard]] Chain FindChain(std::size_t i, std::size_t j) const {
    Chain chain;
    if (j - i + 1 > 2 * kLongestChain + 1) return chain;
    // The others are the runs that are no single values; among single values only, the last run serves.
    std::size_t other = j;
    for (std::size_t k = i; k <= j; ++k)
      if (!IsSingleValue(k)) other = k;
    chain.others = runs_[other].node;
    for (std::size_t k = i; k <= j; ++k) {
      if (runs_[k].node == chain.others) continue;
      if (!IsSingleValue(k) || chain.length == kLongestChain) return chain;
      // Heaviest first; of equals, the highest.
      std::size_t place = chain.length++;
      for (; place > 0 && runs_[chain.singles[place - 1]].weight <= runs_[k].weight; --place)
        chain.singles[place] = chain.singles[place - 1];
      chain.singles[place] = k;
    }
    chain.cost = 0;
    double remaining = Weight(i, j);
    for (std::size_t k = 0; k < chain.length; ++k) {
      chain.cost += remaining + cost_of_a_test_;
      remaining -= runs_[chain.singles[k]].weight;
    }
    return chain;
  }

  void Plan() {
    const std::size_t n = runs_.size();
    plans_.resize(n * n);
    for (std::size_t i = 0; i < n; ++i) At(i, i) = {0, static_cast<std::uint32_t>(i)};
    for (std::size_t length = 2; length <= n; ++length)
      for (std::size_t i = 0; i + length <= n; ++i) PlanInterval(i, i + length - 1);
  }

  void PlanInterval(std::size_t i, std::size_t j) {
    IntervalPlan best{std::numeric_limits<double>::infinity(), static_cast<std::uint32_t>(i)};
    const std::size_t last = std::min<std::size_t>(At(i + 1, j).split, j - 1);
    for (std::size_t s = At(i, j - 1).split; s <= last; ++s) {
      const double cost = At(i, s).cost + At(j, s + 1).cost;
      if (cost < best.cost) best = {cost, static_cast<std::uint32_t>(s)};
    }
    best.cost += Weight(i, j) + cost_of_a_test_;
    best.cost = std::min(best.cost, FindChain(i, j).cost);
    At(i, j) = best;
    At(j, i) = best;
  }

  // Where to split: as planned, or for very many runs where the weights are in balance.
  std::size_t SplitOf(std::size_t i, std::size_t j) {
    if (!plans_.empty()) return At(i, j).split;
    const double half = sums_[i] + Weight(i, j) / 2;
    const auto found = std::upper_bound(sums_.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                        sums_.begin() + static_cast<std::ptrdiff_t>(j), half);
    return static_cast<std::size_t>(found - sums_.begin()) - 1;
  }

  bool ChainIsBest(const Chain& chain, std::size_t i, std::size_t j) {
    if (chain.cost == std::numeric_limits<double>::infinity()) return false;
    return plans_.empty() || chain.cost <= At(i, j).cost;
  }

  NodeId BuildInterval(std::size_t i, std::size_t j) {
    if (i == j) return runs_[i].node;
    const Chain chain = FindChain(i, j);
    if (ChainIsBest(chain, i, j)) {
      cost_of_built_ += chain.cost;
      NodeId node = chain.others;
      for (std::size_t k = chain.length; k-- > 0;) {
        const Run& single = runs_[chain.singles[k]];
        node = graph_.AddBranch({subject_, Test::Kind::kEqual, {single.first, 0}}, single.node, node);
      }
      return node;
    }
    const std::size_t split = SplitOf(i, j);
    cost_of_built_ += Weight(i, j) + cost_of_a_test_;
    const NodeId below = BuildInterval(i, split);
    const NodeId above = BuildInterval(split + 1, j);
    return graph_.AddBranch({subject_, Test::Kind::kGreaterOrEqual, {runs_[split + 1].first, 0}}, above,
                            below);
  }

  const Subject& subject_;
  const std::vector<Run>& runs_;
  double cost_of_a_test_;
  Graph& graph_;
  std::vector<double> sums_;  // sums_[i]: the weight of the runs before i
  // For each interval, twice (as i, j and as j, i: the search for the best split walks along both); empty
  // when there are too many runs.
  std::vector<IntervalPlan> plans_;
  double cost_of_built_ = 0;
};

}  // namespace

std::vector<Run> JoinEqualNeighbours(const std::vector<Run>& runs) {
  std::vector<Run> joined;
  joined.reserve(runs.size());
  for (const Run& run : runs) {
    if (!joined.empty() && joined.back().node == run.node)
      joined.back().weight += run.weight;
    else
      joined.push_back(run);
  }
  return joined;
}

SearchTree BuildSearch(const Subject& subject, const std::vector<Run>& runs, double cost_of_a_test,
                       Graph& graph) {
  const std::vector<Run> joined = JoinEqualNeighbours(runs);
  if (joined.size() == 1) return {joined.front().node, 0};
  if (joined.size() == 2) {
    const Test is_upper{subject, Test::Kind::kGreaterOrEqual, {joined.back().first, 0}};
    return {graph.AddBranch(is_upper, joined.back().node, joined.front().node),
            joined.front().weight + joined.back().weight + cost_of_a_test};
  }
  return Planner(subject, joined, cost_of_a_test, graph).Build();
}

}  // namespace precompiledseccomp::compile
