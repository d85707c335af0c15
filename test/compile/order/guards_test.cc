// SPDX-License-Identifier: Apache-2.0
//
// Tests that all have to be passed: they are found in a decision, and put into the order in which they have
// most in common with others.

#include "compile/order/guards.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "compile/graph_text.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(GuardsTest)

using compile::GuardedDecision;
using compile::NodeId;

struct Chain {
  const char* decision;
  const char* guards;  // "guard and guard, then answer", or what there is instead
};

std::string TextOf(const std::optional<GuardedDecision>& chain, const GraphText& text) {
  if (!chain) return "no chain";
  std::string guards;
  for (const compile::Guard& guard : chain->guards)
    guards += (guards.empty() ? "" : " and ") + text.Print(guard.decision);
  return guards + ", then " + text.Print(chain->passed);
}

void Check(const std::vector<Chain>& rows) {
  for (const Chain& row : rows) {
    GraphText text;
    compile::Guards guards(text.graph());
    text.Name("pass", guards.Pass());
    BOOST_TEST(TextOf(guards.OfChain(text.Parse(row.decision)), text) == row.guards, row.decision);
  }
}

BOOST_AUTO_TEST_CASE(AChainOfTestsThatAllHaveToBePassedConsistsOfGuards) {
  Check({
      {"nr == 1 ? allow : kill", "nr == 1 ? pass : kill, then allow"},
      {"nr == 1 ? kill : allow", "nr == 1 ? kill : pass, then allow"},
      {"arg0.high == 0 ? (arg0.low >= 3 ? kill : arg1.low == $a ? allow : kill) : kill",
       "arg0.high == 0 ? pass : kill and arg0.low >= 3 ? kill : pass and arg1.low == $a ? pass : kill, then "
       "allow"},
  });
}

// Who fails is not always refused: those who all get the same answer, wherever they leave.
BOOST_AUTO_TEST_CASE(WhoFailsMayBeAllowed) {
  Check({
      {"nr == 1 ? (arg0.low == 2 ? kill : allow) : allow",
       "nr == 1 ? pass : allow and arg0.low == 2 ? pass : allow, then kill"},
  });
}

BOOST_AUTO_TEST_CASE(AnythingElseIsNoChain) {
  Check({
      {"allow", "no chain"},
      // Those who fail get different answers.
      {"nr == 1 ? (arg0.low == 2 ? allow : errno 1) : kill", "no chain"},
      // Both sides go on.
      {"nr == 1 ? (arg0.low == 2 ? allow : kill) : arg0.low == 3 ? allow : kill", "no chain"},
      // Two tests of the same word may depend on each other.
      {"nr >= 5 ? (nr >= 9 ? kill : allow) : kill", "no chain"},
  });
}

struct Joined {
  const char* what;
  std::vector<const char*> before;  // other decisions with guards
  std::vector<const char*> kept;    // decisions that are there in any case
  const char* decision;
  const char* joined;
};

BOOST_AUTO_TEST_CASE(TheGuardThatMostHaveInCommonIsAskedLast) {
  for (const Joined& row : std::vector<Joined>{
           {"of equally many uses, the words in descending order",
            {},
            {},
            "arg0.low == 1 ? (arg1.low == 2 ? allow : kill) : kill",
            "arg1.low == 2 ? (arg0.low == 1 ? allow : kill) : kill"},
           {"one that another decision has as well",
            {"arg1.low == 2 ? (arg3.low == 5 ? allow : kill) : kill"},
            {},
            "arg1.low == 2 ? (arg0.low == 1 ? allow : kill) : kill",
            "arg0.low == 1 ? (arg1.low == 2 ? allow : kill) : kill"},
           {"those that are there, before all others",
            {"arg0.low == 1 ? (arg3.low == 5 ? allow : kill) : kill"},
            {"arg2.low == 3 ? (arg1.low == 2 ? allow : kill) : kill", "arg1.low == 2 ? allow : kill"},
            "arg0.low == 1 ? (arg1.low == 2 ? (arg2.low == 3 ? allow : kill) : kill) : kill",
            "arg0.low == 1 ? (arg2.low == 3 ? (arg1.low == 2 ? allow : kill) : kill) : kill"},
           {"what is there with another answer does not help",
            {},
            {"arg1.low == 2 ? allow : errno 1"},
            "arg0.low == 1 ? (arg1.low == 2 ? allow : kill) : kill",
            "arg1.low == 2 ? (arg0.low == 1 ? allow : kill) : kill"},
       }) {
    GraphText text;
    compile::Guards guards(text.graph());
    const auto chain = guards.OfChain(text.Parse(row.decision));
    BOOST_TEST_REQUIRE(chain.has_value(), row.what);
    guards.CountUses(chain->guards);
    for (const char* const other : row.before) guards.CountUses(guards.OfChain(text.Parse(other))->guards);
    std::set<NodeId> kept;
    for (const char* const decision : row.kept) kept.insert(text.Parse(decision));
    const NodeId expected = text.Parse(row.joined);
    const NodeId joined = guards.Join(*chain, [&](NodeId id) { return kept.count(id) != 0; });
    BOOST_TEST((joined == expected), row.what << ":\n  " << row.decision << "\nbecame\n  "
                                              << text.Print(joined) << "\nand not\n  " << row.joined);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
