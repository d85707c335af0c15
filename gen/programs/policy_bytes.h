// SPDX-License-Identifier: Apache-2.0
//
// What a definition answers, as it comes from the process that asks it.
#pragma once

#include <string>
#include <vector>

#include <precompiledseccomp/policy.h>

namespace precompiledseccomp::gen {

// A policy, and where its rules stand.
struct PolicyBytes {
  std::string policy;                     // as precompile/serialize.h writes it
  std::vector<SourceLocation> locations;  // of its rules, in order
};

// Throws Error for bytes that are no policy, however well they arrived.
Policy PolicyOf(const PolicyBytes& bytes);

}  // namespace precompiledseccomp::gen
