// SPDX-License-Identifier: Apache-2.0
//
// PrecompileAnswers() in its parts: with a proof, which is for all values of the variables, the first is
// enough.
#pragma once

#include <precompiledseccomp/precompile.h>

namespace precompiledseccomp::precompile {

// Compiles the policy for the first two rounds, which give the offsets: a program that is to be proved.
// Depends on its argument only, so any number of threads may run it. Throws Error, with the program's name
// and both sides of a difference.
PrecompiledProgram CompileTwice(const DefinitionAnswers& answers);

// Compiles for the further rounds, and compares: for a program of CompileTwice() that is not proved. As safe
// to call, and throws the same.
void CompareFurtherRounds(const PrecompiledProgram& program, const DefinitionAnswers& answers);

}  // namespace precompiledseccomp::precompile
