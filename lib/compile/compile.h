// SPDX-License-Identifier: Apache-2.0
//
// The door of this room: a policy resolved for one target in, the instructions of its filter out.
//
// The steps, in their order; each has a file of its own:
//
//   check_rules.h        reports rules that can never match
//   decisions.h          turns the rules for each call into one decision: nodes of a graph (graph.h), in
//   which
//                        equal nodes are one; conditions become tests of 32-bit words (lower_condition.h)
//   weights.h            estimates how often each call runs the filter
//   order/order.h        asks the questions of a decision in the order that costs least, and answers them
//   with
//                        search trees and bit patterns
//   jump_threading.h     skips tests whose answer is known on the path to them (path_facts.h)
//   dispatch.h           finds the decision for a call's number with a search tree (search_tree.h); for
//                        processes with few calls so that the kernel looks at few numbers (short_life.h)
//   layout.h             writes the graph as a sequence of instructions
//   block_order.h        in the order that installs fastest
//   unreachable.h        drops instructions that cannot be reached
//
// Deterministic: equal policies and numbers give equal instructions. Variables are opaque: other numbers for
// them give instructions that differ only in the operands in which the numbers stand.
#pragma once

#include <cstdint>
#include <vector>

#include <linux/filter.h>

#include <precompiledseccomp/evaluate.h>

namespace precompiledseccomp {

// `numbers` has one for each of the policy's variables. Throws Error for one that is missing, for a rule that
// can never match, and for a filter of more than BPF_MAXINSNS instructions (naming the system calls that take
// most of the space).
std::vector<sock_filter> Compile(const ResolvedPolicy& policy, const VariableNumbers& numbers = {});

// The same without the check that rules can match: for a policy that was compiled with it before, with other
// numbers.
std::vector<sock_filter> CompileChecked(const ResolvedPolicy& policy, const VariableNumbers& numbers = {});

}  // namespace precompiledseccomp
