// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/precompile.h>

#include "seeded_bugs/compiler.h"
#include "seeded_bugs/policies.h"

// What the double compilation and the prover say of what a compiler, with a bug or without, makes of a
// policy.
namespace precompiledseccomp::testing {

// A policy that is ready for any compiler: its definition has been asked, by code without bugs.
struct Question {
  PolicyCase of;
  DefinitionAnswers answers;
  ResolvedPolicy policy;
};

Question Ask(const PolicyCase& policy_case);
std::vector<Question> Ask(const std::vector<PolicyCase>& policy_cases);

struct Outcome {
  enum class Kind {
    kRejected,   // compiling threw: there is no program
    kUndecided,  // by the prover
    kRefuted,
    kProved,
  };
  Kind kind = Kind::kRejected;
  std::string text;            // why; of a refutation, the call
  PrecompiledProgram program;  // if there is one
};

// Compiles and proves. A refutation is believed if the call and the values that it names give different
// answers in the interpreter and from the policy that the definition makes of these values; else this throws
// std::logic_error.
Outcome OutcomeOf(const Question& question, CompilerFunction compiler);

// The same, but compiles and compares only the first two of the rounds.
Outcome OutcomeOfTwoRounds(const Question& question, CompilerFunction compiler);

}  // namespace precompiledseccomp::testing
