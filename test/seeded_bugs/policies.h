// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <precompiledseccomp/define.h>

#include "support/targets.h"

// What compilers with seeded bugs are tried with.
namespace precompiledseccomp::testing {

struct PolicyCase {
  ProgramDefinition definition;
  Target target;
};

PolicyCase CaseOf(const std::string& name, const Policy& policy, const Target& target = X86());

// Policies without variables, each for something that a pass has to get right.
std::vector<PolicyCase> SmallPolicies();
// The same for what goes wrong in long filters only. Where that is depends on the layout: they are of many
// sizes.
std::vector<PolicyCase> LargePolicies();

// Policies whose variables stand wherever variables can.
std::vector<PolicyCase> PoliciesWithVariables();

// A random one. With variables for every other seed.
PolicyCase RandomPolicyCase(std::uint64_t seed);

}  // namespace precompiledseccomp::testing
