// SPDX-License-Identifier: Apache-2.0
//
// Searches for values that have bits in common. Where order tests need many steps, a mask may need one:
//
//     0, 1, 0x80, 0x81 lead to A, all else to B         jset ~0x81, B, A
//     0, 1 lead to A, 0x80, 0x81 to B, all else to C    jset ~0x81, C, (jge 0x80, B, A)
//
// A pattern is a set of values that agree in some bits and have all combinations of the others.
#pragma once

#include <vector>

#include "compile/graph.h"
#include "compile/search_tree.h"

namespace precompiledseccomp::compile {

// As BuildSearch(), with patterns of constants where they are cheaper. For words of which few values lead
// anywhere but to the same node; of others it is the same as BuildSearch().
SearchTree BuildValueSearch(const Subject& subject, const std::vector<ValueRange>& ranges,
                            double cost_of_a_test, Graph& graph);

}  // namespace precompiledseccomp::compile
