// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "verify/verify.h"

// Small policies made by hand, and what the compiler makes of any policy.
namespace precompiledseccomp::testing {

// One for each kind of condition, action and option, with constants and with variables. They compile for
// every target.
const std::vector<ProgramDefinition>& SamplePolicies();

// A policy and the filter that was compiled for it.
struct CompiledPolicy {
  std::string name;  // with the target's
  ProgramDefinition definition;
  ResolvedPolicy policy;
  bpf::FilterWithHoles filter;
};

CompiledPolicy Compiled(const ProgramDefinition& definition, const Target& target);

}  // namespace precompiledseccomp::testing
