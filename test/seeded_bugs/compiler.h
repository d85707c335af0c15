// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <precompiledseccomp/precompile.h>

// Compilers with a bug each: copies of the compiling library in modules of their own, each of them with one
// source patched.
namespace precompiledseccomp::testing {

// PrecompileAnswers(), with or without a bug.
using CompilerFunction = PrecompiledProgram (*)(const DefinitionAnswers&);
// CompileNow().
using CompileNowFunction = std::vector<sock_filter> (*)(const ProgramDefinition&,
                                                        const std::vector<std::uint64_t>&, const Target&,
                                                        ProveNow);

struct SeededBug {
  std::string name;  // of the patch
  CompilerFunction compiler;
  CompileNowFunction compile_now;
};

// Loads the modules, in the order of their names. They are never unloaded: what they throw stays valid.
// Throws std::runtime_error.
std::vector<SeededBug> LoadBugs(std::vector<std::string> paths);

// The bugs of a kind that the command line names: --passes MODULE... --variables MODULE...
const std::vector<SeededBug>& BugsInPasses();
const std::vector<SeededBug>& BugsWithVariables();

}  // namespace precompiledseccomp::testing
