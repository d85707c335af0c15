// SPDX-License-Identifier: Apache-2.0
//
// Decision graphs.

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>

#include "compile/decisions.h"
#include "compile/dot.h"
#include "compile/graph.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(GraphTest)

BOOST_AUTO_TEST_CASE(ADecisionGraphCanBeLookedAtWithGraphviz) {
  const Values v(X86(), {"fd"});
  const ResolvedPolicy policy =
      Resolve(Policy().Errno(v["fd"], 0, (Arg32(0) & v["fd"]) == 3).Default(Action::Allow()), X86());
  const VariableNumbers numbers = {{"fd", 7}};
  compile::Graph graph(numbers);
  const compile::Decisions decisions = compile::DecisionsOfCalls(policy, graph);
  BOOST_TEST(compile::DotText(decisions.at(0), graph, X86()) == R"(digraph decisions {
  n2 [shape=box, label="arg0.low & $1 == 0x3"];
  n2 -> n1 [style=bold];
  n2 -> n0;
  n1 [label="errno 0 with $1"];
  n0 [label="allow"];
}
)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
