// SPDX-License-Identifier: Apache-2.0
//
// The mutants themselves: that there are all of them, and none twice.

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "bpf/acceptance.h"
#include "bpf/instructions.h"
#include "mutation/mutants.h"
#include "oracle/sample_policies.h"

namespace precompiledseccomp::testing {
namespace {

std::vector<std::string> TextsOf(const bpf::FilterWithHoles& filter, Mutation mutation) {
  std::vector<std::string> texts;
  for (const Mutant& mutant : MutantsOf(filter))
    if (mutant.mutation == mutation) texts.push_back(mutant.text);
  return texts;
}

// Allows call 7 for one value of the first argument.
bpf::FilterWithHoles SmallFilter() {
  return {{bpf::LoadWord(bpf::kNumberOffset), bpf::JumpIfEqual(7, 0, 3),
           bpf::LoadWord(bpf::ArgumentOffset(0, bpf::Half::kLow, false)), bpf::JumpIfEqual(0, 0, 1),
           bpf::Return(SECCOMP_RET_ALLOW), bpf::Return(SECCOMP_RET_KILL_PROCESS)},
          {{3, "fd"}}};
}

using Texts = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(Mutants)

BOOST_AUTO_TEST_CASE(MoveEachSideOfAJumpAndExchangeThem) {
  BOOST_TEST(TextsOf(SmallFilter(), Mutation::kJumpTarget) ==
                 (Texts{"1: jeq #0x7  true: 2  false: 5 -> jeq #0x7  true: 3  false: 5",
                        "1: jeq #0x7  true: 2  false: 5 -> jeq #0x7  true: 2  false: 6",
                        "1: jeq #0x7  true: 2  false: 5 -> jeq #0x7  true: 2  false: 4",
                        "3: jeq #0x0  true: 4  false: 5 ($fd) -> jeq #0x0  true: 5  false: 5 ($fd)",
                        "3: jeq #0x0  true: 4  false: 5 ($fd) -> jeq #0x0  true: 4  false: 6 ($fd)",
                        "3: jeq #0x0  true: 4  false: 5 ($fd) -> jeq #0x0  true: 4  false: 4 ($fd)"}),
             boost::test_tools::per_element());
  BOOST_TEST(TextsOf(SmallFilter(), Mutation::kSwappedSides).size() == 2U);
  BOOST_TEST(TextsOf({{bpf::Jump(1), bpf::Return(0), bpf::Return(0)}, {}}, Mutation::kJumpTarget) ==
                 (Texts{"0: ja 2 -> ja 3", "0: ja 2 -> ja 1"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ChangeConstantsButNotWhatStandsInAHole) {
  const Texts texts = TextsOf(SmallFilter(), Mutation::kConstant);
  const auto has = [&](const char* constant) {
    const std::string text =
        std::string("1: jeq #0x7  true: 2  false: 5 -> jeq #") + constant + "  true: 2  false: 5";
    return std::count(texts.begin(), texts.end(), text) == 1;
  };
  BOOST_TEST(has("0x8"));
  BOOST_TEST(has("0x6"));
  BOOST_TEST(has("0x5"));
  BOOST_TEST(has("0x80000007"));
  BOOST_TEST(texts.size() == 4U);
}

BOOST_AUTO_TEST_CASE(DropHolesMoveThemAndExchangeVariables) {
  BOOST_TEST(TextsOf(SmallFilter(), Mutation::kHole) ==
                 (Texts{"3: jeq #0x0  true: 4  false: 5 ($fd) -> no variable",
                        "3: jeq #0x0  true: 4  false: 5 ($fd) -> $fd, its highest bit turned around",
                        "3: jeq #0x0  true: 4  false: 5 ($fd) -> at 1: jeq #0x7  true: 2  false: 5"}),
             boost::test_tools::per_element());
  bpf::FilterWithHoles two = SmallFilter();
  two.holes.push_back({1, "number"});
  BOOST_TEST(TextsOf(two, Mutation::kHole) ==
                 (Texts{"1: jeq #0x7  true: 2  false: 5 ($number) -> no variable",
                        "1: jeq #0x7  true: 2  false: 5 ($number) -> $number, its highest bit turned around",
                        "1: jeq #0x7  true: 2  false: 5 ($number) -> $fd",
                        "3: jeq #0x0  true: 4  false: 5 ($fd) -> no variable",
                        "3: jeq #0x0  true: 4  false: 5 ($fd) -> $fd, its highest bit turned around",
                        "3: jeq #0x0  true: 4  false: 5 ($fd) -> $number"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(DropLoadsAndLoadOtherWords) {
  BOOST_TEST(
      TextsOf(SmallFilter(), Mutation::kDroppedStep) == (Texts{"0: ld nr -> ja 1", "2: ld arg0.low -> ja 3"}),
      boost::test_tools::per_element());
  BOOST_TEST(
      TextsOf(SmallFilter(), Mutation::kOtherWord) ==
          (Texts{"0: ld nr -> ld arch", "0: ld nr -> ld ip.low", "2: ld arg0.low -> ld arg0.high",
                 "2: ld arg0.low -> ld arg1.low", "2: ld arg0.low -> ld ip.low", "2: ld arg0.low -> ld nr"}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ChangeOperatorsAndAnswers) {
  BOOST_TEST(TextsOf(SmallFilter(), Mutation::kOperator).size() == 2 * 3U);
  BOOST_TEST(TextsOf({{bpf::And(1), bpf::ReturnA()}, {}}, Mutation::kOperator) ==
                 (Texts{"0: and #0x1 -> or #0x1", "0: and #0x1 -> xor #0x1"}),
             boost::test_tools::per_element());
  BOOST_TEST(TextsOf(SmallFilter(), Mutation::kReturn) ==
                 (Texts{"4: ret allow -> ret kill_process", "4: ret allow -> ret allow 1",
                        "4: ret allow -> ret a", "5: ret kill_process -> ret allow",
                        "5: ret kill_process -> ret kill_process 1", "5: ret kill_process -> ret a"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(AreMadeOfEveryInstructionAndNoneTwice) {
  for (const ProgramDefinition& definition : SamplePolicies()) BOOST_TEST_CONTEXT(definition.name) {
      const bpf::FilterWithHoles filter = Compiled(definition, Targets().front()).filter;
      std::set<std::string> texts;
      std::set<std::size_t> instructions;
      for (const Mutant& mutant : MutantsOf(filter)) {
        BOOST_TEST(texts.insert(mutant.text).second, mutant.text);
        instructions.insert(mutant.index);
      }
      BOOST_TEST(instructions.size() == filter.instructions.size());
    }
}

BOOST_AUTO_TEST_CASE(AreMostlyAcceptedByTheKernel) {
  for (const ProgramDefinition& definition : SamplePolicies()) BOOST_TEST_CONTEXT(definition.name) {
      const std::vector<Mutant> mutants = MutantsOf(Compiled(definition, Targets().front()).filter);
      const auto refused = std::count_if(mutants.begin(), mutants.end(), [](const Mutant& mutant) {
        return bpf::ReasonForRefusal(mutant.filter.instructions).has_value();
      });
      BOOST_TEST(static_cast<std::size_t>(refused) * 4 < mutants.size());
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
