// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "support/calls.h"
#include "support/random.h"
#include "verify/meaning.h"

namespace precompiledseccomp::testing {
namespace {

using verify::DiagramId;
using verify::Diagrams;
using verify::TermId;

// Values at which comparisons with few constants of these digits change.
std::uint32_t RandomWord(Random& random) {
  static const std::vector<std::uint32_t> kBytes = {0, 1, 2, 0x7f, 0x80, 0xfe, 0xff};
  std::uint32_t word = 0;
  for (int byte = 0; byte < 4; ++byte) word = word << 8 | random.OneOf(kBytes);
  return word;
}

BOOST_AUTO_TEST_SUITE(DiagramsTest)

BOOST_AUTO_TEST_CASE(EqualSetsAreOneNodeHoweverTheyAreMade) {
  Workplace w;
  const TermId number = w.terms.Word(verify::kNumber);
  const auto equal = [&](std::uint32_t value) {
    return w.comparisons.Equal(number, w.terms.Constant(value));
  };
  DiagramId up = Diagrams::kNo;
  DiagramId down = Diagrams::kNo;
  for (std::uint32_t value = 250; value <= 600; ++value) up = w.diagrams.Or(up, equal(value));
  for (std::uint32_t value = 600; value >= 250; --value) down = w.diagrams.Or(equal(value), down);
  const DiagramId range = w.diagrams.And(w.comparisons.Greater(number, w.terms.Constant(249)),
                                         w.comparisons.Greater(w.terms.Constant(601), number));
  BOOST_TEST(up == down);
  BOOST_TEST(up == range);
  BOOST_TEST(w.diagrams.Not(w.diagrams.Not(up)) == up);
  BOOST_TEST(w.diagrams.Or(up, w.diagrams.Not(up)) == Diagrams::kYes);
  BOOST_TEST(w.diagrams.And(up, w.diagrams.Not(range)) == Diagrams::kNo);
}

BOOST_AUTO_TEST_CASE(ManyNodesAreStillFoundAgain) {
  Workplace w;
  const TermId low = w.terms.Word(verify::ArgumentWord(0, false));
  const auto set = [&] {
    DiagramId all = Diagrams::kNo;
    Random random(7);
    for (int i = 0; i < 2000; ++i)
      all = w.diagrams.Or(all, w.comparisons.Equal(low, w.terms.Constant(random.Word32())));
    return all;
  };
  BOOST_TEST(set() == set());
}

// Compares (word & mask) ^ flip with a constant, for all relations that instructions have.
BOOST_AUTO_TEST_CASE(ComparisonsWithConstantsAreExactInAnyOrder) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    Workplace w(random.OneIn(3) ? verify::LevelOrder() : RandomOrder(random));
    const std::uint32_t mask = random.OneIn(3) ? UINT32_MAX : RandomWord(random);
    const std::uint32_t flip = random.OneIn(2) ? 0 : RandomWord(random);
    const std::uint32_t constant = RandomWord(random);
    const std::size_t levels = w.order.size();
    const TermId word = w.terms.Word(verify::InstructionPointerWord(false));
    const TermId left = w.terms.Xor(w.terms.And(word, w.terms.Constant(mask)), w.terms.Constant(flip));
    const TermId right = w.terms.Constant(constant);
    const DiagramId equal = w.comparisons.Equal(left, right);
    const DiagramId greater = w.comparisons.Greater(left, right);
    const DiagramId less = w.comparisons.Greater(right, left);
    const DiagramId not_less = w.comparisons.GreaterOrEqual(left, right);
    const DiagramId in_common = w.comparisons.AnyBitInCommon(left, right);
    BOOST_TEST(w.order.size() == levels);
    for (int i = 0; i < 100; ++i) {
      const std::uint32_t value = random.OneIn(2) ? RandomWord(random) : constant ^ flip;
      const std::uint32_t result = (value & mask) ^ flip;
      seccomp_data call{};
      call.instruction_pointer = value;
      BOOST_TEST(w.Holds(equal, call) == (result == constant));
      BOOST_TEST(w.Holds(greater, call) == (result > constant));
      BOOST_TEST(w.Holds(less, call) == (result < constant));
      BOOST_TEST(w.Holds(not_less, call) == (result >= constant));
      BOOST_TEST(w.Holds(in_common, call) == ((result & constant) != 0));
    }
  }
}

BOOST_AUTO_TEST_CASE(ComparisonsWithVariablesAreFactsOfWhichOneHolds) {
  Workplace w;
  const TermId word = w.terms.Word(verify::ArgumentWord(0, false));
  const TermId fd = w.terms.Variable("fd");
  const DiagramId equal = w.comparisons.Equal(word, fd);
  const DiagramId greater = w.comparisons.Greater(word, fd);
  const DiagramId less = w.comparisons.Greater(fd, word);
  BOOST_TEST(equal == w.comparisons.Equal(fd, word));
  BOOST_TEST(w.order.size() == verify::kBytes + 2);
  BOOST_TEST(w.diagrams.And(greater, less) == Diagrams::kNo);
  BOOST_TEST(w.diagrams.And(equal, greater) == Diagrams::kNo);
  BOOST_TEST(w.diagrams.Or(w.diagrams.Or(less, greater), equal) == Diagrams::kYes);
  const seccomp_data call = Call(0, {5});
  BOOST_TEST(w.Holds(equal, call, {{"fd", 5}}));
  BOOST_TEST(w.Holds(greater, call, {{"fd", 4}}));
  BOOST_TEST(w.Holds(less, call, {{"fd", 6}}));
}

BOOST_AUTO_TEST_CASE(AChoiceIsOneOfItsTwoSides) {
  Workplace w;
  const DiagramId test = w.comparisons.Equal(w.terms.Word(verify::kNumber), w.terms.Constant(3));
  const DiagramId one = w.diagrams.Answer(w.terms.Constant(1));
  const DiagramId two = w.diagrams.Answer(w.terms.Constant(2));
  const DiagramId choice = w.diagrams.Choose(test, one, two);
  BOOST_TEST(w.AnswerOf(choice, Call(3)) == 1U);
  BOOST_TEST(w.AnswerOf(choice, Call(4)) == 2U);
  BOOST_TEST(w.diagrams.Choose(test, one, one) == one);
  BOOST_TEST(w.diagrams.Choose(w.diagrams.Not(test), two, one) == choice);
}

// Choices are remembered in less room than there are choices.
BOOST_AUTO_TEST_CASE(ChoicesThatDifferInOneSideAreNotMixedUp) {
  Workplace w;
  const DiagramId three = w.comparisons.Equal(w.terms.Word(verify::kNumber), w.terms.Constant(3));
  const DiagramId four = w.comparisons.Equal(w.terms.Word(verify::kNumber), w.terms.Constant(4));
  const auto check = [&](DiagramId test, std::uint32_t number, std::uint32_t yes, std::uint32_t no) {
    const DiagramId choice = w.diagrams.Choose(test, w.diagrams.Answer(w.terms.Constant(yes)),
                                               w.diagrams.Answer(w.terms.Constant(no)));
    return w.AnswerOf(choice, Call(number)) == yes && w.AnswerOf(choice, Call(9)) == no;
  };
  int wrong = 0;
  for (std::uint32_t answer = 2; answer <= 5000; ++answer) {
    wrong += check(three, 3, 1, answer) ? 0 : 1;
    wrong += check(three, 3, answer, 1) ? 0 : 1;
    wrong += check(four, 4, 1, answer) ? 0 : 1;
  }
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(MoreThanTheLimitsIsTooMuch) {
  Workplace few_steps({.steps = 3});
  const TermId word = few_steps.terms.Word(verify::kNumber);
  const auto work = [&] {
    DiagramId all = Diagrams::kNo;
    for (std::uint32_t i = 0; i < 10; ++i)
      all = few_steps.diagrams.Or(all, few_steps.comparisons.Equal(word, few_steps.terms.Constant(2 * i)));
  };
  BOOST_CHECK_THROW(work(), verify::TooMuchWork);
  Workplace little_memory({.bytes = 500'000});
  const auto fill = [&] {
    for (std::uint32_t i = 0; i < 20'000; ++i)
      little_memory.comparisons.Equal(little_memory.terms.Word(0), little_memory.terms.Constant(i));
  };
  BOOST_CHECK_THROW(fill(), verify::TooMuchWork);
}

BOOST_AUTO_TEST_CASE(MemoryIsCountedAndGivenBack) {
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
