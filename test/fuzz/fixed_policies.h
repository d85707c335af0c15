// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <linux/seccomp.h>

#include <precompiledseccomp/evaluate.h>

// Policies that filters out of bytes are compared with.
namespace precompiledseccomp::fuzz {

struct FixedPolicy {
  ResolvedPolicy policy;
  std::vector<std::string> variables;  // as in Word, ascending
  std::vector<seccomp_data> calls;     // those for which a filter is most likely to be wrong
};

// In a fixed order. Small, so that proofs take no time, and together with all that a policy can have.
const std::vector<FixedPolicy>& FixedPolicies();

}  // namespace precompiledseccomp::fuzz
