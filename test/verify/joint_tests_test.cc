// SPDX-License-Identifier: Apache-2.0

#include "verify/joint_tests.h"

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>

#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

using verify::HasJointTests;

// Three tests against variables.
struct ThreeTests {
  Values v{X86(), {"a", "b", "c"}};
  Condition a = Arg(0) == v["a"];
  Condition b = Arg(1) > v["b"];
  Condition c = (Arg(2) & v["c"]) == 0;
};

BOOST_FIXTURE_TEST_SUITE(JointTestsTest, ThreeTests)

BOOST_AUTO_TEST_CASE(OneTestIsNot) {
  BOOST_TEST(!HasJointTests(Always()));
  BOOST_TEST(!HasJointTests(Arg(0) == 1 && Arg(1) == 2));
  BOOST_TEST(!HasJointTests(a && Arg(1) == 5));
  BOOST_TEST(!HasJointTests(!(a || Arg(1) == 5)));
}

BOOST_AUTO_TEST_CASE(AlternativesAreNot) {
  BOOST_TEST(!HasJointTests(a || b || c));
  BOOST_TEST(!HasJointTests(Arg(0).In({v["a"], v["b"], 5})));
  BOOST_TEST(!HasJointTests((a && Arg(1) == 5) || (b && Arg(2) == 5)));
  BOOST_TEST(!HasJointTests(!(a && b && c)));
}

BOOST_AUTO_TEST_CASE(TestsThatHaveToHoldTogetherAre) {
  BOOST_TEST(HasJointTests(a && b));
  BOOST_TEST(HasJointTests(c || (a && Arg(3) == 5 && b)));
  BOOST_TEST(HasJointTests((a || b) && c));
  BOOST_TEST(HasJointTests(!(a || b)));
  BOOST_TEST(HasJointTests(!(a || !(b || c))));
  BOOST_TEST(HasJointTests(Arg(0).OnlyBits(v["a"]) && Arg(1).In({1, v["b"]})));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
