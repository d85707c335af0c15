// SPDX-License-Identifier: Apache-2.0
//
// The values that stand for variables while a definition is compiled, round after round.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>

#include "precompile/neighbours.h"
#include "precompile/placeholders.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(PlaceholdersTest)

BOOST_AUTO_TEST_CASE(NoTwoWordsHaveTheSamePairOfPlaceholders) {
  const std::vector<Variable> variables(500, Uint64("x"));
  const auto first = precompile::FirstRound(variables);
  const auto second = precompile::SecondRound(variables);
  std::set<std::uint32_t> words;
  for (std::size_t i = 0; i < variables.size(); ++i)
    for (const int shift : {0, 32}) {
      const auto a = static_cast<std::uint32_t>(first[i] >> shift);
      const auto b = static_cast<std::uint32_t>(second[i] >> shift);
      BOOST_TEST(a != b);
      BOOST_TEST(words.insert(a).second);
    }
  // Where a word may stand with its highest bit turned around, that is not taken for another word.
  for (const std::uint32_t word : words) BOOST_TEST(words.count(word ^ 0x80000000) == 0U);
}

BOOST_AUTO_TEST_CASE(FurtherRoundsLieBelowBetweenAboveAndOnTheConstantsInBothOrders) {
  const std::vector<Variable> two = {"a", "b"};
  const auto holds_in_a_round = [&](const std::function<bool(std::uint64_t, std::uint64_t)>& holds) {
    const auto rounds = precompile::FurtherRounds(two, {{1000, 2000}, {1000, 2000}});
    return std::any_of(rounds.begin(), rounds.end(), [&](const auto& r) { return holds(r[0], r[1]); });
  };
  const auto between = [](std::uint64_t word) { return word > 1000 && word < 2000; };
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return a < 1000 && b < 1000; }));
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return a > 2000 && b > 2000; }));
  BOOST_TEST(holds_in_a_round([&](auto a, auto b) { return between(a) || between(b); }));
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return a == 1000 && b == 2000; }));
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return a == 2000 && b == 1000; }));
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return a == 999 && b == 1999; }));
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return a == 2001 && b == 1001; }));
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return a + 1 == b; }));
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return a == b + 1; }));
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return a == b; }));
  BOOST_TEST(holds_in_a_round([](auto a, auto b) { return (a ^ b) >> 31 == 1; }));
}

BOOST_AUTO_TEST_CASE(TheSecondRoundChangesEveryOrderAndEveryBit31) {
  const std::vector<Variable> variables(20, "x");
  const auto first = precompile::FirstRound(variables);
  const auto second = precompile::SecondRound(variables);
  bool ascends = false, descends = false, bit_31_is_mixed = false;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    BOOST_TEST((first[i] >> 31) != (second[i] >> 31));
    bit_31_is_mixed = bit_31_is_mixed || first[i] >> 31 != first[0] >> 31;
    for (std::size_t j = 0; j < i; ++j) {
      BOOST_TEST((first[j] < first[i]) != (second[j] < second[i]));
      ascends = ascends || first[j] < first[i];
      descends = descends || first[j] > first[i];
    }
  }
  BOOST_TEST((ascends && descends && bit_31_is_mixed));
}

BOOST_AUTO_TEST_CASE(RoundsUseTheConstantsThatAreComparedWithTheSameOperand) {
  // Of two variables, "a" could be confused with 70 and 80, and "b" with nothing.
  const std::vector<Variable> two = {"a", "b"};
  std::set<std::uint64_t> values_of_a;
  for (const auto& round : precompile::FurtherRounds(two, {{70, 80}, {}})) values_of_a.insert(round[0]);
  for (const std::uint64_t value : {69U, 70U, 80U, 81U}) BOOST_TEST(values_of_a.count(value) == 1U, value);

  const Values v(X86(), two);
  const auto neighbours =
      precompile::CollectVariables(Policy()
                                       .Allow(Syscall(0), Arg32(0) == v["a"] || Arg32(0) == 70)
                                       .Errno(v["b"], Syscall(1), Arg32(1) == 90)
                                       .Allow(Syscall(2), Arg(0) == 80 && Arg(1) > 100));
  BOOST_TEST(neighbours.at("a") == (std::set<std::uint32_t>{70, 80}), boost::test_tools::per_element());
  BOOST_TEST(neighbours.at("b") == std::set<std::uint32_t>{0}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(NoRoundComesTwice) {
  for (const std::vector<Variable>& variables : {std::vector<Variable>{"a"}, {"a", Uint64("b")}}) {
    const std::vector<std::set<std::uint32_t>> constants(3, {0, 1, 2, 0xffffffff});
    auto rounds = precompile::FurtherRounds(variables, constants);
    rounds.push_back(precompile::FirstRound(variables));
    rounds.push_back(precompile::SecondRound(variables));
    BOOST_TEST(std::set(rounds.begin(), rounds.end()).size() == rounds.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
