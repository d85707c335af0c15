// SPDX-License-Identifier: Apache-2.0
//
// The order of a filter's blocks that installs fastest.
//
// On x86-64 the kernel translates a filter in as many passes as it takes until no jump becomes shorter
// (bpf/translation.h): with the same instructions in another order four or eight, and one of them is about a
// thirtieth of the time that installing takes. No rule foresees the number, as each jump that becomes shorter
// brings others into reach; but it is quickly computed. So orders are tried, and the best is kept: passes
// times eBPF instructions, of which a test needs two if neither side stands right behind it.
//
// Four passes, the fewest where jumps become short, take an end that is made for it (last_blocks.h). And few
// jumps in front of it may become short: answers jump back to the first one, and in the second pass that has
// moved by all that became shorter before it, while they are still taken to be where they were, out of reach.
// So sides stand far from their tests. Where no such order is found, sides are exchanged at random: one in
// seven of these orders takes five passes.
//
// Deterministic, and the same whatever values variables have. No order is taken that has more instructions
// than the usual one, or that lengthens the way of numbers at installation. (That the kernel also replaces
// constants when it is hardened, net.core.bpf_jit_harden, is not looked at.)
#pragma once

#include <vector>

#include <linux/filter.h>

#include <precompiledseccomp/target.h>

#include "compile/graph.h"

namespace precompiledseccomp::compile {

// The graph as instructions, of which none is unreachable. They may be more than the kernel accepts. For a
// target whose kernel translates in a fixed number of passes, in the usual order.
std::vector<sock_filter> LayOutForInstalling(NodeId root, const Graph& graph, const Target& target);

}  // namespace precompiledseccomp::compile
