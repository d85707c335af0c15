// SPDX-License-Identifier: Apache-2.0
//
// Makes search trees of tests that follow each other.
//
//     arg1.low == 7 ? allow :                    arg1.low >= 6 ?
//     arg1.low == 3 ? allow :         =>           yes: arg1.low == 7 ? allow : ...
//     arg1.low == 5 ? allow : ...                  no:  arg1.low == 3 ? ...
//
// Conditions on several arguments, listed one by one, leave such chains when the tests that they share are
// skipped; only then does it show that they choose among the values of one word.
#pragma once

#include "compile/graph.h"

namespace precompiledseccomp::compile {

// The root of an equivalent decision. Tests of one word that split its range (equality and order, with
// constants) and have one way in from outside become a search tree where that is cheaper, counting the tests
// that there are and those that each range of values takes; some values may take more than they did. Tests
// with variables, and of bits, stay where they are.
NodeId BalanceSearches(NodeId root, Graph& graph);

}  // namespace precompiledseccomp::compile
