// SPDX-License-Identifier: Apache-2.0
//
// Rules that can never match are mistakes, and are reported.

#include <cerrno>
#include <initializer_list>
#include <string>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/error.h>

#include "compile/compile_for.h"
#include "support/errors.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

void CheckRefused(const Policy& policy, std::initializer_list<std::string> parts) {
  CheckError([&] { CompileFor(policy); }, parts);
}

BOOST_AUTO_TEST_SUITE(CheckRulesTest)

BOOST_AUTO_TEST_CASE(AContradictionIsReportedWithItsRule) {
  CheckRefused(Policy().Allow("read", Arg(0) == 1 && Arg(0) == 2),
               {"allow read if arg0 == 1 && arg0 == 2", "never true"});
  CheckRefused(Policy().Allow("read", Arg(0) < 5 && (Arg(1) == 1 || Arg(1) == 2) && Arg(0) > 7),
               {"never true"});
  CheckRefused(Policy().Allow("read", !(Arg32(0) >= 0)), {"never true"});
  CheckRefused(Policy().Allow("read", (Arg(0) & 6) == 2 && (Arg(0) & 3) == 1), {"never true"});
}

BOOST_AUTO_TEST_CASE(ARuleBehindAnUnconditionalOneOfItsSetIsReported) {
  CheckRefused(Policy().Allow({"read", "write"}).Errno(EPERM, "write", Arg(0) == 1),
               {"errno 1 write if arg0 == 1", "never match"});
  CheckRefused(Policy().Allow("read").Allow("read"), {"allow read", "never match"});
}

BOOST_AUTO_TEST_CASE(ARuleThatEarlierOnesCoverTogetherIsReported) {
  CheckRefused(
      Policy().Allow("read", Arg(0) < 10).Trap("read", Arg(0) >= 5).Errno(EPERM, "read", Arg(1) == 1),
      {"errno 1 read if arg1 == 1", "never match"});
}

BOOST_AUTO_TEST_CASE(ARuleThatDecidesOneOfItsCallsIsNoMistake) {
  BOOST_CHECK_NO_THROW(CompileFor(Policy().Allow("read").Errno(EPERM, {"read", "write"})));
}

BOOST_AUTO_TEST_CASE(ALaterRuleSetMayBeCoveredBecauseThatIsComposition) {
  Policy policy;
  policy.Allow("read").Merge(Policy().Allow("read"));
  BOOST_CHECK_NO_THROW(CompileFor(policy));
}

BOOST_AUTO_TEST_CASE(ARuleOfOptionalCallsThatDoNotExistIsNoMistake) {
  BOOST_CHECK_NO_THROW(CompileFor(Policy().Allow(IfAvailable("open")), Arm()));
}

BOOST_AUTO_TEST_CASE(AVariableMayMakeARuleUselessWithoutBeingAMistake) {
  const Values v(X86(), {"a", "b"});
  const ResolvedPolicy policy = Resolve(Policy().Allow("read", Arg(0) == v["a"] && Arg(0) == v["b"]), X86());
  BOOST_CHECK_NO_THROW(Compile(policy, {{"a", 1}, {"b", 1}}));
  BOOST_CHECK_NO_THROW(Compile(policy, {{"a", 1}, {"b", 2}}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
