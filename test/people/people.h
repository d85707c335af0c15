// SPDX-License-Identifier: Apache-2.0
//
// Running the program for people.
#pragma once

#include <string>

#include "gen/run.h"

namespace precompiledseccomp::gen {

inline const std::string kName = "precompiledseccomp: ";  // what its errors begin with

// With these words.
Outcome Ask(const Words& words);

// In a shell, with what follows the program's name: redirected, in a pipe.
Outcome AskInShell(const std::string& words);

// A program of the modules of test/gen, or a module alone: "good:worker" is the path of libgood.so with
// ":worker".
std::string ModuleSource(const std::string& module_and_program);

// The outcome is this exit status, nothing on standard output, and one line that holds all of `parts`.
void CheckIsError(const Outcome& outcome, std::initializer_list<std::string> parts);

// Whether strace is there, and may trace. If not, a message says that a test is skipped.
bool IsThereStrace();

}  // namespace precompiledseccomp::gen
