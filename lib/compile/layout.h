// SPDX-License-Identifier: Apache-2.0
//
// A decision graph as a line of instructions.
//
// Instructions are written from the last to the first, so that the sides of a branch have their positions
// before the branch needs the distances to them. A branch has up to three entries, so that a jump to it need
// not load again what the accumulator (A) holds already:
//
//     load        ld word          from where A holds anything else
//     transform   and/or operand   from where A holds the word
//     test        jeq ...          from where A holds the word, transformed
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
