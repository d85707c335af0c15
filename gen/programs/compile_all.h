// SPDX-License-Identifier: Apache-2.0
//
// Compiling all programs of a module, on all cores.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/target.h>

#include "module/asker.h"
#include "programs/compiled_target.h"

namespace precompiledseccomp::gen {

// How much work each proof may be (verify/verify.h); nothing means that nothing is proved.
using ProofSteps = std::optional<std::uint64_t>;

// Compiles every program for every target; the result has the order of the targets. `asker` has the answers
// for these definitions and targets still to come: they are taken one at a time, in the order of the
// definitions and for each in the order of the targets. The compiling itself is parallel, and programs that
// differ in nothing but their names are compiled, and proved, once. `jobs` are done at a time, or as many as
// there are processors; on a terminal, a line says how many are done. Throws Errors: those of the first
// definitions, in this order, that have one.
std::vector<CompiledTarget> CompileAll(std::span<const ProgramDefinition> definitions,
                                       std::span<const Target> targets, const ProofSteps& proof_steps,
                                       std::optional<std::size_t> jobs, Asker& asker);

}  // namespace precompiledseccomp::gen
