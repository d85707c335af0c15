// SPDX-License-Identifier: Apache-2.0
//
// Conditions over 64-bit operands become decisions over their 32-bit halves.

#include "compile/lower_condition.h"

#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>

#include "compile/graph_text.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(LowerConditionTest)

struct Row {
  Condition condition;
  const char* decision;  // that leads to yes where the condition holds, and to no elsewhere
};

void Check(const std::vector<Row>& rows, const Target& target = X86()) {
  for (const Row& row : rows)
    for (const std::uint32_t number : kNumbers) {
      GraphText text(target, number);
      const compile::NodeId yes = text.Parse("allow");
      const compile::NodeId no = text.Parse("kill");
      text.Name("yes", yes);
      text.Name("no", no);
      const compile::NodeId expected = text.Parse(row.decision);
      const compile::NodeId decision = compile::Lower(row.condition, yes, no, target, text.graph());
      BOOST_TEST((decision == expected), row.condition << " became\n  " << text.Print(decision)
                                                       << "\nand not\n  " << text.Print(expected));
    }
}

BOOST_AUTO_TEST_CASE(TheHighHalfOfAWholeArgumentIsTestedFirst) {
  Check({
      {Arg(0) == 3, "arg0.high == 0 ? (arg0.low == 3 ? yes : no) : no"},
      {Arg(0) != 3, "arg0.high == 0 ? (arg0.low == 3 ? no : yes) : yes"},
      {Arg(0) == 0x500000003, "arg0.high == 5 ? (arg0.low == 3 ? yes : no) : no"},
      {InstructionPointer() == 3, "ip.high == 0 ? (ip.low == 3 ? yes : no) : no"},
  });
}

BOOST_AUTO_TEST_CASE(OfA32BitArgumentOnlyTheLowHalfIsTested) {
  Check({
      {Arg32(5) == 3, "arg5.low == 3 ? yes : no"},
      {Arg32(5) > 3, "arg5.low >= 4 ? yes : no"},
      {(Arg32(5) & 0xff) == 3, "arg5.low & 0xff == 3 ? yes : no"},
      {Arg32(5).OnlyBits(6), "arg5.low & 0xfffffff9 ? no : yes"},
      {Arg32(5).NonNegativeFd(), "arg5.low >= 0x80000000 ? no : yes"},
  });
}

BOOST_AUTO_TEST_CASE(TheHighHalfDecidesAnOrderUnlessItIsEqual) {
  Check({
      {Arg(0) > 0x500000003, "arg0.high >= 6 ? yes : arg0.high == 5 ? (arg0.low >= 4 ? yes : no) : no"},
      {Arg(0) >= 0x500000003, "arg0.high >= 6 ? yes : arg0.high == 5 ? (arg0.low >= 3 ? yes : no) : no"},
      {Arg(0) < 0x500000003, "arg0.high >= 6 ? no : arg0.high == 5 ? (arg0.low >= 3 ? no : yes) : yes"},
      {Arg(0) <= 0x500000003, "arg0.high >= 6 ? no : arg0.high == 5 ? (arg0.low >= 4 ? no : yes) : yes"},
  });
}

BOOST_AUTO_TEST_CASE(OneTestOfTheHighHalfIsEnoughIfItIsToBeZero) {
  Check({
      {Arg(0) > 3, "arg0.high == 0 ? (arg0.low >= 4 ? yes : no) : yes"},
      {Arg(0) < 3, "arg0.high == 0 ? (arg0.low >= 3 ? no : yes) : no"},
      {Arg(0).NonNegativeFd(), "arg0.high == 0 ? (arg0.low >= 0x80000000 ? no : yes) : no"},
  });
}

BOOST_AUTO_TEST_CASE(AMaskIsAppliedToBothHalves) {
  Check({
      {(Arg(0) & 0xff) == 3, "arg0.low & 0xff == 3 ? yes : no"},
      {(Arg(0) & 0x0000003000000030) == 0x0000001000000020,
       "arg0.high & 0x30 == 0x10 ? (arg0.low & 0x30 == 0x20 ? yes : no) : no"},
      {(Arg(0) & 6) == 0, "arg0.low & 6 ? no : yes"},
      {(Arg(0) & 6) != 0, "arg0.low & 6 ? yes : no"},
      {Arg(0).OnlyBits(6), "arg0.high == 0 ? (arg0.low & 0xfffffff9 ? no : yes) : no"},
  });
}

BOOST_AUTO_TEST_CASE(ASetIsSearched) {
  Check({
      {Arg32(0).In({1, 9}), "arg0.low == 1 ? yes : arg0.low == 9 ? yes : no"},
      // Whatever order it is written in, and however often each.
      {Arg32(0).In({9, 1, 9}), "arg0.low == 1 ? yes : arg0.low == 9 ? yes : no"},
      {Arg32(0).In({5, 6, 7}), "arg0.low >= 5 ? (arg0.low >= 8 ? no : yes) : no"},
      {Arg32(0).In({0xfffffffd, 0xfffffffe}),
       "arg0.low >= 0xfffffffd ? (arg0.low == 0xffffffff ? no : yes) : no"},
      // Up to the largest value there is.
      {Arg32(0).In({0xfffffffe, 0xffffffff}), "arg0.low >= 0xfffffffe ? yes : no"},
  });
}

BOOST_AUTO_TEST_CASE(ASetOfWholeArgumentsIsSearchedByHighHalvesFirst) {
  Check({
      {Arg(0).In({1, 9}), "arg0.high == 0 ? (arg0.low == 1 ? yes : arg0.low == 9 ? yes : no) : no"},
      {Arg(0).In({7, 0x500000003}),
       "arg0.high == 0 ? (arg0.low == 7 ? yes : no) : arg0.high == 5 ? (arg0.low == 3 ? yes : no) : no"},
  });
}

BOOST_AUTO_TEST_CASE(ConditionsAreJoinedAndTurnedAround) {
  Check({
      {Always(), "yes"},
      {Arg32(0) == 1 && Arg32(1) == 2, "arg0.low == 1 ? (arg1.low == 2 ? yes : no) : no"},
      {Arg32(0) == 1 || Arg32(1) == 2, "arg0.low == 1 ? yes : arg1.low == 2 ? yes : no"},
      {!(Arg32(0) == 1 && Arg32(1) == 2), "arg0.low == 1 ? (arg1.low == 2 ? no : yes) : yes"},
      {Arg32(0) == 1 && (Arg32(1) == 2 || Arg32(2) == 3),
       "arg0.low == 1 ? (arg1.low == 2 ? yes : arg2.low == 3 ? yes : no) : no"},
  });
}

BOOST_AUTO_TEST_CASE(AlternativesThatDifferInOneValueOnlyAreASet) {
  Check({
      {Arg32(0) == 5 || Arg32(0) == 6 || Arg32(0) == 7, "arg0.low >= 5 ? (arg0.low >= 8 ? no : yes) : no"},
      {(Arg32(0) == 5 && Arg32(1) == 1) || (Arg32(0) == 6 && Arg32(1) == 1) ||
           (Arg32(1) == 1 && Arg32(0) == 7),
       "arg0.low >= 5 ? (arg0.low >= 8 ? no : arg1.low == 1 ? yes : no) : no"},
      {(Arg32(0) == 5 || Arg32(1) == 1) || Arg32(0).In({6, 7}),
       "arg0.low >= 5 ? (arg0.low >= 8 ? (arg1.low == 1 ? yes : no) : yes) : arg1.low == 1 ? yes : no"},
  });
}

BOOST_AUTO_TEST_CASE(AlternativesThatDifferInMoreAreTriedInTurn) {
  Check({
      {Arg32(0) == 5 || Arg32(1) == 6, "arg0.low == 5 ? yes : arg1.low == 6 ? yes : no"},
      {(Arg32(0) == 5 && Arg32(1) == 1) || (Arg32(0) == 6 && Arg32(1) == 2),
       "second = arg0.low == 6 ? (arg1.low == 2 ? yes : no) : no;"
       "arg0.low == 5 ? (arg1.low == 1 ? yes : second) : second"},
      // The whole argument is another operand than its low half.
      {Arg32(0) == 5 || Arg(0) == 6,
       "arg0.low == 5 ? yes : arg0.high == 0 ? (arg0.low == 6 ? yes : no) : no"},
      {Arg32(0) == 5 || Arg32(0) >= 6, "arg0.low == 5 ? yes : arg0.low >= 6 ? yes : no"},
  });
}

BOOST_AUTO_TEST_CASE(VariablesAreComparedAsTheyAre) {
  const Values v(X86(), {"a", Uint64("address")});
  const Value a = v["a"];
  Check({
      {Arg32(0) == a, "arg0.low == $a ? yes : no"},
      // Zero-extended.
      {Arg(0) == a, "arg0.high == 0 ? (arg0.low == $a ? yes : no) : no"},
      {Arg(0) == v.Uint64("address"),
       "arg0.high == $address.high ? (arg0.low == $address.low ? yes : no) : no"},
      {Arg(0) < a, "arg0.high == 0 ? (arg0.low >= $a ? no : yes) : no"},
      {Arg(0) > v.Uint64("address"),
       "arg0.high > $address.high ? yes"
       ": arg0.high == $address.high ? (arg0.low > $address.low ? yes : no) : no"},
      {(Arg32(0) & a) == 1, "arg0.low & $a == 1 ? yes : no"},
      {(Arg32(0) & 7) == a, "arg0.low & 7 == $a ? yes : no"},
      // A complement cannot be had: with these bits set as well, there is no other.
      {Arg32(0).OnlyBits(a), "arg0.low | $a == $a ? yes : no"},
  });
}

// Where it would stand among the constants depends on its value.
BOOST_AUTO_TEST_CASE(VariablesOfASetAreTriedBehindTheConstants) {
  const Values v(X86(), {"a", "b"});
  Check({
      {Arg32(0).In({v["a"], 5, 6, v["b"], 7}),
       "others = arg0.low == $a ? yes : arg0.low == $b ? yes : no;"
       "arg0.low >= 5 ? (arg0.low >= 8 ? others : yes) : others"},
  });
}

// By the names of its words, a decision is the same; their places are exchanged.
BOOST_AUTO_TEST_CASE(OnABigEndianMachineTheHalvesHaveTheirOwnPlaces) {
  const std::vector<Row> rows = {
      {Arg(0) == 0x500000003, "arg0.high == 5 ? (arg0.low == 3 ? yes : no) : no"},
      {Arg(0) <= 3, "arg0.high == 0 ? (arg0.low >= 4 ? no : yes) : no"},
      {InstructionPointer() == 3, "ip.high == 0 ? (ip.low == 3 ? yes : no) : no"},
  };
  Check(rows);
  Check(rows, BigEndian(X86()));
}

BOOST_AUTO_TEST_CASE(TheVsyscallPageIsInTheUpperHalfOfTheAddressSpace) {
  GraphText text;
  const compile::NodeId decision =
      compile::LowerIsVsyscall(text.Parse("A"), text.Parse("B"), X86(), text.graph());
  BOOST_TEST((decision == text.Parse("ip.high >= 0x80000000 ? A : B")), text.Print(decision));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
