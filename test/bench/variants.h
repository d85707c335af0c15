// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <precompiledseccomp/define.h>

namespace precompiledseccomp::testing {

// The policy that all programs of the module of variants have in common: some 80 calls, the arguments of half
// of them checked, with variables.
ProgramDefinition CommonOfVariants();

}  // namespace precompiledseccomp::testing
