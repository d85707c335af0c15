// SPDX-License-Identifier: Apache-2.0

#include "seeded_bugs/policies.h"

#include "support/random_policy.h"

namespace precompiledseccomp::testing {

PolicyCase CaseOf(const std::string& name, const Policy& policy, const Target& target) {
  return {{name, {}, [policy](const Values&) { return policy; }}, target};
}

PolicyCase RandomPolicyCase(std::uint64_t seed) {
  return {RandomDefinition(seed, {.variables = seed % 2 == 0}), Targets()[seed / 2 % Targets().size()]};
}

}  // namespace precompiledseccomp::testing
