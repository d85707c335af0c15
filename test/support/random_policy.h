// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "support/random.h"

// Random policies. The same seed gives the same policy everywhere.
namespace precompiledseccomp::testing {

struct PolicyShape {
  bool variables = false;
  // Rule sets for the vsyscall page among the others.
  bool vsyscall = true;
  // What rules name; empty for numbers from the whole range, in clusters.
  std::vector<std::uint32_t> numbers = {};
  // What rules, default and so on do; empty for every kind of action.
  std::vector<Action> actions = {};
  // Tried before all others.
  std::vector<std::uint32_t> always_allowed = {};
  // Whether there may be rules that earlier ones of their rule set leave nothing to decide.
  bool idle_rules = false;
};

// A definition that compiles: every one of its rules decides some call, whatever the rules before it in its
// rule set, unless `idle_rules` are wanted. Declares the variables that it uses. Calling it with other
// values, or again, gives the same policy with these values.
ProgramDefinition RandomDefinition(std::uint64_t seed, const PolicyShape& shape = {});

// The same with choices that bytes make. Without `idle_rules`, most bytes go into the search for calls.
ProgramDefinition RandomDefinition(Random random, const PolicyShape& shape);

// Sets of values for the definition's variables: zero, all ones, all equal, ascending, descending, equal to
// constants of the policy and their neighbours, random.
std::vector<std::vector<std::uint64_t>> InterestingValues(const ProgramDefinition& definition,
                                                          const Target& target, std::uint64_t seed);

// The definition's policy for these values, resolved.
ResolvedPolicy PolicyFor(const ProgramDefinition& definition, const std::vector<std::uint64_t>& values,
                         const Target& target);

}  // namespace precompiledseccomp::testing
