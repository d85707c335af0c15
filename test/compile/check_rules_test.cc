// SPDX-License-Identifier: Apache-2.0
//
// Rules that can never match are mistakes, and are reported.

#include "compile/check_rules.h"

#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>

#include "support/errors.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(CheckRulesTest)

struct Row {
  Policy policy;
  std::vector<std::string> parts;  // of the message; none if there is nothing to report
};

void Check(const std::vector<Row>& rows, const Target& target = X86()) {
  for (const Row& row : rows) {
    const std::string message =
        ErrorOf([&] { compile::CheckThatRulesCanMatch(Resolve(row.policy, target), {}); });
    if (row.parts.empty()) BOOST_TEST(message == kNoError, row.policy);
    for (const std::string& part : row.parts)
      BOOST_TEST((message.find(part) != std::string::npos), "\"" << part << "\" is not in: " << message
                                                                 << "\nof\n"
                                                                 << row.policy);
  }
}

BOOST_AUTO_TEST_CASE(AContradictionIsReportedWithItsRule) {
  Check({
      {Policy().Allow("read", Arg(0) == 1 && Arg(0) == 2),
       {"the condition of the rule \"allow read if arg0 == 1 && arg0 == 2\"", "never true"}},
      {Policy().Allow("read", Arg(0) < 5 && (Arg(1) == 1 || Arg(1) == 2) && Arg(0) > 7), {"never true"}},
      {Policy().Allow("read", !Condition(Comparison{Arg32(0), Relation::kGreaterOrEqual, 0})),
       {"never true"}},
      {Policy().Allow("read", (Arg(0) & 6) == 2 && (Arg(0) & 3) == 1), {"never true"}},
      {Policy().Allow("read", Arg32(0) == 5 && Arg32(0).OnlyBits(6)), {"never true"}},
  });
}

BOOST_AUTO_TEST_CASE(AConditionThatCanBeTrueIsNoMistake) {
  Check({
      {Policy().Allow("read", Arg(0) == 1 && Arg(1) == 2), {}},
      {Policy().Allow("read", Arg(0) <= 5 && Arg(0) >= 5), {}},
      {Policy().Allow("read", Arg32(0) == 1 && Arg(0) == 0x100000001), {}},
      {Policy().Allow("read", (Arg(0) & 6) == 2 && (Arg(0) & 3) == 2), {}},
  });
}

BOOST_AUTO_TEST_CASE(ARuleThatEarlierOnesOfItsSetLeaveNothingToDecideIsReported) {
  Check({
      {Policy().Allow({"read", "write"}).Errno(EPERM, "write", Arg(0) == 1),
       {"the rule \"errno 1 write if arg0 == 1\"", "never match"}},
      {Policy().Allow("read").Allow("read"), {"the rule \"allow read\"", "never match"}},
      {Policy().Allow("openat").Allow(Syscall(257)), {"the rule \"allow openat (#257)\"", "never match"}},
      {Policy().Allow("read", Arg(0) == 1).Errno(EPERM, "read", Arg(0) == 1 && Arg(1) == 2),
       {"errno 1 read if arg0 == 1 && arg1 == 2", "never match"}},
      // Together.
      {Policy().Allow("read", Arg(0) < 10).Trap("read", Arg(0) >= 5).Errno(EPERM, "read", Arg(1) == 1),
       {"errno 1 read if arg1 == 1", "never match"}},
  });
}

BOOST_AUTO_TEST_CASE(ARuleWithSomethingLeftToDecideIsNoMistake) {
  Check({
      // One of its calls,
      {Policy().Allow("read").Errno(EPERM, {"read", "write"}), {}},
      // or one value.
      {Policy().Allow("read", Arg(0) < 10).Trap("read", Arg(0) > 10).Errno(EPERM, "read"), {}},
  });
}

BOOST_AUTO_TEST_CASE(ARuleForAnyCallLeavesNothingToThoseBehindIt) {
  Check({
      {Policy().Errno(EPERM, AnyCall()).Allow("read"),
       {"the rule \"allow read\"", "never match", "\"errno 1 any call\""}},
      {Policy().Errno(EPERM, AnyCall(), Arg(0) == 1).Allow("read", Arg(0) == 1), {"never match"}},
      {Policy().Errno(EPERM, AnyCall()).Allow(AnyCall(), Arg(0) == 1),
       {"\"allow any call if arg0 == 1\"", "never match"}},
      {Policy().Errno(EPERM, AnyCall(), Arg(0) == 1 && Arg(0) == 2), {"never true"}},
      // There are always other calls than those that are named, and a skipped one is none.
      {Policy().Allow({"read", "write"}).Errno(EPERM, AnyCall()), {}},
      {Policy().Errno(EPERM, AnyCall(), Arg(0) == 1).Allow("read"), {}},
      {Policy().Errno(EPERM, AnyCall()).Allow(Syscall::Skipped()), {}},
      {Policy().Add(RuleSet().Errno(EPERM, AnyCall())).Allow("read"), {}},
  });
}

// That is composition.
BOOST_AUTO_TEST_CASE(ALaterRuleSetMayBeCovered) {
  Check({{Policy().Allow("read").Merge(Policy().Allow("read")), {}}});
}

BOOST_AUTO_TEST_CASE(ARuleOfOptionalCallsThatDoNotExistIsNoMistake) {
  Check({{Policy().Allow(IfAvailable("open")), {}}}, Arm());
}

// Whatever numbers they have.
BOOST_AUTO_TEST_CASE(AVariableMayMakeARuleUselessWithoutBeingAMistake) {
  const Values v(X86(), {"a", "b"});
  const ResolvedPolicy policy = Resolve(Policy().Allow("read", Arg(0) == v["a"] && Arg(0) == v["b"]), X86());
  for (const std::uint32_t b : {1U, 2U})
    BOOST_CHECK_NO_THROW(compile::CheckThatRulesCanMatch(policy, {{"a", 1}, {"b", b}}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
