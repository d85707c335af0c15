// SPDX-License-Identifier: Apache-2.0
//
// From a call's architecture and number to the decision about it.
//
//     ld arch; jeq this architecture, else: bad architecture
//     ld nr;   jeq the hottest calls whose arguments are checked, in turn
//              a search tree over ranges of numbers with equal decisions
//              (above all calls) jset x32 bit; jeq -1, else: bad architecture
//
// Nothing but the architecture and the number is looked at, so that every call that is allowed whatever its
// arguments stays cacheable by the kernel (Linux 5.11, seccomp_cache_prepare). Where the policy says that few
// calls are made (CallsPerRun()), an argument may be loaded in between: see short_life.h.
#pragma once

#include <precompiledseccomp/evaluate.h>

#include "compile/decisions.h"
#include "compile/graph.h"
#include "compile/weights.h"

namespace precompiledseccomp::compile {

// The root of the whole decision that a policy makes, given those of the calls that rules name. Calls that
// weigh much are found after few tests.
NodeId DispatchByNumber(const ResolvedPolicy& policy, const Decisions& decisions, const Weights& weights,
                        Graph& graph);

}  // namespace precompiledseccomp::compile
