// SPDX-License-Identifier: Apache-2.0
//
// A policy that reports violations lets the reporter's own calls through, or is an error.

#include <cerrno>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/precompile.h>

#include "support/errors.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

using Function = std::function<Policy(const Values&)>;

// What compiling says of it, on each target.
std::string ErrorOfCompiling(const Function& function, std::vector<Variable> variables = {Fd("log")}) {
  const ProgramDefinition definition = {"worker", std::move(variables), function};
  std::string error;
  for (const Target& target : Targets()) {
    std::string one = ErrorOf([&] { Precompile(definition, target); });
    if (!error.empty()) BOOST_TEST(one == error);
    error = std::move(one);
  }
  return error;
}

Policy WritesTo(const Values& v) {
  return Policy().Allow("write", Param("fd") == v["log"]);
}

const std::string kPrefix =
    "program \"worker\": the policy reports violations to $log, and refuses a call of the reporter itself: ";

BOOST_AUTO_TEST_SUITE(CheckReporterTest)

BOOST_AUTO_TEST_CASE(WhatTheEndNeedsIsEnough) {
  for (const auto& [then, call] : {std::pair(AfterReport::kAbort, "rt_sigreturn"),
                                   {AfterReport::kContinue, "rt_sigreturn"},
                                   {AfterReport::kExit, "exit_group"}})
    BOOST_TEST(ErrorOfCompiling([then = then, call = call](const Values& v) {
                 return WritesTo(v).Allow(call).ReportsViolations(v["log"], then);
               }) == kNoError);
}

BOOST_AUTO_TEST_CASE(WhatTheEndNeedsIsNeeded) {
  BOOST_TEST(ErrorOfCompiling([](const Values& v) { return WritesTo(v).ReportsViolations(v["log"]); }) ==
             kPrefix + "rt_sigreturn() gets kill_process; add policy.Allow(\"rt_sigreturn\")");
  BOOST_TEST(ErrorOfCompiling([](const Values& v) {
               return WritesTo(v).Allow("rt_sigreturn").ReportsViolations(v["log"], AfterReport::kExit);
             }) == kPrefix + "exit_group(0x0) gets kill_process; add policy.Allow(\"exit_group\")");
  BOOST_TEST(ErrorOfCompiling([](const Values& v) {
               return WritesTo(v)
                   .Allow("exit_group", Param("error_code") == 0)
                   .ReportsViolations(v["log"], AfterReport::kExit);
             }) == kPrefix + "exit_group(0x1) gets kill_process; add policy.Allow(\"exit_group\")");
}

BOOST_AUTO_TEST_CASE(AWriteToAnotherDescriptorIsNone) {
  BOOST_TEST(ErrorOfCompiling([](const Values& v) {
               return Policy()
                   .Allow("read", Param("fd") == v["log"])
                   .Allow("write", Param("fd") == 2)
                   .Allow("rt_sigreturn")
                   .ReportsViolations(v["log"]);
             }) == kPrefix +
                       "write(0x0, 0x0, 0x0) where $log is 0 gets kill_process; add "
                       "policy.Allow(\"write\", Param(\"fd\") == v[\"log\"])");
  BOOST_TEST(
      ErrorOfCompiling(
          [](const Values&) {
            return Policy().Allow("write", Arg(0) == 1).Allow("rt_sigreturn").ReportsViolations(2);
          },
          {}) ==
      "program \"worker\": the policy reports violations to 2, and refuses a call of the reporter "
      "itself: write(0x2, 0x0, 0x0) gets kill_process; add policy.Allow(\"write\", Param(\"fd\") == 2)");
}

// Where the variables are equal, the first rule decides.
BOOST_AUTO_TEST_CASE(ARuleBeforeItThatMayRefuseIsNamed) {
  const std::string error = ErrorOfCompiling(
      [](const Values& v) {
        return Policy()
            .Errno(EBADF, "write", Param("fd") == v["other"])
            .Allow("write", Param("fd") == v["log"])
            .Allow("rt_sigreturn")
            .ReportsViolations(v["log"]);
      },
      {Fd("log"), Fd("other")});
  CheckContains(error,
                {kPrefix + "write(0x0, 0x0, 0x0) where $log is 0, $other is 0 gets errno 9 by the rule "
                           "\"errno 9 write if fd == $other\" (check_reporter_test.cc:",
                 "; add policy.Allow(\"write\", Param(\"fd\") == v[\"log\"]) before it"});
}

BOOST_AUTO_TEST_CASE(WhatTheReporterNeverPassesNeedNotBeAllowed) {
  // Negative descriptors, long texts, and the vsyscall page.
  BOOST_TEST(ErrorOfCompiling([](const Values& v) {
               return Policy()
                   .Add(RuleSet::OnlyVsyscall().KillProcess(AnyCall()))
                   .Allow("write", Arg(0) == v["log"] && Param("fd").NonNegativeFd() && Param("count") <= 512)
                   .Allow("rt_sigreturn")
                   .ReportsViolations(v["log"]);
             }) == kNoError);
  BOOST_TEST(ErrorOfCompiling([](const Values& v) {
               return Policy()
                   .Allow("write", Arg(0) == v["log"] && Param("count") <= 511)
                   .Allow("rt_sigreturn")
                   .ReportsViolations(v["log"]);
             }) != kNoError);
}

BOOST_AUTO_TEST_CASE(WhereAllDescriptorsMayBeWrittenToAnyWillDo) {
  const auto any = [](const Policy& policy) {
    return ErrorOfCompiling([policy](const Values&) { return policy; }, {});
  };
  BOOST_TEST(any(Policy().Allow({"write", "rt_sigreturn"}).ReportsViolations(2)) == kNoError);
  BOOST_TEST(any(Policy().Default(Action::Log()).Trap("openat").ReportsViolations(2)) == kNoError);
  BOOST_TEST(any(Policy().Default(Action::Allow()).Trap("write", Arg(1) == 5).ReportsViolations(2)) !=
             kNoError);
}

BOOST_AUTO_TEST_CASE(EveryCallThatIsMissingIsToldOf) {
  try {
    Precompile({"worker", {}, [](const Values&) { return Policy().Allow("read").ReportsViolations(2); }},
               X86());
    BOOST_ERROR("no error");
  } catch (const Error& error) {
    CheckContains(error.what(), {"write(0x2, 0x0, 0x0)"});
    BOOST_TEST_REQUIRE(error.further().size() == 1U);
    CheckContains(error.further()[0].what(), {"rt_sigreturn()"});
  }
}

BOOST_AUTO_TEST_CASE(WhatIsCompiledNowIsCheckedToo) {
  const auto compile = [](const Policy& policy, std::vector<Variable> variables,
                          const std::vector<std::uint64_t>& values) {
    const ProgramDefinition definition = {"worker", std::move(variables),
                                          [policy](const Values&) { return policy; }};
    return ErrorOf([&] { CompileNow(definition, values, X86(), ProveNow::kYes); });
  };
  const Value log(Word(), Word::Variable("log"));
  const Policy good = Policy().Allow("write", Arg32(0) == log).Allow("rt_sigreturn").ReportsViolations(log);
  BOOST_TEST(compile(good, {Fd("log")}, {5}) == kNoError);
  CheckContains(compile(Policy().Allow("read").ReportsViolations(2), {}, {}),
                {"program \"worker\": ", "write"});
}

BOOST_AUTO_TEST_CASE(APolicyThatDoesNotReportNeedsNothing) {
  BOOST_TEST(ErrorOfCompiling([](const Values&) { return Policy().Allow("read"); }, {}) == kNoError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
