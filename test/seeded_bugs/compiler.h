// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <precompiledseccomp/precompile.h>

#include "read/read_back.h"

// Compilers with a bug each, and generators: copies of the compiling library, or of the generator's parts, in
// modules of their own, each of them with one source patched.
namespace precompiledseccomp::testing {

// PrecompileAnswers(), with or without a bug.
using CompilerFunction = PrecompiledProgram (*)(const DefinitionAnswers&);
// CompileNow().
using CompileNowFunction = std::vector<sock_filter> (*)(const ProgramDefinition&,
                                                        const std::vector<std::uint64_t>&, const Target&,
                                                        ProveNow);

// From definitions, sorted by name, to generated texts.
using GeneratorFunction = gen::GeneratedTexts (*)(const std::vector<ProgramDefinition>& definitions,
                                                  const std::vector<Target>& targets,
                                                  std::uint64_t proof_steps);

// The one of a module; linked into the test, the one without a bug.
extern "C" const GeneratorFunction seeded_generator;

struct SeededBug {
  std::string name;  // of the patch
  CompilerFunction compiler;
  CompileNowFunction compile_now;
};

struct BugInWriting {
  std::string name;
  GeneratorFunction generate;
};

// Load the modules, in the order of their names. They are never unloaded: what they throw stays valid. Throw
// std::runtime_error.
std::vector<SeededBug> LoadBugs(std::vector<std::string> paths);
std::vector<BugInWriting> LoadBugsInWriting(std::vector<std::string> paths);

// The bugs of a kind that the command line names: --passes MODULE... --variables MODULE... --writing
// MODULE...
const std::vector<SeededBug>& BugsInPasses();
const std::vector<SeededBug>& BugsWithVariables();
const std::vector<BugInWriting>& BugsInWriting();

}  // namespace precompiledseccomp::testing
