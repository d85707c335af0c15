// SPDX-License-Identifier: Apache-2.0
//
// The order of questions: what alternatives and calls have in common is asked once, and sets are searched.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <precompiledseccomp/define.h>

#include "bpf/disassembler.h"
#include "bpf/interpreter.h"
#include "compile/compile_for.h"
#include "compile/graph_text.h"
#include "compile/order/order.h"
#include "compile/pass_table.h"
#include "support/calls.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(OrderTest)

struct Row {
  const char* what;
  double weight;  // of each decision
  std::vector<const char*> before;
  std::vector<const char*> after;
};

void Check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    GraphText text;
    std::vector<compile::WeightedDecision> decisions;
    for (const char* const decision : row.before) decisions.push_back({text.Parse(decision), row.weight});
    std::vector<compile::NodeId> expected;
    for (const char* const decision : row.after) expected.push_back(text.Parse(decision));
    const std::vector<compile::NodeId> ordered = compile::Order(decisions, text.graph());
    for (std::size_t i = 0; i < ordered.size(); ++i) {
      BOOST_TEST(AnswerAlike(decisions[i].root, expected[i], text), row.what << ": the table is wrong");
      BOOST_TEST((ordered[i] == expected[i]),
                 row.what << ":\n  " << text.Print(decisions[i].root) << "\nshould have become\n  "
                          << text.Print(expected[i]) << "\nand became\n  " << text.Print(ordered[i]));
    }
  }
}

constexpr double kSeldom = 0.1;
constexpr double kOften = 10;

BOOST_AUTO_TEST_CASE(WhatAllAlternativesHaveInCommonIsAskedOnceAndLast) {
  Check({
      {"written first",
       kOften,
       {"second = arg0.high == 0 ? (arg1.low == 9 ? allow : kill) : kill;"
        "arg0.high == 0 ? (arg1.low == 7 ? allow : second) : second"},
       {"fd = arg0.high == 0 ? allow : kill; arg1.low == 7 ? fd : arg1.low == 9 ? fd : kill"}},
      {"written last",
       kOften,
       {"arg1.low == 7 ? (arg0.high == 0 ? allow : kill) : arg1.low == 9 ? (arg0.high == 0 ? allow : kill) : "
        "kill"},
       {"fd = arg0.high == 0 ? allow : kill; arg1.low == 7 ? fd : arg1.low == 9 ? fd : kill"}},
  });
}

BOOST_AUTO_TEST_CASE(ValuesThatWereTriedInTurnAreSearched) {
  Check({
      {"as a range",
       kOften,
       {"arg1.low == 5 ? allow : arg1.low == 7 ? allow : arg1.low == 6 ? allow : kill"},
       {"arg1.low >= 5 ? (arg1.low >= 8 ? kill : allow) : kill"}},
      {"as bits",
       kOften,
       {"arg1.low == 1 ? allow : arg1.low == 0x80 ? allow : arg1.low == 0x81 ? allow : arg1.low == 0 ? allow "
        ": kill"},
       {"arg1.low & 0xffffff7e ? kill : allow"}},
      {"with what each of them leads to, none after more than three tests",
       kOften,
       {"arg1.low == 1 ? (arg2.low == 1 ? allow : kill)"
        ": arg1.low == 2 ? (arg2.low == 2 ? allow : kill)"
        ": arg1.low == 3 ? (arg2.low == 3 ? allow : kill)"
        ": arg1.low == 4 ? (arg2.low == 4 ? allow : kill)"
        ": arg1.low == 5 ? (arg2.low == 5 ? allow : kill) : kill"},
       {"arg1.low >= 3 ? (arg1.low >= 5 ? (arg1.low == 5 ? (arg2.low == 5 ? allow : kill) : kill)"
        "                               : arg1.low == 3 ? (arg2.low == 3 ? allow : kill)"
        "                               : arg2.low == 4 ? allow : kill)"
        "               : arg1.low == 1 ? (arg2.low == 1 ? allow : kill)"
        "               : arg1.low == 0 ? kill : arg2.low == 2 ? allow : kill"}},
  });
}

BOOST_AUTO_TEST_CASE(DecisionsAreOrderedSoThatTheyHaveMuchInCommon) {
  Check({
      {"a guard that both have",
       kSeldom,
       {"arg0.high == 0 ? (arg1.low == 7 ? allow : kill) : kill",
        "arg0.high == 0 ? (arg2.low == 9 ? allow : kill) : kill"},
       {"arg1.low == 7 ? (arg0.high == 0 ? allow : kill) : kill",
        "arg2.low == 9 ? (arg0.high == 0 ? allow : kill) : kill"}},
  });
}

BOOST_AUTO_TEST_CASE(WhatIsAsCheapAsItCanBeStaysAsItIs) {
  Check({
      {"an answer", kOften, {"allow"}, {"allow"}},
      {"one test", kOften, {"arg0.low == 3 ? allow : kill"}, {"arg0.low == 3 ? allow : kill"}},
      {"a test with different answers behind it",
       kOften,
       {"arg0.low == 3 ? (arg1.low == 1 ? allow : errno 1) : kill"},
       {"arg0.low == 3 ? (arg1.low == 1 ? allow : errno 1) : kill"}},
  });
}

// A value of a set whose members are too far apart to share a range.
std::uint32_t Sparse(std::uint32_t i) {
  return 0x1000 + 0x9e37U * i;
}

// The longest path among ioctl(3, Sparse(0)) to ioctl(3, Sparse(count - 1)), all of which must be allowed.
std::size_t LongestAllowed(const std::vector<sock_filter>& program, std::uint32_t count) {
  std::size_t longest = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto run = bpf::Run(program, Call(16, {3, Sparse(i), i}));
    BOOST_TEST(run.result == SECCOMP_RET_ALLOW);
    longest = std::max(longest, run.executed);
  }
  return longest;
}

BOOST_AUTO_TEST_CASE(RulesOfOneCallListedOneByOneAreSearchedAsASet) {
  Policy policy;
  for (std::uint32_t i = 0; i < 64; ++i) policy.Allow("ioctl", Arg32(1) == Sparse(i));
  // ld arch, jeq, ld nr, jeq, ld arg, at most eight tests, ret
  BOOST_TEST(LongestAllowed(CompileFor(policy), 64) <= 14U);
}

BOOST_AUTO_TEST_CASE(AlternativesThatRepeatAnotherTestAreSearchedToo) {
  std::vector<Condition> alternatives;
  for (std::uint32_t i = 0; i < 32; ++i)
    alternatives.push_back(Arg(0).NonNegativeFd() && Arg(1) == Sparse(i));
  // ld arch, jeq, ld nr, jeq, four halves loaded and three of them tested, at most seven tests, ret
  BOOST_TEST(LongestAllowed(CompileFor(Policy().Allow("ioctl", AnyOf(alternatives))), 32) <= 19U);
}

BOOST_AUTO_TEST_CASE(AlternativesThatGoOnDifferentlyAreSearchedToo) {
  std::vector<Condition> alternatives;
  for (std::uint32_t i = 0; i < 16; ++i) alternatives.push_back(Arg32(1) == Sparse(i) && Arg32(2) == i);
  // ld arch, jeq, ld nr, jeq, ld arg1, at most six tests, ld arg2, jeq, ret
  BOOST_TEST(LongestAllowed(CompileFor(Policy().Allow("ioctl", AnyOf(alternatives))), 16) <= 14U);
}

// Requests of ioctl on any file descriptor, each with its own argument, as an author might list them.
std::vector<Condition> Requests(bool descriptor_first) {
  std::vector<Condition> requests;
  for (std::uint32_t i = 0; i < 20; ++i) {
    const Condition is_request = Arg(1) == Sparse(i) && Arg32(2) == i % 4;
    requests.push_back(descriptor_first ? Arg(0).NonNegativeFd() && is_request
                                        : is_request && Arg(0).NonNegativeFd());
  }
  return requests;
}

BOOST_AUTO_TEST_CASE(TheOrderInWhichAConditionIsWrittenDoesNotMatter) {
  const auto program = CompileFor(Policy().Allow("ioctl", AnyOf(Requests(true))));
  BOOST_TEST(program.size() == CompileFor(Policy().Allow("ioctl", AnyOf(Requests(false)))).size());
  // arch, nr, and every half of the three arguments that is tested
  BOOST_TEST(CountCode(program, BPF_LD | BPF_W | BPF_ABS) <= 2U + 5U + 3U);
}

BOOST_AUTO_TEST_CASE(WhatSeveralCallsHaveInCommonIsAskedOnce) {
  Policy policy;
  policy.Allow("ioctl", Arg(0).NonNegativeFd() && Arg32(1).In({0x5401, 0x5421}));
  policy.Allow("fcntl", Arg(0).NonNegativeFd() && Arg32(1) == 4);
  policy.Allow("lseek", Arg(0).NonNegativeFd() && Arg32(2) == 7);
  const auto program = CompileFor(policy);
  std::size_t loads_of_fd = 0;
  for (const sock_filter& instruction : program)
    loads_of_fd += instruction.code == (BPF_LD | BPF_W | BPF_ABS) && instruction.k == 16 ? 1 : 0;
  BOOST_TEST(loads_of_fd == 1U, bpf::Disassemble(program));
}

BOOST_AUTO_TEST_CASE(WhatAlternativesHaveInCommonIsAskedOnceBehindThem) {
  const Condition in_common = Arg(3) == 0 && Arg(4) == 0;
  const Condition wait = Arg(1) == 0 && in_common;
  const Condition wake = in_common && Arg(1) == 1 && Arg(2) == 1;
  const auto program = CompileFor(Policy().Allow("futex", wait || wake));
  // arch, nr, and both halves of four arguments
  BOOST_TEST(CountCode(program, BPF_LD | BPF_W | BPF_ABS) == 2U + 8U, bpf::Disassemble(program));
}

BOOST_AUTO_TEST_CASE(WhatMostCallsHaveInCommonIsAskedLast) {
  Policy policy;
  policy.Allow("socketpair", Arg(2) == 0 && Arg(0) == 1 && Arg(1) == 5);
  policy.Allow("clone", Arg(0) == 17 && Arg(2) == 0);
  policy.Allow("getcpu", Arg(2) == 0 && Arg(1) == 0);
  policy.Allow("accept", Arg(1) == 0 && Arg(2) == 0);
  const auto program = CompileFor(policy);
  // arch, nr; arg2 == 0 and arg1 == 0, once each; the high half of arg0 once, its low half twice; arg1 == 5
  BOOST_TEST(CountCode(program, BPF_LD | BPF_W | BPF_ABS) == 2U + 4U + 3U + 2U, bpf::Disassemble(program));
}

BOOST_AUTO_TEST_CASE(ValuesBesideABitPatternAreTestedBesideIt) {
  // ld arch, jeq, ld nr, jeq, ld arg, jset for {0, 1, 0x80, 0x81}, jeq for 0x89, two returns
  BOOST_TEST(CompileFor(Policy().Allow("futex", Arg32(1).In({0, 1, 0x80, 0x81, 0x89}))).size() == 9U);
}

BOOST_AUTO_TEST_CASE(ABitPatternWhosePartsGoOnDifferentlyIsOneTestBeforeThem) {
  Policy policy;
  policy.Allow("futex", Arg32(1).In({0, 1}) || (Arg32(1).In({0x80, 0x81}) && Arg32(4) == 0));
  const auto program = CompileFor(policy);
  // ld arch, jeq, ld nr, jeq, ld arg1, jset for all four, one test between the two, ld arg4, jeq, two returns
  BOOST_TEST(program.size() == 11U, bpf::Disassemble(program));
}

BOOST_AUTO_TEST_CASE(RequestsUnderAMaskAreSearchedToo) {
  std::vector<Condition> requests;
  for (std::uint32_t i = 0; i < 16; ++i)
    requests.push_back(Arg(0).NonNegativeFd() && (Arg32(1) & 0xc000ffff) == 0x40004600 + 3 * i);
  const auto program = CompileFor(Policy().Allow("ioctl", AnyOf(requests)));
  std::size_t longest = 0;
  for (std::uint32_t i = 0; i < 16; ++i) {
    const auto run = bpf::Run(program, Call(16, {3, 0x40124600 + 3 * i}));
    BOOST_TEST(run.result == SECCOMP_RET_ALLOW);
    longest = std::max(longest, run.executed);
  }
  // ld arch, jeq, ld nr, jeq, ld arg1, and, at most six tests, two halves of arg0 loaded and tested, ret
  BOOST_TEST(longest <= 17U);
}

BOOST_AUTO_TEST_CASE(ASetThatIsABitPatternIsOneTest) {
  const auto program = CompileFor(Policy().Allow("futex", Arg32(1).In({0, 1, 0x80, 0x81})));
  BOOST_TEST(bpf::Disassemble(program) ==
             bpf::Disassemble(CompileFor(Policy().Allow("futex", Arg32(1).OnlyBits(0x81)))));
  BOOST_TEST(CountCode(program, BPF_JMP | BPF_JSET | BPF_K) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
