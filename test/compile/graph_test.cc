// SPDX-License-Identifier: Apache-2.0
//
// Decision graphs: what is equal is one node. And how they are written down.

#include "compile/graph.h"

#include <array>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/seccomp.h>

#include <precompiledseccomp/define.h>

#include "compile/decisions.h"
#include "compile/dot.h"
#include "compile/graph_text.h"
#include "compile/reachable.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

using compile::NodeId;

BOOST_AUTO_TEST_SUITE(GraphTest)

BOOST_AUTO_TEST_CASE(EqualDecisionsAreOneNode) {
  GraphText text;
  const NodeId decision = text.Parse("nr == 1 ? A : arg0.low & $a == 3 ? errno $a : B");
  BOOST_TEST(text.Parse("nr == 1 ? A : arg0.low & $a == 3 ? errno $a : B") == decision);
  BOOST_TEST(text.Parse("other = arg0.low & $a == 3 ? errno $a : B; nr == 1 ? A : other") == decision);
}

BOOST_AUTO_TEST_CASE(WhatDiffersInAnythingIsAnotherNode) {
  GraphText text(X86(), 1);
  std::set<NodeId> nodes;
  const std::vector<const char*> decisions = {
      "nr == 1 ? A : B",       "nr == 1 ? B : A",      "nr == 2 ? A : B",        "arch == 1 ? A : B",
      "nr & 1 ? A : B",        "nr == $a ? A : B",     "nr == $b ? A : B",       "nr & 7 == 1 ? A : B",
      "nr & $a == 1 ? A : B",  "nr > $a ? A : B",      "nr >= $a ? A : B",       "nr | $a == 1 ? A : B",
      "nr == 1 ? errno 1 : B", "nr == 1 ? trap 1 : B", "nr == 1 ? errno $a : B", "nr == 1 ? errno $b : B",
      "nr == 1 ? trap $a : B",
  };
  for (const char* decision : decisions) nodes.insert(text.Parse(decision));
  BOOST_TEST(nodes.size() == decisions.size());
}

BOOST_AUTO_TEST_CASE(ABranchWithoutAChoiceDisappears) {
  GraphText text;
  const NodeId a = text.Parse("A");
  const NodeId b = text.Parse("B");
  BOOST_TEST(text.graph().AddBranch(text.ParseTest("nr == 1"), a, a) == a);
  BOOST_TEST(text.graph().AddBranch(text.ParseTest("nr >= 0"), a, b) == a);
  BOOST_TEST(text.graph().AddBranch(text.ParseTest("nr & 0"), a, b) == b);
}

BOOST_AUTO_TEST_CASE(TestsThatMeanTheSameAreOne) {
  GraphText text;
  const NodeId a = text.Parse("A");
  const NodeId b = text.Parse("B");
  BOOST_TEST(text.graph().AddBranch(text.ParseTest("nr > 0"), a, b) == text.Parse("nr == 0 ? B : A"));
}

// A call that is refused may take as long as it likes.
BOOST_AUTO_TEST_CASE(AllowedLoggedTracedAndNotifiedCallsAreNotRefused) {
  for (const std::uint32_t answer :
       {SECCOMP_RET_ALLOW, SECCOMP_RET_LOG, SECCOMP_RET_TRACE | 3U, SECCOMP_RET_USER_NOTIF})
    BOOST_TEST(!compile::Refuses({answer, {}}));
  for (const std::uint32_t answer : {SECCOMP_RET_ERRNO | 1U, std::uint32_t{SECCOMP_RET_ERRNO},
                                     SECCOMP_RET_TRAP, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_KILL_PROCESS})
    BOOST_TEST(compile::Refuses({answer, {}}));
}

BOOST_AUTO_TEST_CASE(TheBranchesOfDecisionsAreCollectedEachOnceFromTheBottomUp) {
  GraphText text;
  const NodeId shared = text.Parse("arg1.low == 7 ? A : B");
  const NodeId first =
      text.Parse("shared = arg1.low == 7 ? A : B; nr == 1 ? shared : arg0.low == 2 ? shared : C");
  const NodeId second = text.Parse("nr == 2 ? C : arg1.low == 7 ? A : B");
  const NodeId unrelated = text.Parse("nr == 9 ? A : B");
  const NodeId middle = text.graph()[first].no;
  compile::Branches branches;
  branches.Collect(std::array{first, second}, text.graph());
  BOOST_TEST(branches.ids() == (std::vector<NodeId>{shared, middle, first, second}),
             boost::test_tools::per_element());
  BOOST_TEST(branches.PositionOf(first) == 2U);
  BOOST_TEST(branches.PositionOf(unrelated) == compile::Branches::kNone);
  BOOST_TEST(branches.PositionOf(text.Parse("A")) == compile::Branches::kNone);
  // Anew, instead of those before.
  branches.Collect(std::array{unrelated}, text.graph());
  BOOST_TEST(branches.ids() == std::vector<NodeId>{unrelated}, boost::test_tools::per_element());
  BOOST_TEST(branches.PositionOf(first) == compile::Branches::kNone);
}

BOOST_AUTO_TEST_CASE(OfHundredsOfBranchesEachHasItsPosition) {
  GraphText text;
  NodeId root = text.Parse("A");
  for (std::uint32_t i = 0; i < 600; ++i)
    root = text.graph().AddBranch(text.ParseTest("nr == " + std::to_string(2 * i)), text.Parse("B"), root);
  compile::Branches branches;
  branches.Collect({&root, 1}, text.graph());
  BOOST_TEST(branches.ids().size() == 600U);
  for (std::uint32_t i = 0; i < branches.ids().size(); ++i)
    if (branches.PositionOf(branches.ids()[i]) != i) BOOST_ERROR("of branch " << i);
}

BOOST_AUTO_TEST_CASE(ADecisionGraphCanBeLookedAtWithGraphviz) {
  const Values v(X86(), {"fd"});
  const ResolvedPolicy policy =
      Resolve(Policy().Errno(v["fd"], Syscall(0), (Arg32(0) & v["fd"]) == 3).Default(Action::Allow()), X86());
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

// The notation of these tests.
BOOST_AUTO_TEST_SUITE(GraphTextTest)

BOOST_AUTO_TEST_CASE(WhatIsWrittenIsWhatWasRead) {
  for (const char* decision : {
           "A",
           "errno 38",
           "errno $code",
           "user_notify",
           "nr == 1 ? allow : kill",
           "ip.low & 0xf0 == 0x30 ? (arg5.high >= 0x80000000 ? A : B) : arch & 6 ? C : D",
           "arg0.low | $a == $a ? A : arg0.low > $b.high ? B : C",
           "n1 = arg1.low == 7 ? A : B;\narg0.low == 1 ? n1 : arg0.high == 2 ? n1 : C",
       }) {
    GraphText text;
    BOOST_TEST(text.Print(text.Parse(decision)) == decision);
  }
  GraphText text;
  const char* const ranges = "0: A, 5: (nr == 1 ? A : B), 0x10: C";
  BOOST_TEST(text.Print(text.ParseRanges(ranges)) == ranges);
}

BOOST_AUTO_TEST_CASE(WhatIsNoDecisionIsRefused) {
  for (const char* wrong :
       {"", "nr", "nr == 1", "nr == 1 ? A", "nr == 1 ? A : B C", "nr < 1 ? A : B", "x ? A : B",
        "arg6.low == 1 ? A : B", "nr == 0x100000000 ? A : B", "refuse", "errno", "x = A;"}) {
    GraphText text;
    BOOST_CHECK_THROW(text.Parse(wrong), std::invalid_argument);
  }
}

// Else a table could say something else than it seems to.
BOOST_AUTO_TEST_CASE(WhatTheGraphWouldStoreInAnotherFormIsRefused) {
  for (const char* other : {"nr >= 0 ? A : B", "nr > 5 ? A : B", "nr == 1 ? A : A", "nr & 6 == 0 ? A : B"}) {
    GraphText text;
    BOOST_CHECK_THROW(text.Parse(other), std::invalid_argument);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
