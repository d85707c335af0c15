// SPDX-License-Identifier: Apache-2.0
//
// The 32-bit words that a policy's conditions and actions are made of.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/evaluate.h>

#include "precompile/stand_ins.h"

namespace precompiledseccomp::precompile {

// The variables of a policy, or their halves, by name; and for each the constants that it could be confused
// with: those that any rule compares with the same half of the same operand, or, for the data of an action,
// that other actions carry. A filter never compares two values unless both are compared with one operand.
using Neighbours = std::map<std::string, std::set<std::uint32_t>>;
Neighbours CollectVariables(const Policy& policy);

// A policy whose variables can be given other values.
class Substitution {
 public:
  Substitution(ResolvedPolicy policy, const std::vector<Variable>& variables);
  Substitution(const Substitution&) = delete;
  Substitution& operator=(const Substitution&) = delete;

  // The policy with these values, valid until the next call: what resolving the definition's answer for them
  // gives.
  const ResolvedPolicy& With(const StandIns& values);

 private:
  ResolvedPolicy policy_;
  const std::vector<Variable>& variables_;
  // Where variables are.
  std::vector<Condition*> conditions_;
  std::vector<Action*> actions_;
};

}  // namespace precompiledseccomp::precompile
