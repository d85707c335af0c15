// SPDX-License-Identifier: Apache-2.0
//
// Compiling all programs of a module, on all cores.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/error.h>
#include <precompiledseccomp/target.h>

#include "programs/compiled_target.h"
#include "programs/policy_bytes.h"
#include "programs/progress_line.h"

namespace precompiledseccomp::gen {

// The next definition's answer for the next target, or what is wrong with that definition. Throws Error when
// there are no more answers to be had.
using NextAnswer = std::function<std::variant<PolicyBytes, Error>()>;

// How often each program is compiled (precompile/compare_rounds.h).
enum class Rounds : std::uint8_t {
  kTwo,  // for what is to be proved
  kAll,  // for what is not
};

// Compiles every program for every target; the result has the order of the targets. The answers for these
// definitions and targets come one at a time, in the order of the definitions and for each in the order of
// the targets. The compiling itself is done by so many threads (Do() in programs/crew.h), and programs that
// differ in nothing but their names are compiled once. Nothing is proved yet. Throws Errors: those of the
// first definitions, in this order, that have one.
std::vector<CompiledTarget> CompileAll(std::span<const ProgramDefinition> definitions,
                                       std::span<const Target> targets, const NextAnswer& next_answer,
                                       Rounds rounds, std::optional<std::size_t> threads, Progress& progress);

}  // namespace precompiledseccomp::gen
