// SPDX-License-Identifier: Apache-2.0

#include "compile/order/mask_patterns.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

namespace precompiledseccomp::compile {
namespace {

constexpr std::uint32_t kLastValue = std::numeric_limits<std::uint32_t>::max();

// Values weigh the same, more or less, so that larger searches lose nothing by a split in the middle.
constexpr std::size_t kOptimalUpTo = 48;
// Fewer ranges than this need two tests at most, which no pattern improves.
constexpr std::size_t kFewestRanges = 4;
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

std::uint32_t LastOf(const std::vector<ValueRange>& ranges, std::size_t i) {
  return i + 1 < ranges.size() ? ranges[i + 1].first - 1 : kLastValue;
}

class PatternSearch {
 public:
  PatternSearch(const Subject& subject, double cost_of_a_test, Graph& graph)
      : subject_(subject), cost_of_a_test_(cost_of_a_test), graph_(graph) {}

  SearchTree Build(const std::vector<ValueRange>& all_ranges, int patterns_left = kMostPatterns) {
    SearchTree best = BuildSearch(subject_, all_ranges, cost_of_a_test_, graph_, kOptimalUpTo);
    if (all_ranges.size() < kFewestRanges || !subject_.IsPlain() || patterns_left == 0) return best;
    const std::vector<ValueRange> ranges = JoinEqualNeighbours(all_ranges);
    if (ranges.size() < kFewestRanges) return best;
    std::optional<Plan> best_plan;
    for (Plan& plan : PlansFor(ranges)) {
      const SearchTree tree =
          Combine(plan, BuildSearch(subject_, plan.rest, cost_of_a_test_, graph_, kOptimalUpTo));
      if (tree.cost >= best.cost) continue;
      best = tree;
      best_plan = std::move(plan);
    }
    // More of them may be found in what is left to search.
    return best_plan ? Combine(*best_plan, Build(best_plan->rest, patterns_left - 1)) : best;
  }

 private:
  // A test for a pattern, and what else there is to search.
  struct Plan {
    std::vector<ValueRange> rest;
    // The test comes first, and leads to one of these and to the search for the rest; or else to both, as the
    // last resort of that search.
    bool is_first = true;
    Pattern pattern;
    std::optional<NodeId> inside;
    std::optional<NodeId> outside;
    double cost = 0;             // of the test, by the weights
    double cost_of_loading = 0;  // again, for the rest
  };

  std::vector<Plan> PlansFor(const std::vector<ValueRange>& ranges) {
    const NodeId others = WidestNode(ranges);
    const auto points = PointsOf(ranges, others);
    if (!points) return {};
    std::vector<Plan> plans;
    if (const auto hull = HullOf(*points)) plans.push_back(WithinHull(ranges, *points, *hull, others));
    if (const auto cube = LargestCube(*points)) {
      const NodeId node = Find(*points, cube->fixed)->node;
      plans.push_back(CubeFirst(ranges, *cube, node, others));
      plans.push_back(CubeLast(ranges, *cube, node, others));
    }
    return plans;
  }

  SearchTree Combine(const Plan& plan, const SearchTree& search) {
    if (!plan.is_first) return {search.root, search.cost + plan.cost};
    const NodeId root =
        AddPatternTest(plan.pattern, plan.inside.value_or(search.root), plan.outside.value_or(search.root));
    return {root, search.cost + plan.cost + (graph_[search.root].is_leaf ? 0 : plan.cost_of_loading)};
  }

  // The node that most values lead to.
  static NodeId WidestNode(const std::vector<ValueRange>& ranges) {
    std::size_t widest = 0;
    for (std::size_t i = 1; i < ranges.size(); ++i)
      if (LastOf(ranges, i) - ranges[i].first > LastOf(ranges, widest) - ranges[widest].first) widest = i;
    return ranges[widest].node;
  }

  // The values that lead elsewhere, ascending; nothing if they are too many.
  static std::optional<std::vector<Point>> PointsOf(const std::vector<ValueRange>& ranges, NodeId others) {
    std::vector<Point> points;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      if (ranges[i].node == others) continue;
      if (LastOf(ranges, i) - ranges[i].first >= kMostValues - points.size()) return std::nullopt;
      for (std::uint32_t value = ranges[i].first;; ++value) {
        points.push_back({value, ranges[i].node});
        if (value == LastOf(ranges, i)) break;
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

  [[nodiscard]] double CostOfLoading(const Pattern& pattern, const std::vector<ValueRange>& rest) const {
    return pattern.IsOneTest() ? 0 : WeightOf(rest) + cost_of_a_test_;
  }

  //     (outside of the hull? others :) a search among its values
  Plan WithinHull(const std::vector<ValueRange>& ranges, const std::vector<Point>& points,
                  const Pattern& hull, NodeId others) const {
    std::vector<ValueRange> inside;
    ForEachValue(hull, [&](std::uint32_t value) {
      const Point* point = Find(points, value);
      const NodeId node = point != nullptr ? point->node : others;
      const double weight = WeightOfValue(ranges, value);
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
            .cost = hull.Instructions() * (WeightOf(ranges) + cost_of_a_test_),
            .cost_of_loading = CostOfLoading(hull, inside)};
  }

  // The share of a value in the weight of its range.
  static double WeightOfValue(const std::vector<ValueRange>& ranges, std::uint32_t value) {
    std::size_t i = 0;
    while (i + 1 < ranges.size() && ranges[i + 1].first <= value) ++i;
    return ranges[i].weight / (static_cast<double>(LastOf(ranges, i) - ranges[i].first) + 1);
  }

  //     (in the cube? its node :) a search for the rest
  Plan CubeFirst(const std::vector<ValueRange>& ranges, const Pattern& cube, NodeId node,
                 NodeId others) const {
    std::vector<ValueRange> rest = Without(ranges, cube, others, others);
    const double cost_of_loading = CostOfLoading(cube, rest);
    return {.rest = std::move(rest),
            .is_first = true,
            .pattern = cube,
            .inside = node,
            .outside = {},
            .cost = cube.Instructions() * (WeightOf(ranges) + cost_of_a_test_),
            .cost_of_loading = cost_of_loading};
  }

  //     a search for the rest, whose last resort is (in the cube? its node : others)
  Plan CubeLast(const std::vector<ValueRange>& ranges, const Pattern& cube, NodeId node, NodeId others) {
    const NodeId last = AddPatternTest(cube, node, others);
    std::vector<ValueRange> rest = Without(ranges, cube, others, last);
    double cost = cube.Instructions() * cost_of_a_test_;
    for (const ValueRange& range : rest)
      if (range.node == last) cost += cube.Instructions() * range.weight;
    return {.rest = std::move(rest),
            .is_first = false,
            .pattern = cube,
            .inside = node,
            .outside = others,
            .cost = cost,
            .cost_of_loading = 0};
  }

  // The ranges when the values of the cube, and all that lead to `others`, lead to `instead`.
  static std::vector<ValueRange> Without(const std::vector<ValueRange>& ranges, const Pattern& cube,
                                         NodeId others, NodeId instead) {
    std::vector<ValueRange> rest;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      const std::uint32_t last = LastOf(ranges, i);
      if (ranges[i].node == others) {
        rest.push_back({ranges[i].first, instead, ranges[i].weight});
        continue;
      }
      const double share = ranges[i].weight / (static_cast<double>(last - ranges[i].first) + 1);
      for (std::uint32_t value = ranges[i].first;; ++value) {
        rest.push_back({value, cube.Has(value) ? instead : ranges[i].node, share});
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

SearchTree BuildValueSearch(const Subject& subject, const std::vector<ValueRange>& ranges,
                            double cost_of_a_test, Graph& graph) {
  return PatternSearch(subject, cost_of_a_test, graph).Build(ranges);
}

}  // namespace precompiledseccomp::compile
