// SPDX-License-Identifier: Apache-2.0
//
// Bugs that have to do with the values of variables, which a compiler must not look at. Two things stand
// between them and a filter: the double compilation, which compares what came out for other placeholders
// (lib/precompile/placeholders.h), and the proof of the template for all values at once.
//
//   first two   comparing the first two rounds (placeholders in no order, and their complements) shows the
//   bug all rounds  comparing all rounds does prover      the template of the first two rounds is wrong for
//   some values, and the prover finds them
//
// Each for some policy at least; which are in policies_with_variables.cc. What follows from the table:
//
// - That a variable has an order or a sign shows in the first two rounds, as it is the other way round in the
//   second; that it is zero, equal to another or beside a constant, in the further ones.
// - The prover finds what is wrong in the template of the first two rounds. Where a bug needs a value that
//   they do not have (zero, equal ones), that template is right, and nothing is to be found; it is rejected
//   all the same, for a compiler that looks at values is not to be trusted.
// - What is wrong in the same way in every round is for the prover alone: no comparison shows it.

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <iomanip>
#include <iostream>
#include <string_view>

#include "precompile/template.h"
#include "seeded_bugs/judge.h"
#include "support/boundary_calls.h"
#include "support/compare.h"
#include "support/random_policy.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(BugsWithTheValuesOfVariables)

struct Caught {
  bool by_first_two = false;
  bool by_all_rounds = false;
  bool by_prover = false;
  friend bool operator==(const Caught&, const Caught&) = default;
};

struct Expected {
  std::string_view bug;
  Caught caught;
};

constexpr Expected kTable[] = {
    // clang-format off
    //                                                first two  all rounds  prover
    {"block_order_by_values",                        {true,     true,     false}},
    {"cofactors_variables_have_a_place",             {true,     true,     true}},
    {"graph_equal_by_value",                         {false,    true,     false}},
    {"canonical_form_of_variables",                  {true,     true,     true}},
    {"canonical_form_zero_mask_is_folded",           {false,    true,     false}},
    {"path_facts_by_value",                          {true,     true,     true}},
    {"layout_sign_chooses_the_jump",                 {true,     true,     false}},
    {"layout_small_data_not_masked",                 {false,    true,     false}},
    {"lower_high_half_not_compared_with_zero",       {false,    true,     false}},
    {"lower_neighbour_joins_the_range",              {false,    true,     false}},
    {"lower_set_sorted_by_value",                    {true,     true,     true}},
    {"lower_signed_variable_not_flipped",            {false,    false,    true}},
    {"lower_value_outside_of_the_mask",              {true,     true,     true}},
    // The places of the first two rounds are not the right ones, or not all: other values do not arrive.
    {"precompile_first_place_only",                  {false,    true,     true}},
    {"precompile_flips_forgotten",                   {false,    true,     true}},
    {"precompile_high_half_at_the_place_of_the_low", {false,    true,     true}},
    // No value is looked at: two variables are taken for different whatever they are, and data is never cut.
    {"path_facts_variables_differ",                  {false,    false,    true}},
    {"layout_data_not_masked",                       {false,    false,    true}},
    // The rounds themselves are wrong: the compiler takes other numbers than they give.
    {"graph_data_without_its_number",                {false,    false,    true}},
    {"graph_low_half_for_the_high",                  {false,    false,    true}},
    // clang-format on
};

const std::vector<Question>& Questions() {
  static const std::vector<Question> questions = Ask(PoliciesWithVariables());
  return questions;
}

Caught CatchesOf(CompilerFunction compiler) {
  Caught caught;
  for (const Question& question : Questions()) {
    const Outcome of_two = OutcomeOfTwoRounds(question, compiler);
    caught.by_first_two |= of_two.kind == Outcome::Kind::kRejected;
    caught.by_prover |= of_two.kind == Outcome::Kind::kRefuted;
    caught.by_all_rounds |= OutcomeOf(question, compiler).kind == Outcome::Kind::kRejected;
  }
  return caught;
}

std::ostream& operator<<(std::ostream& out, const Caught& caught) {
  const auto mark = [&](bool is_caught) { out << std::setw(12) << (is_caught ? "caught" : "-"); };
  mark(caught.by_first_two);
  mark(caught.by_all_rounds);
  mark(caught.by_prover);
  return out;
}

BOOST_AUTO_TEST_CASE(WithoutThemEveryTemplateIsProved) {
  for (const Question& question : Questions()) {
    const Outcome outcome = OutcomeOf(question, &PrecompileAnswers);
    BOOST_TEST((outcome.kind == Outcome::Kind::kProved), question.of.definition.name << ": " << outcome.text);
  }
}

BOOST_AUTO_TEST_CASE(AreCaughtByWhatTheTableSays) {
  BOOST_TEST(BugsWithVariables().size() == std::size(kTable));
  std::cout << std::setw(58) << "first two" << std::setw(12) << "all rounds" << std::setw(12) << "prover"
            << "\n";
  for (const SeededBug& bug : BugsWithVariables()) {
    const Caught caught = CatchesOf(bug.compiler);
    std::cout << std::left << std::setw(46) << bug.name << std::right << caught << "\n";
    const auto* const expected = std::find_if(std::begin(kTable), std::end(kTable),
                                              [&](const Expected& row) { return row.bug == bug.name; });
    BOOST_REQUIRE_MESSAGE(expected != std::end(kTable), bug.name << " is not in the table");
    BOOST_TEST(caught == expected->caught, bug.name << " is caught otherwise than the table says");
    BOOST_TEST((caught.by_all_rounds || caught.by_prover), bug.name << " survives");
  }
}

// Tried with values: a template that is proved is right, whatever came of it in further rounds.
BOOST_AUTO_TEST_CASE(LeaveNothingWrongInWhatIsProved) {
  constexpr Effort kFewCalls = {.aims_per_test = 1, .combinations = 4, .values_one_by_one = 20};
  for (const auto& [name, compiler, compile_now] : BugsWithVariables())
    for (const Question& question : Questions()) {
      const Outcome outcome = OutcomeOfTwoRounds(question, compiler);
      if (outcome.kind != Outcome::Kind::kProved) continue;
      const ProgramDefinition& definition = question.of.definition;
      Random random(1);
      for (const auto& values : InterestingValues(definition, question.of.target, 1)) {
        const ResolvedPolicy policy = PolicyFor(definition, values, question.of.target);
        BOOST_TEST_CONTEXT(name << ", " << definition.name) {
          BOOST_TEST(AnswersLike(policy, WithValues(outcome.program, values),
                                 BoundaryCalls(policy, random, kFewCalls)));
        }
      }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
