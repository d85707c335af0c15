// SPDX-License-Identifier: Apache-2.0
//
// What variables are, by what they are declared as and by what a policy does with them.
#pragma once

#include <vector>

#include <precompiledseccomp/define.h>

namespace precompiledseccomp::precompile {

// The variables with their kinds: of one that is the data of an answer, error number or answer data. Throws
// Error for a variable that is used as something else than it is declared as.
std::vector<Variable> WithKindsByUse(std::vector<Variable> variables, const Policy& policy);

}  // namespace precompiledseccomp::precompile
