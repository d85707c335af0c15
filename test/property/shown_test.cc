// SPDX-License-Identifier: Apache-2.0
//
// Random policies with and without variables: what is shown of their filters, as structure and as text, is
// what the instructions answer.

#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/precompile.h>

#include "inspect/show.h"
#include "precompile/template.h"
#include "support/boundary_calls.h"
#include "support/errors.h"
#include "support/random_policy.h"
#include "support/seeds.h"
#include "support/shown.h"
#include "support/targets.h"
#include "target/syscall_names.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(WhatIsShown)

using inspect::KnownValues;

constexpr Effort kFewCalls = {.aims_per_test = 1, .combinations = 6, .values_one_by_one = 20};

// Calls whose parameters are of all kinds: narrow and wide, with a sign and without, with names for values.
std::vector<std::uint32_t> CallsWithParameters(const Target& target) {
  std::vector<std::uint32_t> numbers;
  for (const char* name :
       {"read", "ioctl", "fcntl", "openat", "mmap", "lseek", "socket", "kill", "prctl", "clone"})
    if (const auto number = SyscallNumber(target, name)) numbers.push_back(*number);
  return numbers;
}

void CheckDefinition(std::uint64_t seed, const Target& target, const PolicyShape& shape) {
  const ProgramDefinition definition = RandomDefinition(seed, shape);
  const PrecompiledProgram program = Precompile(definition, target);
  const Policy policy = definition.policy(Values(target, definition.variables));
  Random random(seed);
  const KnownValues none(program, std::vector<std::optional<std::uint64_t>>(program.variables.size()));
  const inspect::Shown unset = Show(program, none);
  std::size_t tried = 0;
  for (const auto& values : InterestingValues(definition, target, seed)) {
    if (ErrorOf([&] { Render(program, values); }) != kNoError) continue;
    const auto calls = BoundaryCalls(PolicyFor(definition, values, target), random, kFewCalls);
    const KnownValues known(program, {values.begin(), values.end()});
    const std::vector<sock_filter> instructions = WithValues(program, values);
    BOOST_TEST_CONTEXT(policy) {
      BOOST_TEST(IsShownRightly(unset, target, instructions, calls, known.numbers()));
      BOOST_TEST(IsShownRightly(Show(program, known), target, instructions, calls));
    }
    constexpr std::size_t kMost = 3;
    if (++tried == kMost) break;
  }
}

BOOST_AUTO_TEST_CASE(IsWhatIsAnsweredOnX86_64) {
  ForEachSeed(3, 100, [](std::uint64_t seed) { CheckDefinition(seed, X86(), {}); });
}

BOOST_AUTO_TEST_CASE(IsWhatIsAnsweredOnAarch64WithVariables) {
  ForEachSeed(3, 100, [](std::uint64_t seed) { CheckDefinition(seed, Arm(), {.variables = true}); });
}

BOOST_AUTO_TEST_CASE(IsWhatIsAnsweredToCallsWithParameters) {
  ForEachSeed(3, 100, [](std::uint64_t seed) {
    CheckDefinition(seed, X86(), {.variables = true, .numbers = CallsWithParameters(X86())});
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
