// SPDX-License-Identifier: Apache-2.0
//
// A decision graph becomes a line of instructions.

#include "compile/layout.h"

#include <algorithm>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/seccomp.h>

#include "bpf/acceptance.h"
#include "bpf/disassembler.h"
#include "bpf/interpreter.h"
#include "compile/compile_for.h"
#include "compile/graph_text.h"
#include "compile/unreachable.h"
#include "support/calls.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(LayoutTest)

using compile::NodeId;

struct Row {
  const char* decision;
  const char* listing;
};

void Check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    GraphText text;
    const std::string listing =
        "\n" + bpf::Disassemble(compile::LayOut(text.Parse(row.decision), text.graph()));
    BOOST_TEST((listing == row.listing), row.decision << " became" << listing << "and not" << row.listing);
  }
}

BOOST_AUTO_TEST_CASE(ATestLoadsItsWordAndJumpsToItsSides) {
  Check({
      {"allow", R"(
   0: ret allow
)"},
      {"arg0.low == 3 ? allow : kill", R"(
   0: ld arg0.low
   1: jeq #0x3  true: 2  false: 3
   2: ret allow
   3: ret kill_process
)"},
      {"arg0.low & 6 ? allow : arg1.low >= 7 ? allow : arg2.low > $a ? allow : kill", R"(
   0: ld arg0.low
   1: jset #0x6  true: 6  false: 2
   2: ld arg1.low
   3: jge #0x7  true: 6  false: 4
   4: ld arg2.low
   5: jgt #0x7  true: 6  false: 7
   6: ret allow
   7: ret kill_process
)"},
  });
}

BOOST_AUTO_TEST_CASE(WhatIsInTheAccumulatorIsNotLoadedAgain) {
  Check({
      {"nr == 3 ? allow : nr == 5 ? errno 1 : kill", R"(
   0: ld nr
   1: jeq #0x3  true: 2  false: 3
   2: ret allow
   3: jeq #0x5  true: 4  false: 5
   4: ret errno 1
   5: ret kill_process
)"},
      // One path comes with the word, and enters behind the load, the other one with another word.
      {"again = arg0.low == 5 ? allow : kill; arg0.low == 3 ? again : arg1.low == 4 ? again : kill", R"(
   0: ld arg0.low
   1: jeq #0x3  true: 5  false: 2
   2: ld arg1.low
   3: jeq #0x4  true: 4  false: 7
   4: ld arg0.low
   5: jeq #0x5  true: 6  false: 7
   6: ret allow
   7: ret kill_process
)"},
  });
}

BOOST_AUTO_TEST_CASE(AMaskIsAppliedToTheWordItselfAndTakesIt) {
  Check({
      // The word is there; after the mask, only the masked word is.
      {"nr == 3 ? allow : nr & 0x30 == 0x10 ? allow : nr & 0x30 == 0x20 ? allow : kill", R"(
   0: ld nr
   1: jeq #0x3  true: 5  false: 2
   2: and #0x30
   3: jeq #0x10  true: 5  false: 4
   4: jeq #0x20  true: 5  false: 6
   5: ret allow
   6: ret kill_process
)"},
      {"nr & 0x30 == 0x10 ? allow : nr == 3 ? allow : kill", R"(
   0: ld nr
   1: and #0x30
   2: jeq #0x10  true: 5  false: 3
   3: ld nr
   4: jeq #0x3  true: 5  false: 6
   5: ret allow
   6: ret kill_process
)"},
      {"nr & 0x30 == 0x10 ? allow : nr & 0x50 == 0x10 ? allow : kill", R"(
   0: ld nr
   1: and #0x30
   2: jeq #0x10  true: 6  false: 3
   3: ld nr
   4: and #0x50
   5: jeq #0x10  true: 6  false: 7
   6: ret allow
   7: ret kill_process
)"},
  });
}

// A variable is 7 here. Its number is cut to the data of an answer, so that it can never be another action.
BOOST_AUTO_TEST_CASE(VariablesStandInOperandsOfTheirOwn) {
  Check({
      {"nr == $a ? errno $a : nr | $a == $a ? allow : kill", R"(
   0: ld nr
   1: jeq #0x7  true: 2  false: 6
   2: ld #0x7
   3: and #0xffff
   4: or #0x50000
   5: ret a
   6: or #0x7
   7: jeq #0x7  true: 8  false: 9
   8: ret allow
   9: ret kill_process
)"},
  });
}

BOOST_AUTO_TEST_CASE(TheNumberOfAVariableChangesNothingButItsOperands) {
  const auto listing = [](std::uint32_t number) {
    GraphText text(X86(), number);
    const NodeId root = text.Parse(
        "nr == $a ? errno $a : arg0.low >= $a ? allow : arg0.low > $a ? log : arg1.low & $a ? trap 1"
        ": arg2.low & $a == 5 ? trap 2 : arg3.low | $a == $a ? trap 3 : kill");
    return compile::LayOut(root, text.graph());
  };
  const std::vector<sock_filter> expected = listing(kNumbers.front());
  for (const std::uint32_t number : kNumbers) {
    std::vector<sock_filter> instructions = listing(number);
    for (std::size_t i = 0; i < instructions.size(); ++i)
      if (expected[i].k == kNumbers.front()) {
        BOOST_TEST(instructions[i].k == number);
        instructions[i].k = kNumbers.front();
      }
    BOOST_TEST(bpf::Disassemble(instructions) == bpf::Disassemble(expected));
  }
}

BOOST_AUTO_TEST_CASE(WhatSeveralLeadToIsThereOnce) {
  Check({
      {"last = arg2.low == 5 ? allow : kill; arg0.low == 1 ? last : arg1.low == 2 ? last : kill", R"(
   0: ld arg0.low
   1: jeq #0x1  true: 4  false: 2
   2: ld arg1.low
   3: jeq #0x2  true: 4  false: 7
   4: ld arg2.low
   5: jeq #0x5  true: 6  false: 7
   6: ret allow
   7: ret kill_process
)"},
  });
}

// So that the larger one is not what a jump has to lead over.
BOOST_AUTO_TEST_CASE(TheSmallerSideStandsNearer) {
  const char* const listing = R"(
   0: ld arg0.low
   1: jeq #0x1  true: 2  false: 3
   2: ret log
   3: ld arg1.low
   4: jeq #0x2  true: 5  false: 6
   5: ret allow
   6: ret kill_process
)";
  const char* const exchanged = R"(
   0: ld arg0.low
   1: jeq #0x1  true: 3  false: 2
   2: ret log
   3: ld arg1.low
   4: jeq #0x2  true: 5  false: 6
   5: ret allow
   6: ret kill_process
)";
  Check({
      {"arg0.low == 1 ? log : arg1.low == 2 ? allow : kill", listing},
      {"arg0.low == 1 ? (arg1.low == 2 ? allow : kill) : log", exchanged},
  });
}

// A decision of so many tests, one behind the other, that what the first test leads to, and the last one as
// well, is out of the reach of one of them.
struct LongChain {
  GraphText text;
  std::uint32_t tests = 300;

  // The first test leads to `first`, and the last one to `last`.
  std::vector<sock_filter> LaidOut(const char* first, const char* last) {
    compile::Graph& graph = text.graph();
    const NodeId kill = text.Parse("kill");
    NodeId root = text.Parse(last);
    for (std::uint32_t i = tests; i-- > 0;) {
      const compile::Test test = text.ParseTest("arg1.low == " + std::to_string(7 * i));
      root = graph.AddBranch(test, i == 0 ? text.Parse(first) : kill, root);
    }
    const auto program = compile::WithoutUnreachable(compile::LayOut(root, graph));
    const auto refusal = bpf::ReasonForRefusal(program);
    BOOST_TEST(!refusal.has_value(), refusal.value_or(""));
    return program;
  }
  std::vector<sock_filter> LaidOut(const char* far) { return LaidOut(far, far); }
};

std::uint32_t Answer(const std::vector<sock_filter>& program, std::uint64_t arg0, std::uint64_t arg1) {
  return bpf::Run(program, Call(0, {arg0, arg1})).result;
}

BOOST_FIXTURE_TEST_CASE(AnAnswerOutOfReachIsGivenNearby, LongChain) {
  const auto program = LaidOut("allow");
  BOOST_TEST(CountCode(program, BPF_JMP | BPF_JA) == 0U);
  const auto count_of = [&](std::uint32_t answer) {
    return std::count_if(program.begin(), program.end(), [&](const sock_filter& instruction) {
      return instruction.code == (BPF_RET | BPF_K) && instruction.k == answer;
    });
  };
  BOOST_TEST(count_of(SECCOMP_RET_ALLOW) == 2);
  BOOST_TEST(count_of(SECCOMP_RET_KILL_PROCESS) == 2);
  BOOST_TEST(Answer(program, 0, 0) == SECCOMP_RET_ALLOW);
  BOOST_TEST(Answer(program, 0, 7) == SECCOMP_RET_KILL_PROCESS);
  BOOST_TEST(Answer(program, 0, 7 * 299) == SECCOMP_RET_KILL_PROCESS);
  BOOST_TEST(Answer(program, 0, 1) == SECCOMP_RET_ALLOW);
}

BOOST_FIXTURE_TEST_CASE(OneTestOutOfReachIsMadeNearby, LongChain) {
  const auto program = LaidOut("arg0.low == 5 ? allow : kill");
  BOOST_TEST(CountCode(program, BPF_JMP | BPF_JA) == 0U);
  BOOST_TEST(std::count_if(program.begin(), program.end(), [](const sock_filter& instruction) {
               return instruction.code == (BPF_JMP | BPF_JEQ | BPF_K) && instruction.k == 5;
             }) == 2);
  for (const std::uint64_t first_or_none : {0U, 1U}) {
    BOOST_TEST(Answer(program, 5, first_or_none) == SECCOMP_RET_ALLOW);
    BOOST_TEST(Answer(program, 6, first_or_none) == SECCOMP_RET_KILL_PROCESS);
  }
}

BOOST_FIXTURE_TEST_CASE(SeveralTestsOutOfReachAreJumpedTo, LongChain) {
  const auto program = LaidOut("arg0.low == 5 ? (arg2.low == 0 ? allow : kill) : kill");
  BOOST_TEST(CountCode(program, BPF_JMP | BPF_JA) == 1U);
  for (const std::uint64_t first_or_none : {0U, 1U}) {
    BOOST_TEST(Answer(program, 5, first_or_none) == SECCOMP_RET_ALLOW);
    BOOST_TEST(Answer(program, 6, first_or_none) == SECCOMP_RET_KILL_PROCESS);
  }
}

BOOST_FIXTURE_TEST_CASE(ASideMayBeAsFarAsAJumpReachesOrOneFarther, LongChain) {
  for (tests = 245; tests <= 265; ++tests)
    for (const char* const far :
         {"arg0.low == 5 ? allow : kill", "arg0.low == 5 ? (nr == 0 ? allow : kill) : kill"}) {
      const auto program = LaidOut(far);
      BOOST_TEST_CONTEXT(tests << " tests before " << far) {
        for (const std::uint64_t first_or_none : {0U, 1U}) {
          BOOST_TEST(Answer(program, 5, first_or_none) == SECCOMP_RET_ALLOW);
          BOOST_TEST(Answer(program, 6, first_or_none) == SECCOMP_RET_KILL_PROCESS);
        }
        BOOST_TEST(Answer(program, 5, 7) == SECCOMP_RET_KILL_PROCESS);
      }
    }
}

// The sides of a test stand far away, side by side: with one instruction more between, one of them is out of
// reach, and to bring it near puts the other one out of reach.
BOOST_FIXTURE_TEST_CASE(BothSidesMayBeOutOfReach, LongChain) {
  for (tests = 245; tests <= 265; ++tests) {
    const auto program = LaidOut("nr == 1 ? log : allow", "nr == 2 ? log : allow");
    const auto answer = [&](int number, std::uint64_t arg1) {
      return bpf::Run(program, Call(number, {0, arg1})).result;
    };
    BOOST_TEST_CONTEXT(tests << " tests") {
      BOOST_TEST(answer(1, 0) == SECCOMP_RET_LOG);
      BOOST_TEST(answer(2, 0) == SECCOMP_RET_ALLOW);
      BOOST_TEST(answer(1, 1) == SECCOMP_RET_ALLOW);
      BOOST_TEST(answer(2, 1) == SECCOMP_RET_LOG);
      BOOST_TEST(answer(1, 7) == SECCOMP_RET_KILL_PROCESS);
    }
  }
}

BOOST_FIXTURE_TEST_CASE(WhatIsInReachIsNeitherCopiedNorJumpedTo, LongChain) {
  tests = 250;
  BOOST_TEST(LaidOut("arg0.low == 5 ? allow : kill").size() == 1U + 250 + 2 + 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
