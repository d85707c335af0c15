// SPDX-License-Identifier: Apache-2.0
//
// Policies as bytes, to compare them: much faster than as text for people, and nothing is left out.
#pragma once

#include <string>
#include <vector>

#include <precompiledseccomp/define.h>

namespace precompiledseccomp::precompile {

// All that a policy says, variables by their names: policies have equal bytes exactly if they are equal.
std::string Serialize(const Policy& policy);

// Names and widths, in order.
std::string Serialize(const std::vector<Variable>& variables);

}  // namespace precompiledseccomp::precompile
