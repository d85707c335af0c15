// SPDX-License-Identifier: Apache-2.0
//
// try: real programs, run under filters.
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "people/people.h"
#include "support/errors.h"

namespace precompiledseccomp::gen {
namespace {

using nlohmann::json;

// Programs of test/gen/modules/tried.cc; what they run is test/people/calling.cc.
Outcome Try(const std::string& program, const Words& options, const Words& command) {
  return Ask(Words{"try", ModuleSource("tried:" + program)} + options + Words{"--"} + command);
}

Outcome TryCalling(const std::string& program, const std::string& what, const Words& options = {}) {
  return Try(program, options, {CALLING, what});
}

BOOST_AUTO_TEST_SUITE(try_command)

BOOST_AUTO_TEST_CASE(WhatIsAllowedRunsAndTheCommandsOutputIsItsOwn) {
  const Outcome outcome = Try("all-allowed", {}, {"sh", "-c", "echo out; echo err >&2; exit 3"});
  BOOST_TEST(outcome.status == 0);
  BOOST_TEST(outcome.out == "out\n");
  testing::CheckContains(outcome.err,
                         {"err\n", "sh: none of its calls refused by ", "it ended with exit status 3\n"});
}

BOOST_AUTO_TEST_CASE(ARefusedCallFailsWithItsErrorAndIsToldWithItsRule) {
  const Outcome outcome = TryCalling("errors", "getppid");
  BOOST_TEST(outcome.status == 1);
  BOOST_TEST(outcome.out == "getppid: -1 13\n");
  testing::CheckContains(outcome.err, {": 1 call refused by ", "       1 x getppid(): errno 13 (EACCES)\n",
                                       "           by the rule \"errno 13 getppid\" (tried.cc:",
                                       "  it ended with exit status 0\n"});
}

BOOST_AUTO_TEST_CASE(AReportLetsItBeMade) {
  const Outcome outcome = TryCalling("errors", "getppid", {"--report"});
  BOOST_TEST(outcome.status == 1);
  testing::CheckContains(outcome.out, {"getppid: ", " 0\n"});
  testing::CheckContains(outcome.err, {"       1 x getppid(): errno 13 (EACCES)\n"});
}

BOOST_AUTO_TEST_CASE(EachActionDoesWhatTheKernelDoes) {
  struct {
    const char* program;
    const char* out;
    const char* err;
  } const kRows[] = {
      {"kill-process", "", "  a refused call ended it\n"},
      // One thread alone: the whole process.
      {"kill-thread", "", "  a refused call ended it\n"},
      {"trap", "trapped getppid 7\ngetppid: ", "  it ended with exit status 0\n"},
      {"zero", "getppid: 0 0\n", "  it ended with exit status 0\n"},
      {"notify", "getppid: -1 38\n", "  it ended with exit status 0\n"},
      {"log", "getppid: ", "none of its calls refused"},
  };
  for (const auto& row : kRows) {
    const Outcome outcome = TryCalling(row.program, "getppid");
    BOOST_TEST(outcome.out.find(row.out) == 0U, row.program << ": " << outcome.out);
    if (*row.out == '\0') BOOST_TEST(outcome.out == "", row.program);
    testing::CheckContains(outcome.err, {row.err});
  }
  BOOST_TEST(TryCalling("kill-process", "getppid").status == 1);
  BOOST_TEST(TryCalling("log", "getppid").status == 0);
  BOOST_TEST(TryCalling("notify", "getppid").status == 3);
}

BOOST_AUTO_TEST_CASE(ATrapThatIsBlockedOrIgnoredKills) {
  for (const char* const what : {"getppid-blocked", "getppid-ignored"}) {
    const Outcome outcome = TryCalling("trap", what);
    BOOST_TEST(outcome.out == "", what);
    testing::CheckContains(outcome.err, {"  a refused call ended it\n"});
  }
}

BOOST_AUTO_TEST_CASE(AThreadThatIsKilledLeavesTheOthers) {
  const Outcome outcome = TryCalling("kill-thread", "getppid-in-thread");
  BOOST_TEST(outcome.out == "the others go on\n");
  testing::CheckContains(outcome.err,
                         {"       1 x getppid(): kill_thread\n", "  it ended with exit status 0\n"});
  BOOST_TEST(TryCalling("kill-process", "getppid-in-thread").out == "");
}

BOOST_AUTO_TEST_CASE(ChildrenAndWhatTheyExecuteRunUnderTheFilterToo) {
  const Outcome outcome = Try("errors", {}, {"sh", "-c", std::string(CALLING) + " getppid; true"});
  BOOST_TEST(outcome.status == 1);
  BOOST_TEST(outcome.out == "getppid: -1 13\n");
  const Outcome forked = TryCalling("errors", "getppid-in-child");
  BOOST_TEST(forked.out == "getppid: -1 13\n");
  testing::CheckContains(forked.err, {": 1 call refused by "});
}

BOOST_AUTO_TEST_CASE(TheLoadersCallsDoNotCountUnlessTheyAreAskedFor) {
  const Words command = {CALLING, "nothing"};
  const Outcome entry = Try("no-openat", {"--report"}, command);
  BOOST_TEST(entry.status == 0, entry.err);
  const Outcome exec = Try("no-openat", {"--report", "--from", "exec"}, command);
  BOOST_TEST(exec.status == 1);
  testing::CheckContains(exec.err, {" x openat("});
}

BOOST_AUTO_TEST_CASE(WhatAProgramDidBeforeItsOwnFilterDoesNotCount) {
  // It calls getppid(), installs a filter that allows everything, and calls getppid() again.
  const Outcome report = TryCalling("errors", "install", {"--report"});
  BOOST_TEST(report.status == 1);
  testing::CheckContains(
      report.err, {"       1 x getppid(): errno 13 (EACCES)\n", "  not counted: 1 call before it begins\n",
                   "  it installed a filter itself: it was told so, and the filter was left out\n"});
  const Outcome enforced = TryCalling("errors", "install", {"--from", "filter"});
  BOOST_TEST(enforced.out.substr(enforced.out.find('\n') + 1) == "getppid: -1 13\n");
  const Outcome none = TryCalling("errors", "getppid", {"--from", "filter"});
  BOOST_TEST(none.status == 3);
  testing::CheckContains(none.err, {"it installed no filter, and nothing was looked at"});
}

BOOST_AUTO_TEST_CASE(AFilterOfAChildHidesNothing) {
  for (const Words& options : {Words{}, Words{"--report"}}) {
    const Outcome outcome = TryCalling("errors", "install-in-child", options);
    BOOST_TEST(outcome.status == 1);
    testing::CheckContains(outcome.err, {"       1 x getppid(): errno 13 (EACCES)\n"});
  }
}

BOOST_AUTO_TEST_CASE(WhoAsksForFiltersHasInstalledNone) {
  for (const Words& options : {Words{}, Words{"--report"}}) {
    const Outcome outcome = TryCalling("errors", "probe", options);
    BOOST_TEST(outcome.status == 1);
    testing::CheckContains(outcome.out, {"there are filters\n"});
    testing::CheckContains(outcome.err, {"       1 x getppid(): errno 13 (EACCES)\n"});
  }
}

BOOST_AUTO_TEST_CASE(WhatAnotherFilterAnswersIsNotSeenAndThatIsSaid) {
  const Outcome outcome = TryCalling("kill-process", "own-filter");
  BOOST_TEST(outcome.out == "getppid: -1 38\n");
  BOOST_TEST(outcome.status == 3);
  testing::CheckContains(
      outcome.err, {"it runs under another filter, too: what that refuses by itself is not seen here\n"});
  BOOST_TEST(TryCalling("kill-process", "own-filter", {"--report"}).status == 1);
}

BOOST_AUTO_TEST_CASE(WhoEndsTheProgramEndsTheCommandAndIsTold) {
  const Outcome outcome =
      Run({"sh", "-c", "timeout -s TERM 1 " PEOPLE " try " + ModuleSource("tried:errors") + " -- sleep 60"});
  testing::CheckContains(outcome.err, {"it was ended by signal 9\n"});
}

BOOST_AUTO_TEST_CASE(VariablesMatter) {
  BOOST_TEST(TryCalling("descriptor", "nothing", {"--set", "fd=1"}).status == 0);
  const Outcome outcome = TryCalling("descriptor", "getppid", {"--set", "fd=9"});
  BOOST_TEST(outcome.out == "");
  testing::CheckContains(outcome.err, {"x write(1, 0x", ": errno 1 (EPERM)"});
}

BOOST_AUTO_TEST_CASE(JsonAndTheFileSayTheSame) {
  const TemporaryFolder folder;
  const Outcome outcome = TryCalling("errors", "getppid", {"--json", "--output", folder / "told"});
  BOOST_TEST(outcome.status == 1);
  BOOST_TEST(outcome.err == "");
  BOOST_TEST(outcome.out == "getppid: -1 13\n");
  const json answer = json::parse(ReadFile(folder / "told"));
  BOOST_TEST(answer.at("refused").at(0).at("text") == "getppid()");
  BOOST_TEST(answer.at("trace") == CALLING);
}

BOOST_AUTO_TEST_CASE(AFilterOfBytesCanBeTried) {
  const TemporaryFolder folder;
  BOOST_TEST(Ask({"dump", "--raw", ModuleSource("tried:errors"), "--output", folder / "filter"}).status == 0);
  const Outcome outcome = Ask({"try", "raw:" + folder / "filter", "--", CALLING, "getppid"});
  BOOST_TEST(outcome.status == 1);
  BOOST_TEST(outcome.out == "getppid: -1 13\n");
}

BOOST_AUTO_TEST_CASE(WhatCannotBeRunIsAnError) {
  CheckIsError(Ask({"try"}), {"SOURCE is missing"});
  CheckIsError(Ask({"try", ModuleSource("tried:errors")}), {"COMMAND is missing"});
  CheckIsError(Try("errors", {}, {"/no/such/program"}), {"cannot run \"/no/such/program\": No such file"});
  CheckIsError(Try("errors", {}, {"/"}), {"cannot run \"/\": Permission denied"});
  CheckIsError(Try("errors", {"--from", "main"}, {"true"}),
               {"--from is entry, exec or filter, not \"main\""});
  CheckIsError(Try("descriptor", {}, {"true"}),
               {"give the values of all variables by --set; these have none: \"fd\""});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
