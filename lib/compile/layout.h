// SPDX-License-Identifier: Apache-2.0
//
// A decision graph as a line of instructions.
//
// Instructions are written from the last to the first: the sides of a branch have their places before the
// branch itself needs the distances to them. A branch has up to three ways in, so that what is in the
// accumulator already is not loaded again:
//
//     load        ld word          for those that come with anything else in A
//     transform   and/or operand   for those that come with the plain word in A
//     test        jeq ...          for those that come with the very subject in A
//
// The second is there only if the test has a transform.
//
// A conditional jump reaches 255 instructions far. Where a side is farther away, the jump goes to a `ja`
// right behind it, or to a copy of the returning instruction, which later branches in reach use as well.
#pragma once

#include <vector>

#include <linux/filter.h>

#include "compile/graph.h"

namespace precompiledseccomp::compile {

// The instructions may be more than the kernel accepts, which is for the caller to check, and some of them
// may be unreachable: see unreachable.h.
std::vector<sock_filter> LayOut(NodeId root, const Graph& graph);

}  // namespace precompiledseccomp::compile
