// SPDX-License-Identifier: Apache-2.0
//
// What an author should know of programs that are right as they are written.
#pragma once

#include <span>
#include <vector>

#include <precompiledseccomp/error.h>

#include "programs/compiled_target.h"

namespace precompiledseccomp::gen {

// A note for each rule that was to refuse calls where the policy lets run what no rule names, and lost some
// of them, as the target does not have them: whoever lists what is refused wants to know what is not. In the
// order of the targets, programs and rules, each with its program.
std::vector<Error> Notes(std::span<const CompiledTarget> targets);

}  // namespace precompiledseccomp::gen
