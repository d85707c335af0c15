// SPDX-License-Identifier: Apache-2.0
//
// Proving all programs of a module, on all cores.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/precompile.h>

#include "programs/compiled_target.h"
#include "programs/progress_line.h"

namespace precompiledseccomp::gen {

// Proves of every program, as it was written, that it does what its definition's policy says; sets `proofs`
// and `proof_times` of each target, of which nothing remains that was there before. `written` has the
// programs that were read back from the text of each target, in the order of its `programs`: their names,
// instructions and variables. Each proof may be so many steps (Limits::steps in verify/limits.h). What is not
// proved with its definition's permission is compared with further compilations.
//
// A program that was written with the same instructions and variables as an earlier one, for exactly the same
// policy, has that one's proof. What compiling took for equal does not count here.
//
// Throws Errors: those of the first programs, target by target, that have one.
void ProveAll(std::span<const ProgramDefinition> definitions,
              std::span<const std::vector<PrecompiledProgram>> written, std::span<CompiledTarget> targets,
              std::uint64_t most_steps, std::optional<std::size_t> threads, Progress& progress);

}  // namespace precompiledseccomp::gen
