// SPDX-License-Identifier: Apache-2.0
//
// The memory that a proof says it holds.

#include <boost/test/unit_test.hpp>

#include "verify/meaning.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(MemoryTest)

BOOST_AUTO_TEST_CASE(MemoryIsGivenBack) {
  verify::Budget budget({});
  {
    verify::Terms terms;
    verify::LevelOrder order;
    verify::Diagrams diagrams(budget);
    verify::Comparisons comparisons(terms, order, diagrams);
    const std::size_t at_first = budget.bytes();
    BOOST_TEST(at_first > 0U);
    for (std::uint32_t i = 0; i < 20'000; ++i) comparisons.Equal(terms.Word(0), terms.Constant(i));
    BOOST_TEST(budget.bytes() > 20'000U * sizeof(verify::ByteRun));
  }
  BOOST_TEST(budget.bytes() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
