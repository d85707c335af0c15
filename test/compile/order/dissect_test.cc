// SPDX-License-Identifier: Apache-2.0
//
// A decision is taken apart into guards, which all have to be passed, and other questions.

#include "compile/order/dissect.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "compile/graph_text.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(DissectTest)

using compile::Parts;

constexpr std::size_t kMuchWork = 1000;

struct Row {
  const char* decision;
  const char* guards;  // joined by "and"
  const char* passed;  // the answer for those who pass all, if there is nothing else; otherwise nothing
  const char* core;    // by a test each that asks the question, joined by ", "
};

std::string GuardsOf(const Parts& parts, const GraphText& text) {
  std::string guards;
  for (const compile::Guard& guard : parts.guarded.guards)
    guards += (guards.empty() ? "" : " and ") + text.Print(guard.decision);
  return guards;
}

std::string CoreOf(const Parts& parts, const GraphText& text) {
  std::string core;
  for (const compile::Split& split : parts.core)
    core += (core.empty() ? "" : ", ") + text.Print(split.question.test);
  return core;
}

void Check(const std::vector<Row>& rows) {
  for (const Row& row : rows) BOOST_TEST_CONTEXT(row.decision) {
      GraphText text;
      compile::Guards guards(text.graph());
      text.Name("pass", guards.Pass());
      compile::Dissection dissection(guards, text.graph());
      std::size_t work_left = kMuchWork;
      const auto parts = dissection.PartsOf(text.Parse(row.decision), work_left);
      BOOST_TEST_REQUIRE((parts != nullptr));
      BOOST_TEST(GuardsOf(*parts, text) == row.guards);
      BOOST_TEST((parts->has_only_guards ? text.Print(parts->guarded.passed) : "") == row.passed);
      BOOST_TEST(CoreOf(*parts, text) == row.core);
    }
}

BOOST_AUTO_TEST_CASE(AQuestionThatIsPassedOrFailedIsAGuard) {
  Check({
      {"arg0.low == 3 ? (arg1.low == 7 ? allow : kill) : kill",
       "arg0.low == 3 ? pass : kill and arg1.low == 7 ? pass : kill", "allow", ""},
      // A set of values is one guard.
      {"values = arg1.low == 7 ? allow : arg1.low == 9 ? allow : kill; arg0.low == 3 ? values : kill",
       "arg0.low == 3 ? pass : kill and arg1.low == 7 ? pass : arg1.low == 9 ? pass : kill", "allow", ""},
      {"arg0.low & 6 ? kill : arg1.low == $a ? allow : kill",
       "arg0.low & 6 ? kill : pass and arg1.low == $a ? pass : kill", "allow", ""},
  });
}

// Wherever it stands.
BOOST_AUTO_TEST_CASE(WhatAllAlternativesHaveInCommonIsAGuard) {
  Check({
      {"arg0.low == 1 ? (arg2.low == 5 ? (arg1.low == 7 ? allow : kill) : kill)"
       ": arg0.low == 2 ? (arg2.low == 5 ? (arg3.low == 8 ? allow : kill) : kill) : kill",
       "arg2.low == 5 ? pass : kill", "", "arg0.low == 0, arg3.low == 0, arg1.low == 0"},
  });
}

BOOST_AUTO_TEST_CASE(AQuestionWithMoreThanTwoOutcomesIsNoGuard) {
  Check({
      {"arg0.low == 1 ? (arg1.low == 7 ? allow : kill) : arg0.low == 2 ? (arg1.low == 9 ? allow : kill) : "
       "kill",
       "", "", "arg0.low == 0, arg1.low == 0"},
      {"arg0.low == 1 ? allow : arg0.low == 2 ? errno 1 : kill", "", "", "arg0.low == 0"},
  });
}

BOOST_AUTO_TEST_CASE(GuardsOfOneWordAreNotAll) {
  // It may matter which values of the word pass both.
  Check({
      {"arg0.low == $a ? (arg0.low == $b ? allow : kill) : kill",
       "arg0.low == $a ? pass : kill and arg0.low == $b ? pass : kill", "", ""},
  });
}

BOOST_AUTO_TEST_CASE(WithoutEnoughWorkLeftADecisionStaysAsItIsForGood) {
  GraphText text;
  compile::Guards guards(text.graph());
  compile::Dissection dissection(guards, text.graph());
  const compile::NodeId decision = text.Parse("arg0.low == 3 ? (arg1.low == 7 ? allow : kill) : kill");
  std::size_t work_left = 2;
  BOOST_TEST((dissection.PartsOf(decision, work_left) == nullptr));
  work_left = kMuchWork;
  BOOST_TEST((dissection.PartsOf(decision, work_left) == nullptr));
  BOOST_TEST(work_left == kMuchWork);
}

BOOST_AUTO_TEST_CASE(TheBranchesForAQuestionLeadToWhatTakesThePlaceOfItsCofactors) {
  GraphText text;
  const auto branches = [&](const char* test, const char* ranges) {
    return text.Print(compile::BranchesFor(compile::QuestionOf(text.ParseTest(test)),
                                           text.ParseRanges(ranges), 1, text.graph()));
  };
  BOOST_TEST(branches("nr == 0", "0: A, 5: B, 6: A") == "nr == 5 ? B : A");
  BOOST_TEST(branches("nr == 0", "0: A, 2: B, 0x80: A, 0x82: B") == "nr & 0xffffff7e ? B : A");
  BOOST_TEST(branches("nr & 6", "0: A, 1: B") == "nr & 6 ? B : A");
  BOOST_TEST(branches("nr == $a", "0: A, 1: B") == "nr == $a ? B : A");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
