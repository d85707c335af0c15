// SPDX-License-Identifier: Apache-2.0

#include "compile/order/mask_patterns.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <optional>

namespace precompiledseccomp::compile {
namespace {

constexpr std::uint32_t kLast = std::numeric_limits<std::uint32_t>::max();

// Values weigh the same, more or less, so that larger searches lose nothing by a split in the middle.
constexpr std::size_t kOptimalUpTo = 48;
// Fewer runs than this need two tests at most, which no pattern improves.
constexpr std::size_t kFewestRuns = 4;
// More values than this are not looked at for patterns.
constexpr std::size_t kMostValues = 32;
// Patterns within or beside patterns, at most.
constexpr int kMostPatterns = 3;
// A pattern of two values saves nothing over two equality tests.
constexpr int kFewestFreeBits = 2;

// A value of the word, and the node that it leads to.
struct Point {
  std::uint32_t value;
  NodeId node;
};

// The values that have the bits of `fixed` outside of `free`.
struct Pattern {
  std::uint32_t fixed = 0;
  std::uint32_t free = 0;

  [[nodiscard]] bool Has(std::uint32_t value) const { return (value & ~free) == fixed; }
  [[nodiscard]] std::size_t Size() const { return std::size_t{1} << std::popcount(free); }
  // Such a pattern is found by order tests as well.
  [[nodiscard]] bool IsRange() const { return (free & (free + 1)) == 0; }
  // One `jset`; any other is an `and` and a `jeq`. (With as few free bits as there are here.)
  [[nodiscard]] bool IsOneTest() const { return fixed == 0; }
  [[nodiscard]] double Instructions() const { return IsOneTest() ? 1 : 2; }
};

std::uint32_t LastOf(const std::vector<Run>& runs, std::size_t i) {
  return i + 1 < runs.size() ? runs[i + 1].first - 1 : kLast;
}

double WeightOf(const std::vector<Run>& runs) {
  double weight = 0;
  for (const Run& run : runs) weight += run.weight;
  return weight;
}

class PatternSearch {
 public:
  PatternSearch(const Subject& subject, double cost_of_a_test, Graph& graph)
      : subject_(subject), cost_of_a_test_(cost_of_a_test), graph_(graph) {}

  SearchTree Build(const std::vector<Run>& all_runs, int patterns_left = kMostPatterns) {
    SearchTree best = BuildSearch(subject_, all_runs, cost_of_a_test_, graph_, kOptimalUpTo);
    if (all_runs.size() < kFewestRuns || !subject_.IsPlain() || patterns_left == 0) return best;
    const std::vector<Run> runs = JoinEqualNeighbours(all_runs);
    if (runs.size() < kFewestRuns) return best;
    std::optional<Way> best_way;
    for (Way& way : WaysFor(runs)) {
      const SearchTree tree =
          Combine(way, BuildSearch(subject_, way.rest, cost_of_a_test_, graph_, kOptimalUpTo));
      if (tree.cost >= best.cost) continue;
      best = tree;
      best_way = std::move(way);
    }
    // More of them may be found in what is left to search.
    return best_way ? Combine(*best_way, Build(best_way->rest, patterns_left - 1)) : best;
  }

 private:
  // A test for a pattern, and what else there is to search.
  struct Way {
    std::vector<Run> rest;
    // The test comes first, and leads to one of these and to the search for the rest; or else to both, as the
    // last resort of that search.
    bool is_first = true;
    Pattern pattern;
    std::optional<NodeId> inside;
    std::optional<NodeId> outside;
    double cost = 0;             // of the test, by the weights
    double cost_of_loading = 0;  // again, for the rest
  };

  std::vector<Way> WaysFor(const std::vector<Run>& runs) {
    const NodeId others = WidestNode(runs);
    const auto points = PointsOf(runs, others);
    if (!points) return {};
    std::vector<Way> ways;
    if (const auto hull = HullOf(*points)) ways.push_back(WithinHull(runs, *points, *hull, others));
    if (const auto cube = LargestCube(*points)) {
      const NodeId node = Find(*points, cube->fixed)->node;
      ways.push_back(CubeFirst(runs, *cube, node, others));
      ways.push_back(CubeLast(runs, *cube, node, others));
    }
    return ways;
  }

  SearchTree Combine(const Way& way, const SearchTree& search) {
    if (!way.is_first) return {search.root, search.cost + way.cost};
    const NodeId root =
        AddPatternTest(way.pattern, way.inside.value_or(search.root), way.outside.value_or(search.root));
    return {root, search.cost + way.cost + (graph_[search.root].is_leaf ? 0 : way.cost_of_loading)};
  }

  // The node that most values lead to.
  static NodeId WidestNode(const std::vector<Run>& runs) {
    std::size_t widest = 0;
    for (std::size_t i = 1; i < runs.size(); ++i)
      if (LastOf(runs, i) - runs[i].first > LastOf(runs, widest) - runs[widest].first) widest = i;
    return runs[widest].node;
  }

  // The values that lead elsewhere, ascending; nothing if they are too many.
  static std::optional<std::vector<Point>> PointsOf(const std::vector<Run>& runs, NodeId others) {
    std::vector<Point> points;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (runs[i].node == others) continue;
      if (LastOf(runs, i) - runs[i].first >= kMostValues - points.size()) return std::nullopt;
      for (std::uint32_t value = runs[i].first;; ++value) {
        points.push_back({value, runs[i].node});
        if (value == LastOf(runs, i)) break;
      }
    }
    return points;
  }

  static const Point* Find(const std::vector<Point>& points, std::uint32_t value) {
    const auto found = std::lower_bound(points.begin(), points.end(), value,
                                        [](const Point& point, std::uint32_t v) { return point.value < v; });
    return found != points.end() && found->value == value ? &*found : nullptr;
  }

  static std::uint32_t DifferingBits(const std::vector<Point>& points) {
    std::uint32_t differing = 0;
    for (const Point& point : points) differing |= point.value ^ points.front().value;
    return differing;
  }

  // The smallest pattern with all points, if it is small.
  static std::optional<Pattern> HullOf(const std::vector<Point>& points) {
    const std::uint32_t free = DifferingBits(points);
    if (std::popcount(free) > std::countr_zero(std::uint32_t{kMostValues})) return std::nullopt;
    const Pattern hull{points.front().value & ~free, free};
    if (hull.IsRange()) return std::nullopt;
    return hull;
  }

  // The largest pattern of which all values lead to the same node.
  static std::optional<Pattern> LargestCube(const std::vector<Point>& points) {
    if (points.size() < std::size_t{1} << kFewestFreeBits) return std::nullopt;
    const std::uint32_t differing = DifferingBits(points);
    std::optional<Pattern> largest;
    for (const Point& start : points) {
      const Pattern cube = CubeFrom(start, points, differing);
      if (std::popcount(cube.free) < kFewestFreeBits || cube.IsRange()) continue;
      if (!largest || cube.Size() > largest->Size()) largest = cube;
    }
    return largest;
  }

  // Grown by one after the other of these bits, from its lowest value.
  static Pattern CubeFrom(const Point& start, const std::vector<Point>& points, std::uint32_t differing) {
    Pattern cube{start.value, 0};
    for (std::uint32_t mask = 1; mask != 0; mask <<= 1) {
      if ((differing & mask & ~start.value) == 0) continue;
      bool grows = true;
      ForEachValue(cube, [&](std::uint32_t value) {
        const Point* other = grows ? Find(points, value | mask) : nullptr;
        grows = other != nullptr && other->node == start.node;
      });
      if (grows) cube.free |= mask;
    }
    return cube;
  }

  // Ascending.
  template <typename Function>
  static void ForEachValue(const Pattern& pattern, const Function& function) {
    std::uint32_t part = 0;
    do {
      function(pattern.fixed | part);
      part = (part - pattern.free) & pattern.free;
    } while (part != 0);
  }

  NodeId AddPatternTest(const Pattern& pattern, NodeId yes, NodeId no) {
    const Subject masked{subject_.offset, Subject::Transform::kAnd, {~pattern.free, 0}};
    return graph_.AddBranch({masked, Test::Kind::kEqual, {pattern.fixed, 0}}, yes, no);
  }

  [[nodiscard]] double CostOfLoading(const Pattern& pattern, const std::vector<Run>& rest) const {
    return pattern.IsOneTest() ? 0 : WeightOf(rest) + cost_of_a_test_;
  }

  //     (outside of the hull? others :) a search among its values
  Way WithinHull(const std::vector<Run>& runs, const std::vector<Point>& points, const Pattern& hull,
                 NodeId others) const {
    std::vector<Run> inside;
    ForEachValue(hull, [&](std::uint32_t value) {
      const Point* point = Find(points, value);
      const NodeId node = point != nullptr ? point->node : others;
      const double weight = WeightOfValue(runs, value);
      if (!inside.empty() && inside.back().node == node)
        inside.back().weight += weight;
      else
        inside.push_back({inside.empty() ? 0 : value, node, weight});
    });
    return {.rest = inside,
            .is_first = true,
            .pattern = hull,
            .inside = {},
            .outside = others,
            .cost = hull.Instructions() * (WeightOf(runs) + cost_of_a_test_),
            .cost_of_loading = CostOfLoading(hull, inside)};
  }

  // The share of a value in the weight of its run.
  static double WeightOfValue(const std::vector<Run>& runs, std::uint32_t value) {
    std::size_t i = 0;
    while (i + 1 < runs.size() && runs[i + 1].first <= value) ++i;
    return runs[i].weight / (static_cast<double>(LastOf(runs, i) - runs[i].first) + 1);
  }

  //     (in the cube? its node :) a search for the rest
  Way CubeFirst(const std::vector<Run>& runs, const Pattern& cube, NodeId node, NodeId others) const {
    std::vector<Run> rest = Without(runs, cube, others, others);
    const double cost_of_loading = CostOfLoading(cube, rest);
    return {.rest = std::move(rest),
            .is_first = true,
            .pattern = cube,
            .inside = node,
            .outside = {},
            .cost = cube.Instructions() * (WeightOf(runs) + cost_of_a_test_),
            .cost_of_loading = cost_of_loading};
  }

  //     a search for the rest, whose last resort is (in the cube? its node : others)
  Way CubeLast(const std::vector<Run>& runs, const Pattern& cube, NodeId node, NodeId others) {
    const NodeId last = AddPatternTest(cube, node, others);
    std::vector<Run> rest = Without(runs, cube, others, last);
    double cost = cube.Instructions() * cost_of_a_test_;
    for (const Run& run : rest)
      if (run.node == last) cost += cube.Instructions() * run.weight;
    return {.rest = std::move(rest),
            .is_first = false,
            .pattern = cube,
            .inside = node,
            .outside = others,
            .cost = cost,
            .cost_of_loading = 0};
  }

  // The runs when the values of the cube, and all that lead to `others`, lead to `instead`.
  static std::vector<Run> Without(const std::vector<Run>& runs, const Pattern& cube, NodeId others,
                                  NodeId instead) {
    std::vector<Run> rest;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const std::uint32_t last = LastOf(runs, i);
      if (runs[i].node == others) {
        rest.push_back({runs[i].first, instead, runs[i].weight});
        continue;
      }
      const double share = runs[i].weight / (static_cast<double>(last - runs[i].first) + 1);
      for (std::uint32_t value = runs[i].first;; ++value) {
        rest.push_back({value, cube.Has(value) ? instead : runs[i].node, share});
        if (value == last) break;
      }
    }
    return JoinEqualNeighbours(rest);
  }

  const Subject& subject_;
  double cost_of_a_test_;
  Graph& graph_;
};

}  // namespace

SearchTree BuildValueSearch(const Subject& subject, const std::vector<Run>& runs, double cost_of_a_test,
                            Graph& graph) {
  return PatternSearch(subject, cost_of_a_test, graph).Build(runs);
}

}  // namespace precompiledseccomp::compile
