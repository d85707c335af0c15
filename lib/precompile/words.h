// SPDX-License-Identifier: Apache-2.0
//
// The 32-bit words that a policy's conditions and actions are made of.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include <precompiledseccomp/evaluate.h>

namespace precompiledseccomp::precompile {

struct WordsOfPolicy {
  std::set<std::uint32_t> constants;
  std::set<std::string> variables;  // names of variables or their halves
};

WordsOfPolicy CollectWords(const ResolvedPolicy& policy);

}  // namespace precompiledseccomp::precompile
