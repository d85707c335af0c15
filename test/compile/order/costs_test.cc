// SPDX-License-Identifier: Apache-2.0
//
// What decisions cost: the instructions that there are, without the answers, and those on the paths.

#include "compile/order/costs.h"

#include <vector>

#include <boost/test/unit_test.hpp>

#include "compile/graph_text.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(CostsTest)

using compile::Costs;
using compile::NodeId;

BOOST_AUTO_TEST_CASE(EachTestIsAnInstructionAndSoAreItsLoadAndItsMask) {
  struct Row {
    const char* decision;
    double instructions;
    double longest;  // path, with the number in the accumulator
  };
  for (const Row& row : std::vector<Row>{
           {"A", 0, 0},
           {"nr == 1 ? A : B", 2, 1},  // whoever comes first has to load it
           {"arg0.low == 1 ? A : B", 2, 2},
           {"arg0.low == 1 ? A : arg0.low == 2 ? B : C", 3, 3},
           {"arg0.low == 1 ? A : arg1.low == 2 ? B : C", 4, 4},
           {"arg0.low & 6 == 2 ? A : B", 3, 3},
           {"arg0.low & 6 == 2 ? A : arg0.low & 6 == 4 ? B : C", 5, 4},
           {"arg0.low & 6 == 2 ? A : arg0.low == 7 ? B : C", 5, 5},
           {"last = arg2.low == 5 ? A : B; arg0.low == 1 ? last : arg1.low == 2 ? last : B", 6, 6},
       }) {
    GraphText text;
    const NodeId root = text.Parse(row.decision);
    Costs costs(text.graph());
    BOOST_TEST(costs.CountNew({&root, 1}) == row.instructions, row.decision);
    BOOST_TEST(costs.PathsOf(root).longest == row.longest, row.decision);
  }
}

BOOST_AUTO_TEST_CASE(PathsToARefusalHardlyCountForTheMean) {
  struct Row {
    const char* decision;
    double mean;
  };
  for (const Row& row : std::vector<Row>{
           {"arg0.low == 1 ? A : B", 2},
           {"arg0.low == 1 ? A : arg0.low == 2 ? B : C", (2 + 3 + 3) / 3.0},
           {"arg0.low == 1 ? allow : arg0.low == 2 ? allow : kill", (2 + 3 + 3 * 0.001) / 2.001},
           {"arg0.low == 1 ? kill : arg0.low == 2 ? kill : allow", (2 * 0.001 + 3 * 0.001 + 3) / 1.002},
       }) {
    GraphText text;
    const NodeId root = text.Parse(row.decision);
    BOOST_TEST(Costs(text.graph()).PathsOf(root).mean == row.mean, boost::test_tools::tolerance(1e-9));
  }
}

BOOST_AUTO_TEST_CASE(WhatIsKeptForOthersCostsNothing) {
  GraphText text;
  const NodeId one = text.Parse("arg0.low == 1 ? (arg2.low == 5 ? A : B) : B");
  const NodeId other = text.Parse("arg1.low == 1 ? (arg2.low == 5 ? A : B) : B");
  Costs costs(text.graph());
  BOOST_TEST(costs.CountNew({&other, 1}) == 4);
  costs.Keep(one);
  BOOST_TEST(costs.CountNew({&other, 1}) == 2);
  BOOST_TEST(costs.CountNew({&one, 1}) == 0);
  costs.Keep(other);
  costs.Release(one);
  BOOST_TEST(costs.IsKept(text.Parse("arg2.low == 5 ? A : B")));
  BOOST_TEST(!costs.IsKept(one));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
