// SPDX-License-Identifier: Apache-2.0

#include "verify/tests_together.h"

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>

#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

using verify::Tested;
using verify::TestsOfPolicy;

struct Reader {
  verify::Terms terms;
  verify::Budget budget{{}};

  TestsOfPolicy TestsOf(const Policy& policy) {
    return verify::TestsOf(Resolve(policy, X86()), terms, budget);
  }

  // What is tested together in a rule for write, as "0:ff 1:f x2 | 2:1": low halves of arguments, and how
  // often if not once.
  std::string Text(const Condition& condition) {
    std::string text;
    const TestsOfPolicy tests = TestsOf(Policy().Allow("write", condition));
    for (const auto& [tested, times] : tests.of_calls.at(0)) {
      if (!text.empty()) text += "| ";
      for (int argument = 0; argument < 6; ++argument)
        if (const std::uint32_t bits = tested.bits[verify::ArgumentWord(argument, false)]; bits != 0)
          text += std::to_string(argument) + ":" + Hexadecimal(bits) + " ";
      if (!tested.facts.empty()) text += std::to_string(tested.facts.size()) + " facts ";
      if (times != 1) text += "x" + std::to_string(times) + " ";
    }
    return text.substr(0, text.size() - 1);
  }

  static std::string Hexadecimal(std::uint32_t value) {
    std::string digits;
    for (; value != 0; value >>= 4) digits.insert(digits.begin(), "0123456789abcdef"[value & 0xf]);
    return digits;
  }
};

Condition Bit(int argument, std::uint32_t mask) {
  return (Arg32(argument) & mask) == mask;
}

BOOST_FIXTURE_TEST_SUITE(TestsTogetherTest, Reader)

BOOST_AUTO_TEST_CASE(AlternativesDoNotStandTogether) {
  BOOST_TEST(Text(Bit(0, 1) || Bit(1, 2)) == "1:2 | 0:1");
  BOOST_TEST(Text(!(Bit(0, 1) && Bit(1, 2))) == "1:2 | 0:1");
}

BOOST_AUTO_TEST_CASE(WhatAnAndJoinsDoes) {
  BOOST_TEST(Text(Bit(0, 1) && Bit(1, 2)) == "0:1 1:2");
  BOOST_TEST(Text(!(Bit(0, 1) || Bit(1, 2))) == "0:1 1:2");
  BOOST_TEST(Text(Bit(0, 1) && (Bit(1, 2) && Bit(2, 4))) == "0:1 1:2 2:4");
}

BOOST_AUTO_TEST_CASE(SoDoesAnOrWithinAnAnd) {
  BOOST_TEST(Text(Bit(0, 1) || (Bit(1, 2) && (Bit(2, 4) || Bit(3, 8)))) == "2:4 3:8 | 1:2 2:4 3:8 | 0:1");
}

BOOST_AUTO_TEST_CASE(WhatLooksAtTheSameIsCounted) {
  BOOST_TEST(Text((Bit(0, 1) && Bit(1, 2)) || (Bit(0, 1) && !Bit(1, 2))) == "0:1 1:2 x2");
}

BOOST_AUTO_TEST_CASE(TestsAgainstVariablesAreFacts) {
  const Values v(X86(), {"fd", "other"});
  BOOST_TEST(Text(Arg32(0) == v["fd"] && Bit(1, 2) && Arg32(2) == v["other"]) == "1:2 2 facts");
  BOOST_TEST(Text(Arg32(0) > v["fd"]) == "2 facts");
}

BOOST_AUTO_TEST_CASE(CallsOfTheSameRulesAreToldOnce) {
  Policy policy;
  policy.Allow({"read", "write", "pread64"}, Bit(0, 1) && Bit(1, 2));
  policy.Allow("pread64", Bit(2, 4));
  const TestsOfPolicy tests = TestsOf(policy);
  BOOST_REQUIRE(tests.of_calls.size() == 2U);
  BOOST_TEST(tests.of_calls[0].size() + tests.of_calls[1].size() == 3U);
}

BOOST_AUTO_TEST_CASE(MasksAreThoseOfTestsWithConstants) {
  const TestsOfPolicy tests = TestsOf(Policy().Allow("write", Bit(0, 3) && Arg32(1) <= 5));
  const std::set<std::pair<verify::Source, std::uint32_t>> expected = {
      {verify::ArgumentWord(0, false), 3}, {verify::ArgumentWord(1, false), UINT32_MAX}};
  BOOST_TEST((tests.masks == expected));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
