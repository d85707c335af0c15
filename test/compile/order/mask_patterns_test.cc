// SPDX-License-Identifier: Apache-2.0
//
// Values that have bits in common are found by a test of these bits, where that is cheaper than order tests.

#include "compile/order/mask_patterns.h"

#include <vector>

#include <boost/test/unit_test.hpp>

#include "compile/graph_text.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(MaskPatternsTest)

struct Row {
  const char* ranges;
  const char* tree;
};

void Check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    GraphText text;
    const compile::Subject nr = text.ParseTest("nr == 0").subject;
    const compile::NodeId expected = text.Parse(row.tree);
    const compile::NodeId root =
        compile::BuildValueSearch(nr, text.ParseRanges(row.ranges), 1, text.graph()).root;
    BOOST_TEST((root == expected),
               row.ranges << " became\n  " << text.Print(root) << "\nand not\n  " << text.Print(expected));
  }
}

BOOST_AUTO_TEST_CASE(AllCombinationsOfSomeBitsAreOneTest) {
  Check({
      // 0, 1, 0x80, 0x81
      {"0: A, 2: B, 0x80: A, 0x82: B", "nr & 0xffffff7e ? B : A"},
      // 0, 2, 8, 10
      {"0: A, 1: B, 2: A, 3: B, 8: A, 9: B, 10: A, 11: B", "nr & 0xfffffff5 ? B : A"},
  });
}

BOOST_AUTO_TEST_CASE(SoAreTheyWithABitThatTheyAllHave) {
  Check({
      // 0x10, 0x11, 0x90, 0x91
      {"0: B, 0x10: A, 0x12: B, 0x90: A, 0x92: B", "nr & 0xffffff7e == 0x10 ? A : B"},
  });
}

BOOST_AUTO_TEST_CASE(ValuesThatLeadElsewhereAreToldApartWithinThePattern) {
  Check({
      // 0, 1 lead to A; 0x80, 0x81 to B
      {"0: A, 2: C, 0x80: B, 0x82: C", "nr & 0xffffff7e ? C : nr >= 0x80 ? B : A"},
  });
}

BOOST_AUTO_TEST_CASE(ValuesBesideAPatternAreTestedBesideIt) {
  Check({
      // 0, 1, 0x80, 0x81, and 0x89
      {"0: A, 2: B, 0x80: A, 0x82: B, 0x89: A, 0x8a: B", "nr == 0x89 ? A : nr & 0xffffff7e ? B : A"},
  });
}

BOOST_AUTO_TEST_CASE(ARangeIsFoundByOrderTests) {
  Check({
      {"0: A, 8: B", "nr >= 8 ? B : A"},
      {"0: A, 4: B, 8: C, 12: D", "nr >= 8 ? (nr >= 12 ? D : C) : nr >= 4 ? B : A"},
  });
}

BOOST_AUTO_TEST_CASE(ValuesWithoutAPatternAreSearched) {
  Check({
      {"0: B, 1: A, 2: B, 0x80: A, 0x81: B", "nr == 1 ? A : nr == 0x80 ? A : B"},
      {"0: B, 3: A, 4: B, 0x14: A, 0x15: B, 0x28: A, 0x29: B",
       "nr == 3 ? A : nr == 0x14 ? A : nr == 0x28 ? A : B"},
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
