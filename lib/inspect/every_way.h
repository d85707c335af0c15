// SPDX-License-Identifier: Apache-2.0
//
// All ways that a call of which not everything is known may take through a filter.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <precompiledseccomp/precompile.h>

#include "inspect/known_values.h"
#include "inspect/partly_known_call.h"

namespace precompiledseccomp::inspect {

struct EveryWay {
  // What the filter may return, ascending, each once. Some of them it may not: two tests of one argument can
  // exclude each other in ways that are not followed.
  std::vector<std::uint32_t> answers;
  // Besides, answers that depend on a variable that is not known, or there were too many ways to follow.
  bool may_be_others = false;
  bool are_all_followed = true;
  // The bits of the arguments, and of the instruction pointer, that are loaded on some way.
  std::array<std::uint64_t, kArguments> looked_at{};
  std::uint64_t looked_at_pointer = 0;
};

// Of a program that the kernel accepts.
EveryWay EveryWayOf(const PrecompiledProgram& program, const PartlyKnownCall& call, const KnownValues& known);

}  // namespace precompiledseccomp::inspect
