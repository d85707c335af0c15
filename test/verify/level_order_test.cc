// SPDX-License-Identifier: Apache-2.0

#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include "support/random.h"
#include "verify/meaning.h"

namespace precompiledseccomp::testing {
namespace {

using verify::Fact;
using verify::Field;
using verify::LevelOrder;
using verify::Look;

BOOST_AUTO_TEST_SUITE(LevelOrderTest)

BOOST_AUTO_TEST_CASE(TheUsualOrderIsThatOfBytesAndThenOfFactsAsTheyAreMet) {
  LevelOrder order;
  const Fact met{Fact::Relation::kEqual, 3, 4};
  const Fact met_later{Fact::Relation::kEqual, 1, 2};
  BOOST_TEST(order.LevelOf(met) == verify::kBytes);
  BOOST_TEST(order.LevelOf(met_later) == verify::kBytes + 1);
  BOOST_TEST(order.LevelOf(met) == verify::kBytes);
  BOOST_TEST((order.At(verify::kBytes + 1) == Look(met_later)));
  BOOST_TEST((order.FieldAt(order.LevelsOf(verify::kNumber)[1]) == Field{verify::kNumber, 16, 8}));
  BOOST_TEST(order.LevelsOf(verify::kNumber)[1] == verify::LevelOfByteOfNumber(1));
}

BOOST_AUTO_TEST_CASE(TheFieldsOfAWordAreToldFromTheMostSignificantOneWhereverTheyAre) {
  Random random(1);
  const LevelOrder order = RandomOrder(random);
  for (verify::Source word = 0; word < verify::kWords; ++word) {
    int end = 32;
    for (const verify::Level level : order.LevelsOf(word)) {
      const Field& field = order.FieldAt(level);
      BOOST_TEST(field.word == word);
      BOOST_TEST(field.shift + field.width == end);
      end = field.shift;
    }
    BOOST_TEST(end == 0);
  }
}

BOOST_AUTO_TEST_CASE(AnOrderHasEachBitOnceAndTheNumberInFront) {
  std::vector<Look> missing = verify::UsualFields();
  missing.pop_back();
  BOOST_CHECK_THROW(LevelOrder{missing}, std::logic_error);
  std::vector<Look> twice = verify::UsualFields();
  twice.emplace_back(Field{verify::ArgumentWord(5, false), 0, 1});
  BOOST_CHECK_THROW(LevelOrder{twice}, std::logic_error);
  std::vector<Look> number_behind = verify::UsualFields();
  std::swap(number_behind[verify::LevelOfByteOfNumber(3)], number_behind.back());
  BOOST_CHECK_THROW(LevelOrder{number_behind}, std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
