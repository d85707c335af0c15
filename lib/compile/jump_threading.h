// SPDX-License-Identifier: Apache-2.0
//
// Skips tests whose answer is known on the path to them.
//
//     arg0.high == 0 ?                              arg0.high == 0 ?
//       yes: arg0.low == 3 ?                          yes: arg0.low == 3 ?
//              yes: allow                                    yes: allow
//              no:  arg0.high == 0 ?        =>                no:  arg0.low == 9 ?
//                     yes: arg0.low == 9 ? ...
//       no:  arg0.high == 0 ? ...                     no: kill
//
// An edge that leads to such a test is led on to where the test would go. Nodes are never copied, so the
// graph only shrinks; what is known of a node reached on several paths is what all of them have in common.
#pragma once

#include <span>

#include "compile/decisions.h"
#include "compile/graph.h"

namespace precompiledseccomp::compile {

// Replaces each decision by an equivalent one.
void SkipKnownTests(std::span<NodeId> decisions, Graph& graph);
void SkipKnownTests(Decisions& decisions, Graph& graph);

}  // namespace precompiledseccomp::compile
