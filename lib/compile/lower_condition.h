// SPDX-License-Identifier: Apache-2.0
//
// Conditions become decisions: every test over a 64-bit operand becomes tests of its halves.
#pragma once

#include <vector>

#include <precompiledseccomp/condition.h>
#include <precompiledseccomp/target.h>

#include "compile/graph.h"

namespace precompiledseccomp::compile {

// The decision `condition ? yes : no`.
NodeId Lower(const Condition& condition, NodeId yes, NodeId no, const Target& target, Graph& graph);

// The decision `one of the conditions holds ? yes : no`. They are as deep as conditions may be: joined to one
// they could be too deep.
NodeId LowerAnyOf(const std::vector<Condition>& conditions, NodeId yes, NodeId no, const Target& target,
                  Graph& graph);

// The decision `the call comes from the vsyscall page ? yes : no`: bit 63 of the instruction pointer.
NodeId LowerIsVsyscall(NodeId yes, NodeId no, const Target& target, Graph& graph);

}  // namespace precompiledseccomp::compile
