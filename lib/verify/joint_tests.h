// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <precompiledseccomp/condition.h>

namespace precompiledseccomp::verify {

// Whether a condition has tests against variables that must hold jointly: two or more in one "and", or in one
// "or" under a "not".
//
//   Arg(0) == v["a"] && Arg(1) == 5              no: only one of the two is against a variable
//   Arg(0) == v["a"] || Arg(0) == v["b"]         no: either is enough
//   Arg(0) == v["a"] && Arg(1) == v["b"]         yes
//
// The order in which the prover meets such tests decides how large its diagrams grow (policy_meaning.cc).
bool HasJointTests(const Condition& condition);

}  // namespace precompiledseccomp::verify
