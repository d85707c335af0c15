// SPDX-License-Identifier: Apache-2.0
//
// Compiling all programs of a module, on all cores.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/precompile.h>

#include "module/message.h"
#include "programs/proof.h"

namespace precompiledseccomp::gen {

// The programs of a module, compiled for one target.
struct CompiledTarget {
  Target target;
  // Sorted by name. Their `used_syscalls` are empty; here is the union of all:
  std::vector<PrecompiledProgram> programs;
  std::vector<UsedSyscall> used_syscalls;  // sorted, each once
  // How many programs were compiled; the others have the variables and the policy of one of these.
  std::size_t distinct_programs = 0;
  // What each program took, by name: calling its definition, and compiling it unless it is like another.
  std::map<std::string, std::chrono::nanoseconds> times;
  // By name: of what was proved of each program, and what that took, if anything.
  std::map<std::string, ProofRecord> proofs;
  std::map<std::string, std::chrono::nanoseconds> proof_times;
};

// How much work each proof may be (verify/verify.h); nothing means that nothing is proved.
using ProofSteps = std::optional<std::uint64_t>;

// Compiles every program for every target; the result has the order of the targets. The author's functions
// are called one at a time, in the order of the definitions and for each in the order of the targets, so that
// they need not be thread-safe; the compiling itself is parallel, and programs that differ in nothing but
// their names are compiled, and proved, once. Throws Error: that of the first definition, in this order, that
// has one.
std::vector<CompiledTarget> CompileAll(std::span<const ProgramDefinition> definitions,
                                       std::span<const Target> targets, const ProofSteps& proof_steps,
                                       Progress& progress);

}  // namespace precompiledseccomp::gen
