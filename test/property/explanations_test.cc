// SPDX-License-Identifier: Apache-2.0
//
// Random policies with variables: what is explained of a call is what the evaluator and the interpreter
// answer, for any values of the variables, however many of these are known.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/precompile.h>

#include "bpf/interpreter.h"
#include "inspect/cases.h"
#include "inspect/every_way.h"
#include "inspect/explain.h"
#include "inspect/partly_known_call.h"
#include "inspect/possible_answers.h"
#include "inspect/standing.h"
#include "precompile/template.h"
#include "support/boundary_calls.h"
#include "support/compare.h"
#include "support/errors.h"
#include "support/random_policy.h"
#include "support/seeds.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

using inspect::Explanation;
using inspect::KnownValues;
using inspect::Standing;

using AnyValues = std::vector<std::optional<std::uint64_t>>;

constexpr Effort kFewCalls = {.aims_per_test = 1, .combinations = 4, .values_one_by_one = 20};

// A program and its policy, with values that its variables have, though not all of them are told.
struct Subject {
  const PrecompiledProgram& program;
  const ResolvedPolicy& policy;
  const std::vector<std::uint64_t>& values;

  [[nodiscard]] VariableNumbers Numbers() const {
    return NumbersOf(KnownValues(program, Told()).variables(), values);
  }
  [[nodiscard]] AnyValues Told() const { return {values.begin(), values.end()}; }
  [[nodiscard]] std::uint32_t AnswerTo(const seccomp_data& call) const {
    return bpf::Run(WithValues(program, values), call, program.target.big_endian).result;
  }
};

bool IsAllowing(std::uint32_t answer) {
  const std::uint32_t action = answer & ~std::uint32_t{SECCOMP_RET_DATA};
  return action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG;
}

void CheckAllKnown(const Subject& subject, const seccomp_data& call) {
  const KnownValues known(subject.program, subject.Told());
  const Explanation why = inspect::Explain({subject.program, &subject.policy, known, call});
  const std::uint32_t answer = subject.AnswerTo(call);
  BOOST_TEST(answer == Evaluate(subject.policy, call, subject.Numbers()));
  BOOST_REQUIRE(why.cases.size() == 1U);
  BOOST_TEST(why.cases.front().answer == inspect::AnswerText(answer));
  BOOST_TEST((why.standing == Standing::kAllowed) == IsAllowing(answer));
  BOOST_TEST(*why.path.answer == answer);
  std::vector<bool> ran;
  bpf::Run(WithValues(subject.program, subject.values), call, ran, subject.program.target.big_endian);
  BOOST_TEST(why.path.steps.size() == static_cast<std::size_t>(std::count(ran.begin(), ran.end(), true)));
  for (const inspect::Step& step : why.path.steps) BOOST_TEST(ran[step.index]);
}

// Whether so many variables are told or not: what is really the case is among the cases.
void CheckSomeKnown(const Subject& subject, const seccomp_data& call, const AnyValues& told) {
  const KnownValues known(subject.program, told);
  const inspect::Cases cases = inspect::CasesOf(subject.policy, call, known);
  const ResolvedRule* const rule = DecidingRule(subject.policy, call, subject.Numbers());
  BOOST_TEST(std::any_of(cases.cases.begin(), cases.cases.end(),
                         [&](const inspect::Case& one) { return one.rule == rule; }));
  const Explanation why = inspect::Explain({subject.program, &subject.policy, known, call});
  const std::uint32_t answer = subject.AnswerTo(call);
  if (why.standing == Standing::kAllowed) BOOST_TEST(IsAllowing(answer));
  if (why.standing == Standing::kRefused) BOOST_TEST(!IsAllowing(answer));
  if (why.path.answer) BOOST_TEST(*why.path.answer == answer);
  if (!why.change.found) return;
  const inspect::Change& change = *why.change.found;
  BOOST_TEST(IsAllowing(Evaluate(subject.policy, change.call, subject.Numbers())));
  BOOST_TEST(IsAllowing(subject.AnswerTo(change.call)));
  seccomp_data back = change.call;
  for (const int index : change.arguments) back.args[index] = call.args[index];
  BOOST_TEST(std::equal(std::begin(call.args), std::end(call.args), std::begin(back.args)));
  BOOST_TEST((change.arguments.size() == 1U || change.arguments.size() == 2U));
}

bool IsRefusing(std::uint32_t answer) {
  return inspect::StandingOf(answer) == Standing::kRefused;
}

// Whatever of the arguments is not known: what is really answered is among what may be.
void CheckPartlyKnown(const Subject& subject, const seccomp_data& call, const AnyValues& told,
                      Random& random) {
  inspect::PartlyKnownCall partly;
  partly.call.arch = call.arch;
  partly.call.nr = call.nr;
  for (std::size_t i = 0; i < inspect::kArguments; ++i) {
    const std::vector<std::uint64_t> known_bits = {0, UINT64_MAX, UINT32_MAX, random.Word64()};
    partly.SetArgument(i, call.args[i], random.OneOf(known_bits));
  }
  if (random.OneIn(2)) {
    partly.call.instruction_pointer = call.instruction_pointer;
    partly.known_pointer = UINT64_MAX;
  }
  const KnownValues known(subject.program, told);
  const std::uint32_t answer = subject.AnswerTo(call);
  const inspect::EveryWay ways = inspect::EveryWayOf(subject.program, partly, known);
  BOOST_TEST((ways.may_be_others || std::binary_search(ways.answers.begin(), ways.answers.end(), answer)));
  const std::vector<inspect::Case> cases = inspect::MayDecide(subject.policy, partly, known);
  const ResolvedRule* const rule = DecidingRule(subject.policy, call, subject.Numbers());
  BOOST_TEST(
      std::any_of(cases.begin(), cases.end(), [&](const inspect::Case& one) { return one.rule == rule; }));
  for (const ResolvedPolicy* const policy : {&subject.policy, static_cast<const ResolvedPolicy*>(nullptr)}) {
    const inspect::PossibleAnswers possible =
        inspect::PossibleAnswersTo(subject.program, policy, known, partly);
    if (possible.standing == Standing::kAllowed) BOOST_TEST(IsAllowing(answer));
    if (possible.standing == Standing::kRefused) BOOST_TEST(IsRefusing(answer));
  }
}

// What the filter looks at is all that its answer can depend on.
void CheckLookedAt(const Subject& subject, const seccomp_data& call, Random& random) {
  const KnownValues known(subject.program, subject.Told());
  inspect::PartlyKnownCall any;
  any.call.arch = call.arch;
  any.call.nr = call.nr;
  const inspect::EveryWay ways = inspect::EveryWayOf(subject.program, any, known);
  seccomp_data other = call;
  for (std::size_t i = 0; i < inspect::kArguments; ++i)
    other.args[i] =
        (call.args[i] & ways.looked_at.arguments[i]) | (random.Word64() & ~ways.looked_at.arguments[i]);
  BOOST_TEST(subject.AnswerTo(call) == subject.AnswerTo(other));
}

void CheckDefinition(std::uint64_t seed, const Target& target) {
  const ProgramDefinition definition = RandomDefinition(seed, {.variables = true});
  const PrecompiledProgram program = Precompile(definition, target);
  const Policy policy = definition.policy(Values(target, definition.variables));
  const ResolvedPolicy resolved = Resolve(policy, target);
  Random random(seed);
  std::vector<std::vector<std::uint64_t>> all_values = InterestingValues(definition, target, seed);
  std::erase_if(all_values, [&](const std::vector<std::uint64_t>& values) {
    return ErrorOf([&] { Render(program, values); }) != kNoError;
  });
  constexpr std::size_t kCalls = 12;
  for (const auto& values : all_values) {
    const Subject subject{program, resolved, values};
    const auto calls = BoundaryCalls(PolicyFor(definition, values, target), random, kFewCalls);
    for (std::size_t i = 0; i < kCalls; ++i) {
      const seccomp_data& call = random.OneOf(calls);
      BOOST_TEST_CONTEXT("for " << CallText(target, call) << "\n" << policy) {
        CheckAllKnown(subject, call);
        AnyValues told = subject.Told();
        for (auto& value : told)
          if (random.OneIn(2)) value.reset();
        CheckSomeKnown(subject, call, told);
        CheckPartlyKnown(subject, call, told, random);
        CheckPartlyKnown(subject, call, subject.Told(), random);
        CheckLookedAt(subject, call, random);
        if (i == 0) CheckSomeKnown(subject, call, AnyValues(told.size()));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE(Explanations)

BOOST_AUTO_TEST_CASE(AreWhatIsAnsweredOnX86_64) {
  ForEachSeed(3, 100, [](std::uint64_t seed) { CheckDefinition(seed, X86()); });
}

BOOST_AUTO_TEST_CASE(AreWhatIsAnsweredOnAarch64) {
  ForEachSeed(3, 100, [](std::uint64_t seed) { CheckDefinition(seed, Arm()); });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
