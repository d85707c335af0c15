// SPDX-License-Identifier: Apache-2.0

#include "verify/arrangement.h"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "support/random.h"

namespace precompiledseccomp::testing {
namespace {

using verify::Arrange;
using verify::Arrangement;
using verify::EstimateAsGiven;
using verify::Question;

std::vector<int> Bits(std::size_t things) {
  return std::vector<int>(things, 1);
}

BOOST_AUTO_TEST_SUITE(ArrangementTest)

BOOST_AUTO_TEST_CASE(TheLineIsAsGivenIfNoneIsBetter) {
  const Question chain = {{{0, 1}}, {{1, 2}}, {{2, 3}}};
  BOOST_TEST((Arrange(Bits(4), {chain}).line == std::vector<std::size_t>{0, 1, 2, 3}));
  BOOST_TEST((Arrange(Bits(3), {}).line == std::vector<std::size_t>{0, 1, 2}));
  BOOST_TEST(Arrange({}, {}).line.empty());
}

// The example of arrangement.cc: behind a and b, what is still possible are two things, or none.
BOOST_AUTO_TEST_CASE(TheEstimateIsHowMuchThereIsToRememberAtEachPlace) {
  const Question example = {{{0, 2}}, {{1, 4}}, {{2, 3}}};
  BOOST_TEST(EstimateAsGiven(Bits(5), {example}) == 2U + 4U + 4U + 2U + 1U);
  // Several that look at the same are not as many things to remember, and never more than the value.
  BOOST_TEST(EstimateAsGiven({8, 8}, {{{{0, 1}, 3}}}) == 4U + 1U);
  BOOST_TEST(EstimateAsGiven({1, 8}, {{{{0, 1}, 3}}}) == 2U + 1U);
  // Two questions are two diagrams.
  BOOST_TEST(EstimateAsGiven(Bits(2), {{{{0, 1}}}, {{{0, 1}}}}) == 2U * (2U + 1U));
}

BOOST_AUTO_TEST_CASE(PairsThatAreFarApartBecomeNeighbours) {
  constexpr std::size_t kPairs = 20;
  Question pairs;
  for (std::size_t i = 0; i < kPairs; ++i) pairs.push_back({{i, kPairs + i}});
  const Arrangement arrangement = Arrange(Bits(2 * kPairs), {pairs});
  BOOST_TEST(arrangement.estimate == kPairs * (2U + 1U));
  for (std::size_t place = 0; place < arrangement.line.size(); place += 2)
    BOOST_TEST(arrangement.line[place] % kPairs == arrangement.line[place + 1] % kPairs);
}

BOOST_AUTO_TEST_CASE(EachThingIsInTheLineOnceAndTheEstimateIsThatOfTheLine) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    const std::size_t things = random.Between(2, 12);
    std::vector<Question> questions(random.Between(1, 3));
    for (Question& question : questions)
      for (std::size_t i = random.Between(1, 8); i > 0; --i) {
        const std::size_t first = random.Below(things - 1);
        question.push_back({{first, random.Between(first + 1, things - 1)}, random.Between(1, 3)});
      }
    const Arrangement arrangement = Arrange(Bits(things), questions);
    std::vector<std::size_t> place_of(things, things);
    for (std::size_t place = 0; place < arrangement.line.size(); ++place)
      place_of[arrangement.line[place]] = place;
    BOOST_TEST(std::count(place_of.begin(), place_of.end(), things) == 0);
    BOOST_TEST(arrangement.estimate <= EstimateAsGiven(Bits(things), questions));
    for (Question& question : questions)
      for (verify::Together& together : question)
        for (std::size_t& thing : together.things) thing = place_of[thing];
    BOOST_TEST(EstimateAsGiven(Bits(things), questions) == arrangement.estimate);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
