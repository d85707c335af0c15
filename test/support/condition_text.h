// SPDX-License-Identifier: Apache-2.0
//
// Conditions as `show` writes them, read and evaluated again: so that tests know what a text says, and not
// only what it was made of.
#pragma once

#include <string>
#include <vector>

#include <linux/seccomp.h>

#include <precompiledseccomp/target.h>
#include <precompiledseccomp/value.h>

#include "inspect/conditions.h"

namespace precompiledseccomp::testing {

// A call, as far as texts are about it.
struct ReadCase {
  const Target& target;
  std::string name;  // of the call
  const seccomp_data& call;
  const VariableNumbers& numbers;
};

// Throws std::runtime_error for what it cannot read.
bool Holds(const std::string& condition, const ReadCase& read);

// The answer that the text gives.
std::string AnswerIn(const std::vector<inspect::AnswerCase>& cases, const ReadCase& read);
std::string AnswerIn(const std::vector<inspect::OutlineLine>& outline, const ReadCase& read);

// The call with the upper halves of its narrow arguments as callers pass them: what the text of a narrow
// parameter means.
seccomp_data AsPassedByCallers(const ReadCase& read);

}  // namespace precompiledseccomp::testing
