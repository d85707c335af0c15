// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <precompiledseccomp/define.h>

namespace precompiledseccomp::precompile {

// The definition's policy for a target. What the author's function throws, whatever it is, comes out as
// Error.
Policy CallDefinition(const ProgramDefinition& definition, const Target& target);

}  // namespace precompiledseccomp::precompile
