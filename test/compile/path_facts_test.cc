// SPDX-License-Identifier: Apache-2.0
//
// What is known of the answer of a test, given those of the tests on the path to it.

#include "compile/path_facts.h"

#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "compile/graph_text.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(PathFactsTest)

using compile::Knowledge;

struct Row {
  const char* path;  // tests with their answers: "nr >= 5, not nr == 7"
  const char* test;
  const char* answer;  // yes, no, or open
};

// Calls `assume` with each test of a path and its answer.
template <typename Function>
void ForEachTest(std::string_view path, GraphText& text, const Function& assume) {
  while (!path.empty()) {
    const std::size_t end = std::min(path.find(", "), path.size());
    std::string_view test = path.substr(0, end);
    path.remove_prefix(std::min(end + 2, path.size()));
    const bool answer = !test.starts_with("not ");
    if (!answer) test.remove_prefix(4);
    assume(text.ParseTest(test), answer);
  }
}

Knowledge KnowledgeOn(std::string_view path, GraphText& text) {
  Knowledge known;
  ForEachTest(path, text, [&](const compile::Test& test, bool answer) {
    BOOST_TEST(known.Assume(test, answer), path << " contradicts itself");
  });
  return known;
}

std::string AnswerOf(const compile::Test& test, const Knowledge& known) {
  const bool may_be_yes = known.Allows(test, true);
  const bool may_be_no = known.Allows(test, false);
  return may_be_yes ? (may_be_no ? "open" : "yes") : (may_be_no ? "no" : "neither");
}

void Check(const std::vector<Row>& rows) {
  for (const Row& row : rows)
    for (const std::uint32_t number : kNumbers) {
      GraphText text(X86(), number);
      BOOST_TEST(AnswerOf(text.ParseTest(row.test), KnowledgeOn(row.path, text)) == row.answer,
                 row.test << " behind " << row.path);
    }
}

BOOST_AUTO_TEST_CASE(AValueAnswersAllTestsOfConstants) {
  Check({
      {"nr == 6", "nr == 6", "yes"},
      {"nr == 6", "nr == 7", "no"},
      {"nr == 6", "nr >= 6", "yes"},
      {"nr == 6", "nr >= 7", "no"},
      {"nr == 6", "nr > 5", "yes"},
      {"nr == 6", "nr > 6", "no"},
      {"nr == 6", "nr & 2", "yes"},
      {"nr == 6", "nr & 9", "no"},
      {"nr == 6", "nr & 3 == 2", "yes"},
      {"nr == 6", "nr & 3 == 1", "no"},
      {"nr == 6", "nr == $a", "open"},
  });
}

BOOST_AUTO_TEST_CASE(ARangeAnswersWhatIsTheSameForAllOfIt) {
  Check({
      {"nr >= 5", "nr >= 5", "yes"},
      {"nr >= 5", "nr >= 4", "yes"},
      {"nr >= 5", "nr >= 6", "open"},
      {"nr >= 5", "nr == 4", "no"},
      {"nr >= 5", "nr == 5", "open"},
      {"not nr >= 5", "nr == 5", "no"},
      {"not nr >= 5", "nr == 4", "open"},
      {"nr > 5", "nr == 5", "no"},
      {"not nr > 5", "nr == 6", "no"},
      {"nr >= 5, not nr >= 6", "nr == 5", "yes"},
  });
}

BOOST_AUTO_TEST_CASE(AnExcludedValueMakesARangeSmallerOnlyAtItsEnds) {
  Check({
      {"nr >= 5, not nr == 5", "nr >= 6", "yes"},
      {"nr >= 5, not nr == 5, not nr == 6", "nr >= 7", "yes"},
      {"nr >= 5, not nr == 6, not nr == 5", "nr >= 7", "yes"},
      {"not nr >= 5, not nr == 4", "nr >= 4", "no"},
      {"nr >= 5, not nr >= 8, not nr == 5, not nr == 7", "nr == 6", "yes"},
      {"nr >= 5, not nr == 7", "nr >= 6", "open"},
      {"nr >= 5, not nr == 7", "nr == 7", "no"},
      {"not nr == 0", "nr >= 1", "yes"},
      {"not nr == 0xffffffff", "nr == 0xffffffff", "no"},
  });
}

BOOST_AUTO_TEST_CASE(BitsAnswerTestsOfBits) {
  Check({
      {"nr & 4", "nr & 6", "yes"},
      {"nr & 4", "nr & 2", "open"},
      {"nr & 6", "nr & 4", "open"},
      {"not nr & 6", "nr & 4", "no"},
      {"not nr & 6", "nr & 12", "open"},
      {"not nr & 4, nr & 6", "nr & 2", "yes"},
      {"nr & 0x30 == 0x10", "nr & 0x10", "yes"},
      {"nr & 0x30 == 0x10", "nr & 0x20", "no"},
      {"nr & 0x10, not nr & 0x20", "nr & 0x30 == 0x10", "yes"},
      {"nr & 0x20", "nr & 0x30 == 0x10", "no"},
      {"nr & 0x10", "nr & 0x30 == 0x10", "open"},
  });
}

BOOST_AUTO_TEST_CASE(BitsAndRangesKnowOfEachOther) {
  Check({
      {"nr & 0x10", "nr >= 0x10", "yes"},
      {"nr & 0x10", "nr >= 0x11", "open"},
      {"not nr & 0xfffffff0", "nr >= 0x10", "no"},
      {"nr & 0x30 == 0x10", "nr == 0x20", "no"},
      {"nr & 0x30 == 0x10", "nr == 0x50", "open"},
      {"not nr >= 0x10", "nr & 0xf0", "no"},
      {"nr >= 0x10, not nr >= 0x20", "nr & 0x10", "yes"},
      {"nr >= 0x0f, not nr >= 0x20", "nr & 0x10", "open"},
      {"nr >= 0x80000000", "nr & 0x80000001", "yes"},
  });
}

BOOST_AUTO_TEST_CASE(OneWordSaysNothingOfAnother) {
  Check({
      {"arg0.low == 6", "arg0.high == 6", "open"},
      {"arg0.low == 6", "arg1.low == 6", "open"},
      {"arg0.low == 6", "nr == 6", "open"},
  });
}

BOOST_AUTO_TEST_CASE(OfATestWithAVariableOnlyItsOwnAnswerIsKnown) {
  Check({
      {"nr == $a", "nr == $a", "yes"},
      {"not nr == $a", "nr == $a", "no"},
      {"nr & $a == 0", "nr & $a == 0", "yes"},
      // The variables may be equal, and equal to any constant.
      {"nr == $a", "nr == $b", "open"},
      {"nr == $a", "nr >= $a", "open"},
      {"nr == $a", "nr == 7", "open"},
      {"nr == $a, nr == 7", "nr == $a", "yes"},
      {"arg0.low == $a", "arg0.high == $a", "open"},
      {"nr == $a, nr == $b", "nr == $b", "yes"},
  });
}

BOOST_AUTO_TEST_CASE(WhatContradictsThePathIsImpossible) {
  for (const char* const path :
       {"nr == 3, nr == 4", "nr >= 5, not nr >= 5", "nr >= 5, not nr >= 6, not nr == 5", "nr & 4, not nr & 6",
        "not nr & 6, nr & 6", "nr == $a, not nr == $a", "nr & 0x10, not nr >= 0x10"}) {
    GraphText text;
    Knowledge known;
    bool is_possible = true;
    ForEachTest(path, text, [&](const compile::Test& test, bool answer) {
      BOOST_TEST(is_possible, path);
      is_possible = known.Assume(test, answer);
    });
    BOOST_TEST(!is_possible, path);
  }
}

struct TwoPaths {
  const char* first;
  const char* second;
  const char* test;
  const char* answer;
};

BOOST_AUTO_TEST_CASE(BehindTwoPathsWhatBothKnowIsKnown) {
  for (const TwoPaths& row : std::vector<TwoPaths>{
           {"nr == 3", "nr == 3", "nr == 3", "yes"},
           {"nr == 3", "nr == 5", "nr == 3", "open"},
           {"nr == 3", "nr == 5", "nr >= 3", "yes"},
           {"nr == 3", "nr == 5", "nr >= 6", "no"},
           {"nr == 3", "nr == 5", "nr & 1", "yes"},
           {"nr == 3", "nr == 5", "nr & 2", "open"},
           {"nr == 3", "", "nr == 3", "open"},
           {"", "nr == 3", "nr == 3", "open"},
           {"not nr == 4", "nr == 9", "nr == 4", "no"},
           {"not nr == 4", "nr == 4", "nr == 4", "open"},
           {"not nr == 4", "not nr & 4", "nr == 4", "no"},
           {"nr == $a", "nr == $a", "nr == $a", "yes"},
           {"nr == $a", "not nr == $a", "nr == $a", "open"},
           {"nr == $a", "", "nr == $a", "open"},
           {"nr == 3, arg0.low == 1", "nr == 3", "nr == 3", "yes"},
           {"nr == 3, arg0.low == 1", "nr == 3", "arg0.low == 1", "open"},
           {"arg0.low == 1, nr == 3", "nr == 3, arg0.low == 1", "arg0.low == 1", "yes"},
       }) {
    GraphText text;
    Knowledge known = KnowledgeOn(row.first, text);
    known.JoinWith(KnowledgeOn(row.second, text));
    BOOST_TEST(AnswerOf(text.ParseTest(row.test), known) == row.answer,
               row.test << " behind " << row.first << " and behind " << row.second);
  }
}

// More than a list may hold: some of it is forgotten, nothing is made up.
BOOST_AUTO_TEST_CASE(OfVeryManyExcludedValuesNoneIsThoughtPossibleThatIsNot) {
  GraphText text;
  Knowledge known;
  const auto equals = [&](std::uint32_t value) { return text.ParseTest("nr == " + std::to_string(value)); };
  for (std::uint32_t value = 10; value < 1000; value += 10) BOOST_TEST(known.Assume(equals(value), false));
  BOOST_TEST(AnswerOf(equals(10), known) == "no");
  for (std::uint32_t value = 1; value < 1000; value += 10)
    BOOST_TEST(AnswerOf(equals(value), known) == "open");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
