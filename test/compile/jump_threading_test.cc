// SPDX-License-Identifier: Apache-2.0
//
// Tests whose answer is known on the path to them are skipped.

#include "compile/jump_threading.h"

#include <boost/test/unit_test.hpp>

#include "compile/pass_table.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(JumpThreadingTest)

void Check(const std::vector<BeforeAfter>& rows) {
  CheckPass(rows, [](compile::NodeId root, compile::Graph& graph) {
    compile::SkipKnownTests(std::span(&root, 1), graph);
    return root;
  });
}

BOOST_AUTO_TEST_CASE(ATestThatWasMadeBeforeIsSkipped) {
  Check({
      {"on the side of yes", "arg0.high == 0 ? (arg0.low == 3 ? A : arg0.high == 0 ? B : C) : D",
       "arg0.high == 0 ? (arg0.low == 3 ? A : B) : D"},
      {"on the side of no", "arg0.high == 0 ? A : arg0.low == 3 ? B : arg0.high == 0 ? C : D",
       "arg0.high == 0 ? A : arg0.low == 3 ? B : D"},
      {"of bits", "nr & 6 ? A : arg0.low == 1 ? B : nr & 6 ? C : D", "nr & 6 ? A : arg0.low == 1 ? B : D"},
      {"of bits under a mask", "nr & 0x30 == 0x10 ? (arg0.low == 1 ? A : nr & 0x30 == 0x10 ? B : C) : D",
       "nr & 0x30 == 0x10 ? (arg0.low == 1 ? A : B) : D"},
      {"with a variable", "nr == $a ? (arg0.low == 1 ? A : nr == $a ? B : C) : D",
       "nr == $a ? (arg0.low == 1 ? A : B) : D"},
  });
}

BOOST_AUTO_TEST_CASE(ATestThatFollowsFromOthersIsSkipped) {
  Check({
      {"one value is not another", "nr == 3 ? (nr == 4 ? A : B) : C", "nr == 3 ? B : C"},
      {"a value is in a range or not", "nr == 3 ? (nr >= 3 ? A : B) : nr >= 9 ? (nr >= 5 ? C : D) : E",
       "nr == 3 ? A : nr >= 9 ? C : E"},
      {"a value has the bits that it has", "nr == 6 ? (nr & 2 ? A : B) : C", "nr == 6 ? A : C"},
      {"what is left of a range is one value", "nr >= 4 ? (nr >= 6 ? A : nr == 4 ? B : nr == 5 ? C : D) : E",
       "nr >= 4 ? (nr >= 6 ? A : nr == 4 ? B : C) : E"},
      {"below 16 no high bit is set", "nr >= 0x10 ? A : nr & 0x30 ? B : C", "nr >= 0x10 ? A : C"},
  });
}

BOOST_AUTO_TEST_CASE(ATestIsMadeIfNothingIsKnownOfItsAnswer) {
  Check({
      {"of another word", "arg0.high == 0 ? (arg1.high == 0 ? A : B) : C", kTheSame},
      {"of the other half", "arg0.high == 0 ? (arg0.low == 0 ? A : B) : C", kTheSame},
      {"a narrower range", "nr >= 4 ? (nr >= 9 ? A : B) : C", kTheSame},
      {"other bits", "nr & 6 ? (nr & 2 ? A : B) : C", kTheSame},
      {"another variable, which may have the same value", "nr == $a ? (nr == $b ? A : B) : C", kTheSame},
      {"a constant, which may be the variable's value", "nr == $a ? (nr == 7 ? A : B) : C", kTheSame},
  });
}

BOOST_AUTO_TEST_CASE(WhatIsKnownOnSomePathsOnlyIsNotKnown) {
  Check({
      {"two paths that disagree", "again = nr == 1 ? A : B; nr == 1 ? (arg0.low == 1 ? again : C) : again",
       "nr == 1 ? (arg0.low == 1 ? A : C) : B"},
      {"two paths that disagree on a range", "again = nr >= 5 ? A : B; nr >= 4 ? (nr >= 9 ? C : again) : D",
       kTheSame},
      {"two paths to a test that is needed on one of them",
       "again = arg1.low == 7 ? A : nr == 1 ? B : C; nr == 1 ? (arg0.low == 1 ? again : D) : again",
       kTheSame},
      {"two paths that agree",
       "again = arg1.low == 7 ? A : nr & 4 ? B : C; nr == 5 ? again : nr == 6 ? again : D",
       "again = arg1.low == 7 ? A : B; nr == 5 ? again : nr == 6 ? again : D"},
  });
}

// The test is gone from the path, and with it the only use of what it led to.
BOOST_AUTO_TEST_CASE(WhatNobodyReachesDisappears) {
  Check({
      {"a side", "nr == 1 ? (nr == 2 ? (arg0.low == 1 ? A : B) : C) : D", "nr == 1 ? C : D"},
      {"a test with equal sides", "nr == 1 ? (nr >= 2 ? B : A) : A", "A"},
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
