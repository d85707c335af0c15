// SPDX-License-Identifier: Apache-2.0
//
// What is left of a decision once one of its questions is answered.

#include "compile/order/cofactors.h"

#include <cstddef>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "compile/graph_text.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(CofactorsTest)

using compile::Cofactor;
using compile::Cofactoring;

constexpr std::size_t kMuchWork = 1000;

struct Row {
  const char* decision;
  const char* question;   // a test that asks it
  const char* cofactors;  // of a range, by the word's values; of any other question, 0 is no and 1 is yes
};

std::string TextOf(const std::vector<Cofactor>& cofactors, const GraphText& text) {
  std::vector<compile::ValueRange> ranges;
  for (const Cofactor& cofactor : cofactors) ranges.push_back({cofactor.first, cofactor.node, 1});
  return text.Print(ranges);
}

void Check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    GraphText text;
    Cofactoring cofactoring(text.graph());
    cofactoring.Begin(text.Parse(row.decision));
    std::size_t work_left = kMuchWork;
    const auto cofactors = cofactoring.Split(compile::QuestionOf(text.ParseTest(row.question)), work_left);
    BOOST_TEST(TextOf(cofactors, text) == text.Print(text.ParseRanges(row.cofactors)),
               row.decision << " by " << row.question);
  }
}

BOOST_AUTO_TEST_CASE(EqualityAndOrderOfOneWordAreOneQuestion) {
  GraphText text;
  const auto is_same = [&](const char* one, const char* other) {
    return compile::QuestionOf(text.ParseTest(one)) == compile::QuestionOf(text.ParseTest(other));
  };
  BOOST_TEST(is_same("nr == 3", "nr >= 9"));
  BOOST_TEST(is_same("nr & 7 == 3", "nr & 7 == 4"));
  BOOST_TEST(!is_same("arg0.low == 3", "arg0.high == 3"));
  BOOST_TEST(!is_same("nr & 7 == 3", "nr & 6 == 4"));
  BOOST_TEST(!is_same("nr == 3", "nr & 7 == 3"));
  // Bits and variables ask for themselves.
  BOOST_TEST(!is_same("nr == 3", "nr & 3"));
  BOOST_TEST(!is_same("nr & 1", "nr & 3"));
  BOOST_TEST(!is_same("nr == 3", "nr == $a"));
  BOOST_TEST(!is_same("nr == $a", "nr >= $a"));
  BOOST_TEST(!is_same("nr == $a", "nr == $b"));
}

BOOST_AUTO_TEST_CASE(ADecisionIsSplitWhereItsTestsChange) {
  Check({
      {"nr == 3 ? A : B", "nr == 0", "0: B, 3: A, 4: B"},
      {"nr >= 5 ? A : B", "nr == 0", "0: B, 5: A"},
      {"nr == 0 ? A : B", "nr == 0", "0: A, 1: B"},
      {"nr == 0xffffffff ? A : B", "nr == 0", "0: B, 0xffffffff: A"},
      {"nr >= 5 ? (nr == 9 ? A : B) : nr == 3 ? A : C", "nr == 0", "0: C, 3: A, 4: C, 5: B, 9: A, 10: B"},
      // What cannot be is left out: 3 is not at least 5.
      {"nr >= 5 ? (nr == 3 ? A : B) : C", "nr == 0", "0: C, 5: B"},
  });
}

BOOST_AUTO_TEST_CASE(OtherTestsStandBeforeWhatIsLeft) {
  Check({
      {"arg1.low == 7 ? (nr == 3 ? A : B) : C", "nr == 0",
       "0: (arg1.low == 7 ? B : C), 3: (arg1.low == 7 ? A : C), 4: (arg1.low == 7 ? B : C)"},
      {"nr == 3 ? (arg1.low == 7 ? A : B) : B", "arg1.low == 0", "0: B, 7: (nr == 3 ? A : B), 8: B"},
      // Both sides are the same once it is answered.
      {"arg1.low == 7 ? (nr == 3 ? A : B) : nr == 3 ? A : C", "nr == 0",
       "0: (arg1.low == 7 ? B : C), 3: A, 4: (arg1.low == 7 ? B : C)"},
  });
}

BOOST_AUTO_TEST_CASE(WhatIsNotAskedMakesNoDifference) {
  Check({{"nr == 3 ? A : B", "arg0.low == 0", "0: (nr == 3 ? A : B)"}});
}

BOOST_AUTO_TEST_CASE(BitsAreAnsweredByAValueThatStandsAlone) {
  Check({
      {"nr & 2 ? (nr == 6 ? A : B) : C", "nr == 0", "0: (nr & 2 ? B : C), 6: A, 7: (nr & 2 ? B : C)"},
      {"nr & 2 ? B : nr == 5 ? A : C", "nr == 0", "0: (nr & 2 ? B : C), 5: A, 6: (nr & 2 ? B : C)"},
      {"nr & 0x30 == 0x10 ? (nr == 0x51 ? A : B) : C", "nr == 0",
       "0: (nr & 0x30 == 0x10 ? B : C), 0x51: A, 0x52: (nr & 0x30 == 0x10 ? B : C)"},
      // The bits of another word are not.
      {"arch & 2 ? (nr == 6 ? A : B) : C", "nr == 0",
       "0: (arch & 2 ? B : C), 6: (arch & 2 ? A : C), 7: (arch & 2 ? B : C)"},
  });
}

BOOST_AUTO_TEST_CASE(AnyOtherQuestionIsAnsweredByNoOrYes) {
  Check({
      {"nr & 6 ? A : B", "nr & 6", "0: B, 1: A"},
      {"nr == $a ? A : nr == 3 ? B : C", "nr == $a", "0: (nr == 3 ? B : C), 1: A"},
      {"nr == 3 ? (nr == $a ? A : B) : B", "nr == $a", "0: B, 1: (nr == 3 ? A : B)"},
      // A variable has no place among the constants.
      {"nr == $a ? A : nr == 3 ? B : C", "nr == 0",
       "0: (nr == $a ? A : C), 3: (nr == $a ? A : B), 4: (nr == $a ? A : C)"},
  });
}

BOOST_AUTO_TEST_CASE(QuestionsAreListedAsTheyComeUp) {
  GraphText text;
  Cofactoring cofactoring(text.graph());
  cofactoring.Begin(
      text.Parse("arg0.low == 1 ? (arg1.low >= 7 ? A : B) : arg0.low == 2 ? A : arg2.low & 6 ? C : B"));
  std::size_t work_left = kMuchWork;
  const auto questions = cofactoring.Questions(work_left);
  BOOST_TEST_REQUIRE(questions.has_value());
  BOOST_TEST(questions->size() == 3U);
  BOOST_TEST((questions->front() == compile::QuestionOf(text.ParseTest("arg0.low == 0"))));
}

BOOST_AUTO_TEST_CASE(WithoutEnoughWorkLeftThereIsNoResult) {
  GraphText text;
  Cofactoring cofactoring(text.graph());
  const compile::NodeId decision = text.Parse("nr == 3 ? A : nr == 5 ? B : nr == 7 ? C : D");
  const compile::Question question = compile::QuestionOf(text.ParseTest("nr == 0"));
  cofactoring.Begin(decision);
  // Three, five and seven of the three branches, from the bottom up.
  std::size_t enough = 15;
  BOOST_TEST(cofactoring.Split(question, enough).size() == 7U);
  BOOST_TEST(enough == 0U);
  std::size_t too_little = 14;
  BOOST_TEST(cofactoring.Split(question, too_little).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
