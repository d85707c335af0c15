// SPDX-License-Identifier: Apache-2.0
//
// AskDefinition() in its parts, for a generator that asks in one process and compiles in another.
#pragma once

#include <string>

#include <precompiledseccomp/precompile.h>

namespace precompiledseccomp::precompile {

// Calls the definition so many times, and compares the answers. Not safe to call for one module from several
// threads, unless its author says so. What the definition throws comes out as Error with the program's name.
Policy AskForPolicy(const ProgramDefinition& definition, const Target& target, int times);

// The first line in which two answers differ, from both sides: `first "...", then "..."`.
std::string DescribeDifference(const Policy& first, const Policy& second);

// What is compiled for a definition (its function is not called) that answers with this policy. Throws Error,
// with the program's name, for variables that the policy does not use, and for those that it uses undeclared
// or as something else than they are declared as; and for install needs that contradict each other.
DefinitionAnswers AnswersWith(const ProgramDefinition& definition, const Target& target, Policy policy);

}  // namespace precompiledseccomp::precompile
