// SPDX-License-Identifier: Apache-2.0
//
// Parameters by name become arguments: of one call, on one target.
#pragma once

#include <string>

#include <precompiledseccomp/condition.h>
#include <precompiledseccomp/target.h>

namespace precompiledseccomp {

// Whether the condition looks at a parameter by name.
bool HasParameters(const Condition& condition);

// The condition with arguments in place of parameters, as wide as this call reads them. Throws Error for
// parameters that the call does not have, and for tests that are mistakes now that the operand is known
// (policy/condition_checks.h): all of them, each once.
Condition WithArguments(const Condition& condition, const Target& target, const std::string& call);

}  // namespace precompiledseccomp
