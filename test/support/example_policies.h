// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <precompiledseccomp/define.h>

namespace precompiledseccomp::testing {

// What the modules of the examples define: worker, the two of classic, and container.
std::vector<ProgramDefinition> ExamplePolicies();

}  // namespace precompiledseccomp::testing
