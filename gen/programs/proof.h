// SPDX-License-Identifier: Apache-2.0
//
// The proof of a program that is to be written.
#pragma once

#include <cstdint>

#include <precompiledseccomp/precompile.h>

#include "programs/compiled_target.h"
#include "verify/verify.h"

namespace precompiledseccomp::gen {

// What stands in the record of a program that was not even tried to be proved.
ProofRecord ProofTurnedOff();

// The limits of a proof that may take so many steps: where that is some times the default, it may take as
// many times the default's memory.
verify::Limits ProofLimits(std::uint64_t most_steps);

// Proves that `program` does what the policy of `answers` says, within ProofLimits. Throws Error, with
// the program's name: if it does not, with a call that shows it; and if it is too large to tell, unless its
// definition permits that.
ProofRecord ProveProgram(const PrecompiledProgram& program, const DefinitionAnswers& answers,
                         std::uint64_t most_steps);

}  // namespace precompiledseccomp::gen
