// SPDX-License-Identifier: Apache-2.0
//
// A decision graph as text for Graphviz, to look at while working on a pass. Put where it is wanted:
//
//   std::cerr << compile::DotText(root, graph, target);     | dot -Tsvg -o graph.svg
#pragma once

#include <string>

#include <precompiledseccomp/target.h>

#include "compile/graph.h"

namespace precompiledseccomp::compile {

// What can be reached from `root`: a box for each test, with a bold edge to where it leads if it holds, and
// an ellipse for each answer. Operands that are variables are shown as $1, $2 and so on. Equal graphs give
// equal texts.
std::string DotText(NodeId root, const Graph& graph, const Target& target);

}  // namespace precompiledseccomp::compile
