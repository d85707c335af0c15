// SPDX-License-Identifier: Apache-2.0
//
// All ways that a call of which not everything is known may take through a filter.
#pragma once

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
  // What is loaded on some way: all bits if not all ways were followed, as the others may load anything.
  LookedAtBits looked_at;
};

// Of a program that the kernel accepts.
EveryWay EveryWayOf(const PrecompiledProgram& program, const PartlyKnownCall& call, const KnownValues& known);

}  // namespace precompiledseccomp::inspect
