// SPDX-License-Identifier: Apache-2.0
//
// The door of this room: a policy resolved for one target in, the instructions of its filter out.
//
// What goes on inside, a file for each step:
//   rules.h            the rules of each call become one decision, and those that can never match are
//   reported lower_condition.h  conditions become tests of single 32-bit words graph.h            decisions
//   are nodes of a graph; equal ones are one node weights.h          how often each call runs the filter
//   order/order.h      questions are asked in the order that costs least, what calls have in common last, and
//                      answered by search trees and bit patterns
//   jump_threading.h   tests whose answer is known on the path to them are skipped (path_facts.h)
//   dispatch.h         call numbers become ranges of equal meaning, found by a search tree (search_tree.h)
//   layout.h           the graph becomes a line of instructions
//   unreachable.h      and those that nobody comes to are dropped
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
