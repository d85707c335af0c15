// SPDX-License-Identifier: Apache-2.0
//
// Tests of constants that mean the same have one form. The others stay as they are.

#include "compile/canonical_form.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "compile/graph_text.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(CanonicalFormTest)

using compile::Canonical;

struct Row {
  const char* test;
  const char* canonical;  // "not" before it if the sides are exchanged
};

std::string TextOf(const Canonical& canonical, const GraphText& text) {
  if (canonical.answer == Canonical::Answer::kYes) return "always";
  if (canonical.answer == Canonical::Answer::kNo) return "never";
  return (canonical.exchanged ? "not " : "") + text.Print(canonical.test);
}

void Check(const std::vector<Row>& rows) {
  for (const Row& row : rows)
    for (const std::uint32_t number : kNumbers) {
      GraphText text(X86(), number);
      const compile::Test test = text.ParseTest(row.test);
      BOOST_TEST(TextOf(compile::CanonicalFormOf(test), text) == row.canonical, "of " << row.test);
    }
}

BOOST_AUTO_TEST_CASE(AnOrderIsAskedForInOneWay) {
  Check({
      {"nr > 5", "nr >= 6"},
      {"nr >= 5", "nr >= 5"},
      {"nr >= 0x80000000", "nr >= 0x80000000"},
      {"nr == 5", "nr == 5"},
  });
}

BOOST_AUTO_TEST_CASE(AtTheEndsOfTheRangeAnOrderIsAnEqualityOrHasOneAnswer) {
  Check({
      {"nr >= 0", "always"},
      {"nr >= 1", "not nr == 0"},
      {"nr > 0", "not nr == 0"},
      {"nr > 0xfffffffd", "nr >= 0xfffffffe"},
      {"nr > 0xfffffffe", "nr == 0xffffffff"},
      {"nr >= 0xffffffff", "nr == 0xffffffff"},
      {"nr > 0xffffffff", "never"},
  });
}

BOOST_AUTO_TEST_CASE(AllBitsFromTheTopDownAreAnOrder) {
  Check({
      {"nr & 0x80000000", "nr >= 0x80000000"},
      {"nr & 0xf0000000", "nr >= 0x10000000"},
      {"nr & 0xfffffffe", "nr >= 2"},
      // Those that do not reach the top, or have gaps, are not.
      {"nr & 0x70000000", "nr & 0x70000000"},
      {"nr & 0xc0000001", "nr & 0xc0000001"},
      {"nr & 1", "nr & 1"},
  });
}

BOOST_AUTO_TEST_CASE(NoBitsAndAllBits) {
  Check({
      {"nr & 0", "never"},
      {"nr & 0xffffffff", "not nr == 0"},
      {"nr & 0 == 0", "always"},
      {"nr & 0xffffffff == 7", "nr == 7"},
      {"nr & 0xffffffff == 0", "nr == 0"},
  });
}

BOOST_AUTO_TEST_CASE(BitsThatAreToBeZeroAreNoneThatIsSet) {
  Check({
      {"nr & 0x30 == 0", "not nr & 0x30"},
      {"nr & 8 == 0", "not nr & 8"},
      {"nr & 0xf0000000 == 0", "not nr >= 0x10000000"},
  });
}

BOOST_AUTO_TEST_CASE(BitsThatAreToBeOneAreATestOfBitsOnlyIfThereIsOne) {
  Check({
      {"nr & 8 == 8", "nr & 8"},
      {"nr & 0x80000000 == 0x80000000", "nr >= 0x80000000"},
      {"nr & 0xf0000000 == 0xf0000000", "nr >= 0xf0000000"},
      {"nr & 0x30 == 0x30", "nr & 0x30 == 0x30"},
  });
}

BOOST_AUTO_TEST_CASE(OtherBitsUnderAMaskStayAsTheyAre) {
  Check({
      {"nr & 0x30 == 0x10", "nr & 0x30 == 0x10"},
      {"nr & 0xf0000000 == 0x10000000", "nr & 0xf0000000 == 0x10000000"},
      // Bits outside of the mask are zero.
      {"nr & 0x30 == 0x40", "never"},
      {"nr & 0x30 == 0x50", "never"},
      {"nr & 0 == 1", "never"},
  });
}

// Whatever the number is that a filter is compiled with: a filter is compiled for all of them.
BOOST_AUTO_TEST_CASE(TestsWithVariablesStayAsTheyAre) {
  Check({
      {"nr == $a", "nr == $a"},
      {"nr > $a", "nr > $a"},
      {"nr >= $a", "nr >= $a"},
      {"nr & $a", "nr & $a"},
      {"nr & $a == 0", "nr & $a == 0"},
      {"nr & $a == $a", "nr & $a == $a"},
      {"nr & 0 == $a", "nr & 0 == $a"},
      {"nr & 0xffffffff == $a", "nr & 0xffffffff == $a"},
      {"nr | $a == $a", "nr | $a == $a"},
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
