// SPDX-License-Identifier: Apache-2.0
//
// Programs that are compiled, and then proved: what sources and reports are written from.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <precompiledseccomp/precompile.h>

#include "precompile/prove_filter.h"
#include "programs/policy_bytes.h"

namespace precompiledseccomp::gen {

// The programs of a module, compiled for one target.
struct CompiledTarget {
  Target target;
  // Sorted by name. Their `used_syscalls` are empty; here is the union of all:
  std::vector<PrecompiledProgram> programs;
  std::vector<UsedSyscall> used_syscalls;  // sorted, each once
  // By name: what each is to be proved against. Equal ones are one object.
  std::map<std::string, std::shared_ptr<const PolicyBytes>> policies;
  // How many programs were compiled; the others have the variables and the policy of one of these.
  std::size_t distinct_programs = 0;
  // What each program took, by name: calling its definition, and compiling it unless it is like another.
  std::map<std::string, std::chrono::nanoseconds> times;
  // By name: what was proved of each program as it was written (programs/prove_all.h), and what that took, if
  // anything. One that is not proved is so with the permission of its definition or of the command line.
  std::map<std::string, ProofRecord> proofs;
  std::map<std::string, std::chrono::nanoseconds> proof_times;
};

}  // namespace precompiledseccomp::gen
