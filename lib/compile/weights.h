// SPDX-License-Identifier: Apache-2.0
//
// What the compiler minimises: time, in units of what the kernel needs to emulate one instruction when a
// filter is installed.
//
//   install   each call number of the kernel's table (Target::numbers) is emulated once; each instruction is
//             checked and translated once
//   run       only calls whose arguments are looked at run the filter, each as often as the policy says it is
//             made; the kernel has the answers of the others (Linux 5.11, seccomp_cache_prepare)
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include <precompiledseccomp/evaluate.h>

#include "compile/decisions.h"
#include "compile/graph.h"
#include "compile/reachable.h"

namespace precompiledseccomp::compile {

// What one instruction more costs when a filter is installed, with the one and a half of eBPF that it becomes
// in five passes (bpf/install_cost.h).
inline constexpr double kCostOfAnInstruction = 80;

// Whether no call that is decided so is made. `branches` are used up.
bool IsAlwaysRefused(NodeId decision, const Graph& graph, Branches& branches);

// How much each of the calls whose arguments are checked weighs: how often it runs the filter, for each time
// that the filter is installed.
//
// - What the policy declares (HotSyscalls, SyscallCounts) weighs as much as eight installations together,
//   shared by the counts.
// - Of the others, those that programs usually make often (UsualCalls) weigh as much as one and a half
//   installations together if the policy declares nothing, else as much as a quarter of one; the n-th of them
//   counts 1/n of the first.
// - Every call weighs a little besides.
//
// With CallsPerRun() it is known how often they are made, and they weigh that and no more (short_life.h).
//
// Calls that are always refused weigh nothing: the time of a refusal does not matter. Calls that the kernel
// answers from its bitmap have no weight.
using Weights = std::map<std::uint32_t, double>;
Weights WeightsOf(const ResolvedPolicy& policy, const Decisions& decisions, const Graph& graph);

// The calls that have a weight; of equal ones, the lower number first.
std::vector<std::uint32_t> HeaviestFirst(const Weights& weights);

}  // namespace precompiledseccomp::compile
