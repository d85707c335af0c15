// SPDX-License-Identifier: Apache-2.0
//
// Random policies with variables: a precompiled program, rendered with any values, is the program of the
// policy with these values.

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/precompile.h>

#include "compile/compile.h"
#include "precompile/template.h"
#include "support/boundary_calls.h"
#include "support/compare.h"
#include "support/errors.h"
#include "support/random_policy.h"
#include "support/seeds.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(RandomDefinitions)

constexpr Effort kFewCalls = {.aims_per_test = 1, .combinations = 8, .values_one_by_one = 60};

std::string ValuesText(const ProgramDefinition& definition, const std::vector<std::uint64_t>& values) {
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i)
    text += definition.variables[i].name + " = " + std::to_string(values[i]) + "\n";
  return text;
}

// Whether a program that runs can have these values, of variables that may be error numbers.
bool AreAllowed(const PrecompiledProgram& program, const std::vector<std::uint64_t>& values) {
  return ErrorOf([&] { Render(program, values); }) == kNoError;
}

void CheckDefinition(std::uint64_t seed, const Target& target) {
  const ProgramDefinition definition = RandomDefinition(seed, {.variables = true});
  const PrecompiledProgram program = Precompile(definition, target);
  Random random(seed);
  const Policy policy = definition.policy(Values(target, definition.variables));
  for (const auto& values : InterestingValues(definition, target, seed)) {
    BOOST_TEST_CONTEXT("for " << target.name << " with\n" << ValuesText(definition, values) << policy) {
      const ResolvedPolicy resolved = PolicyFor(definition, values, target);
      const std::vector<sock_filter> rendered = WithValues(program, values);
      BOOST_TEST(AnswersLike(resolved, rendered, BoundaryCalls(resolved, random, kFewCalls)));
      if (AreAllowed(program, values))
        BOOST_TEST(SameInstructions(rendered, CompileNow(definition, values, target)));
    }
  }
  BOOST_TEST(IsTidy(program.instructions));
}

BOOST_AUTO_TEST_CASE(RenderLikeThePolicyOnX86_64) {
  ForEachSeed(3, 150, [](std::uint64_t seed) { CheckDefinition(seed, X86()); });
}

BOOST_AUTO_TEST_CASE(RenderLikeThePolicyOnAarch64) {
  ForEachSeed(3, 150, [](std::uint64_t seed) { CheckDefinition(seed, Arm()); });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
