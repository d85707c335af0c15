// SPDX-License-Identifier: Apache-2.0
//
// Each bug in a pass of the compiler makes some program wrong, and the prover finds the call that shows it.
// (Bugs in weights.cc and order/costs.cc make filters slower, never wrong: there are none here.)

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <optional>

#include "bpf/instructions.h"
#include "seeded_bugs/judge.h"
#include "support/boundary_calls.h"
#include "support/compare.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(BugsOfPasses)

// Random policies that are tried when none of the others shows a bug.
constexpr std::uint64_t kMostSeeds = 50;

const std::vector<Question>& Small() {
  static const std::vector<Question> questions = Ask(SmallPolicies());
  return questions;
}

const std::vector<Question>& Large() {
  static const std::vector<Question> questions = Ask(LargePolicies());
  return questions;
}

struct Catch {
  std::size_t policies = 0;  // that were tried
  PolicyCase policy;
  std::string call;
};

// The first policy whose program is refuted.
std::optional<Catch> FirstCatch(CompilerFunction compiler) {
  Catch result;
  const auto is_caught = [&](const Question& question) {
    ++result.policies;
    const Outcome outcome = OutcomeOf(question, compiler);
    result.policy = question.of;
    result.call = outcome.text;
    return outcome.kind == Outcome::Kind::kRefuted;
  };
  for (const std::vector<Question>* questions : {&Small(), &Large()})
    if (std::any_of(questions->begin(), questions->end(), is_caught)) return result;
  for (std::uint64_t seed = 1; seed <= kMostSeeds; ++seed)
    if (is_caught(Ask(RandomPolicyCase(seed)))) return result;
  return std::nullopt;
}

bool IsEqual(const PrecompiledProgram& a, const PrecompiledProgram& b) {
  return std::equal(a.instructions.begin(), a.instructions.end(), b.instructions.begin(),
                    b.instructions.end(), bpf::Equal);
}

BOOST_AUTO_TEST_CASE(WithoutThemEveryProgramIsProved) {
  for (const std::vector<Question>* questions : {&Small(), &Large()})
    for (const Question& question : *questions) {
      const Outcome outcome = OutcomeOf(question, &PrecompileAnswers);
      BOOST_TEST((outcome.kind == Outcome::Kind::kProved),
                 question.of.definition.name << ": " << outcome.text);
    }
}

BOOST_AUTO_TEST_CASE(AreAllRefuted) {
  BOOST_TEST(!BugsInPasses().empty());
  for (const auto& [name, compiler, compile_now] : BugsInPasses()) {
    const std::optional<Catch> found = FirstCatch(compiler);
    BOOST_TEST(found.has_value(), name << " survives");
    if (found)
      std::cout << std::left << std::setw(46) << name << std::right << std::setw(4) << found->policies << "  "
                << found->policy.definition.name << ": " << found->call << "\n";
  }
  std::cout << "(policies tried, the one whose program is refuted, and the call that shows it)\n";
}

// The first policy that shows the bug is compiled at run time, if it has no variables.
BOOST_AUTO_TEST_CASE(AreFoundByCompileNowToo) {
  std::size_t tried = 0;
  for (const auto& [name, compiler, compile_now] : BugsInPasses()) {
    const std::optional<Catch> found = FirstCatch(compiler);
    BOOST_REQUIRE(found.has_value());
    const auto& [definition, target] = found->policy;
    if (!definition.variables.empty()) continue;
    ++tried;
    BOOST_TEST(!compile_now(definition, {}, target, ProveNow::kNo).empty());
    BOOST_CHECK_EXCEPTION(
        compile_now(definition, {}, target, ProveNow::kYes), Error, [&](const Error& error) {
          return error.problem().starts_with("the compiled filter is wrong: " + found->call) &&
                 error.program() == definition.name;
        });
  }
  BOOST_TEST(tried >= 30U);
}

// A bug does not show in every policy; where it changes the program and that is proved, it is harmless.
BOOST_AUTO_TEST_CASE(LeaveNothingWrongInWhatIsProved) {
  std::size_t proved = 0;
  for (const Question& question : Small()) {
    const PrecompiledProgram right = PrecompileAnswers(question.answers);
    Random random(1);
    const std::vector<seccomp_data> calls = BoundaryCalls(question.policy, random);
    for (const auto& [name, compiler, compile_now] : BugsInPasses()) {
      const Outcome outcome = OutcomeOf(question, compiler);
      if (outcome.kind != Outcome::Kind::kProved || IsEqual(outcome.program, right)) continue;
      ++proved;
      BOOST_TEST_CONTEXT(name << ", " << question.of.definition.name) {
        BOOST_TEST(AnswersLike(question.policy, outcome.program.instructions, calls));
      }
    }
  }
  std::cout << proved << " programs that are different and right\n";
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
