// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <precompiledseccomp/evaluate.h>

namespace precompiledseccomp::precompile {

// Throws Error if the policy says that it reports violations (Policy::ReportsViolations()) and does not let
// the reporter's own calls through, for all values of its variables and all arguments that the reporter can
// pass: with a call that shows it, and what to add. Asks the prover's diagrams of the policy.
void CheckThatReporterIsPermitted(const ResolvedPolicy& policy);

}  // namespace precompiledseccomp::precompile
