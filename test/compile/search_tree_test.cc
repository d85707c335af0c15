// SPDX-License-Identifier: Apache-2.0
//
// Ranges of the values of a word become a tree that finds them.

#include "compile/search_tree.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "compile/graph_text.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(SearchTreeTest)

constexpr double kCostOfATest = 1;
constexpr std::size_t kOptimalUpTo = 512;

struct Row {
  const char* ranges;
  const char* tree;
};

void Check(const std::vector<Row>& rows, double cost_of_a_test = kCostOfATest,
           std::size_t optimal_up_to = kOptimalUpTo) {
  for (const Row& row : rows) {
    GraphText text;
    const compile::Subject nr = text.ParseTest("nr == 0").subject;
    const compile::NodeId expected = text.Parse(row.tree);
    const compile::NodeId root =
        compile::BuildSearch(nr, text.ParseRanges(row.ranges), cost_of_a_test, text.graph(), optimal_up_to)
            .root;
    BOOST_TEST((root == expected),
               row.ranges << " became\n  " << text.Print(root) << "\nand not\n  " << text.Print(expected));
  }
}

BOOST_AUTO_TEST_CASE(NeighboursThatLeadToTheSameNodeAreOneRange) {
  for (const Row& row : std::vector<Row>{
           {"0: A, 5: B, 9: C", "0: A, 5: B, 9: C"},
           {"0: A, 5: B, 9: B, 12: A", "0: A, 5: B, 12: A"},
           {"0: A, 5: A, 9: A", "0: A"},
       }) {
    GraphText text;
    std::vector<compile::ValueRange> joined = compile::JoinEqualNeighbours(text.ParseRanges(row.ranges));
    // Together they weigh what each of them weighed.
    double weight = 0;
    for (compile::ValueRange& range : joined) weight += std::exchange(range.weight, 1);
    BOOST_TEST(weight == static_cast<double>(text.ParseRanges(row.ranges).size()));
    BOOST_TEST(text.Print(joined) == text.Print(text.ParseRanges(row.tree)));
  }
}

BOOST_AUTO_TEST_CASE(OneRangeNeedsNoTestAndTwoNeedOne) {
  Check({
      {"0: A", "A"},
      {"0: A, 5: A", "A"},
      {"0: A, 5: B", "nr >= 5 ? B : A"},
      {"0: A, 1: B", "nr == 0 ? A : B"},
      {"0: A, 0xffffffff: B", "nr == 0xffffffff ? B : A"},
  });
}

BOOST_AUTO_TEST_CASE(AValueAmongOthersIsOneTest) {
  Check({
      {"0: A, 5: B, 6: A", "nr == 5 ? B : A"},
      {"0: A, 5: B, 6: A, 9: C, 10: A", "nr == 5 ? B : nr == 9 ? C : A"},
      {"0: B, 1: A, 9: C, 10: A", "nr == 0 ? B : nr == 9 ? C : A"},
      {"0: A, 9: C, 10: A, 0xffffffff: B", "nr == 9 ? C : nr == 0xffffffff ? B : A"},
  });
}

BOOST_AUTO_TEST_CASE(ARangeAmongOthersIsTwoTests) {
  Check({
      {"0: A, 5: B, 7: A", "nr >= 5 ? (nr >= 7 ? A : B) : A"},
      {"0: A, 5: B, 0xffffffff: A", "nr >= 5 ? (nr == 0xffffffff ? A : B) : A"},
  });
}

BOOST_AUTO_TEST_CASE(ManyRangesAreATree) {
  Check({
      {"0: A, 10: B, 20: C, 30: D", "nr >= 20 ? (nr >= 30 ? D : C) : nr >= 10 ? B : A"},
      {"0: A, 10: B, 20: C, 30: D, 40: E, 50: F, 60: G, 70: H",
       "nr >= 40 ? (nr >= 60 ? (nr >= 70 ? H : G) : nr >= 50 ? F : E)"
       "         : nr >= 20 ? (nr >= 30 ? D : C) : nr >= 10 ? B : A"},
  });
}

BOOST_AUTO_TEST_CASE(WhatWeighsMuchIsFoundAfterFewTests) {
  Check({
      {"0: A * 100, 10: B, 20: C, 30: D", "nr >= 10 ? (nr >= 20 ? (nr >= 30 ? D : C) : B) : A"},
      {"0: A, 10: B, 20: C, 30: D * 100", "nr >= 30 ? D : nr >= 10 ? (nr >= 20 ? C : B) : A"},
      {"0: A, 5: B, 6: A, 9: C * 100, 10: A", "nr == 9 ? C : nr == 5 ? B : A"},
  });
}

// Three equality tests, which are passed one after the other, or an order test more and one less on each
// path.
BOOST_AUTO_TEST_CASE(TheMoreATestCostsTheFewerThereAre) {
  const char* const ranges = "0: A, 10: B, 11: A, 20: C, 21: A, 30: D, 31: A, 40: E, 41: A";
  Check({{ranges, "nr == 10 ? B : nr == 20 ? C : nr == 30 ? D : nr == 40 ? E : A"}}, 100);
  Check({{ranges, "nr >= 21 ? (nr == 30 ? D : nr == 40 ? E : A) : nr == 10 ? B : nr == 20 ? C : A"}}, 0);
}

BOOST_AUTO_TEST_CASE(MoreRangesThanAreToBePlannedAreSplitWhereTheyBalance) {
  Check(
      {
          {"0: A, 10: B, 20: C, 30: D", "nr >= 20 ? (nr >= 30 ? D : C) : nr >= 10 ? B : A"},
          {"0: A * 9, 10: B, 20: C, 30: D", "nr >= 10 ? (nr >= 20 ? (nr >= 30 ? D : C) : B) : A"},
      },
      kCostOfATest, 2);
}

BOOST_AUTO_TEST_CASE(TheWordMayBeLookedAtUnderAMask) {
  GraphText text;
  const compile::Subject masked = text.ParseTest("arg1.low & 0xff == 0").subject;
  const compile::NodeId expected = text.Parse("arg1.low & 0xff >= 5 ? B : A");
  BOOST_TEST((compile::BuildSearch(masked, text.ParseRanges("0: A, 5: B"), kCostOfATest, text.graph()).root ==
              expected));
}

// What DispatchByNumber() compares searches by.
BOOST_AUTO_TEST_CASE(TheCostIsTheTestsMadeAndTheTestsThatThereAre) {
  struct CostRow {
    const char* ranges;
    double cost;
  };
  for (const CostRow& row : std::vector<CostRow>{
           {"0: A", 0},
           {"0: A * 3, 5: B * 4", 7 + 10},
           {"0: A, 5: B * 4, 6: A", 6 + 10},
           // All pass the first test, all but C the second.
           {"0: A, 5: B * 4, 6: A, 9: C * 8, 10: A", 15 + 10 + 7 + 10},
       }) {
    GraphText text;
    const compile::Subject nr = text.ParseTest("nr == 0").subject;
    BOOST_TEST(compile::BuildSearch(nr, text.ParseRanges(row.ranges), 10, text.graph()).cost == row.cost,
               row.ranges);
  }
}

// However many there are: each is found, and a thousand of them in not many more than ten tests.
BOOST_AUTO_TEST_CASE(EveryValueOfAThousandRangesIsFoundInFewTests) {
  constexpr std::uint32_t kRanges = 1000;
  GraphText text;
  compile::Graph& graph = text.graph();
  std::vector<compile::ValueRange> ranges;
  for (std::uint32_t i = 0; i < kRanges; ++i) ranges.push_back({7 * i, graph.AddLeaf({i, {}}), 1});
  const compile::Subject nr = text.ParseTest("nr == 0").subject;
  const compile::NodeId root = compile::BuildSearch(nr, ranges, kCostOfATest, graph).root;
  for (std::uint32_t value = 0; value < 7 * kRanges; ++value) {
    compile::NodeId id = root;
    int tests = 0;
    for (; !graph[id].is_leaf; ++tests) {
      const compile::Test& test = graph[id].test;
      const bool holds = test.kind == compile::Test::Kind::kEqual ? value == test.operand.value
                                                                  : value >= test.operand.value;
      id = holds ? graph[id].yes : graph[id].no;
    }
    if (graph[id].leaf.return_value != value / 7 || tests > 12)
      BOOST_ERROR(value << " leads to range " << graph[id].leaf.return_value << " after " << tests
                        << " tests");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
