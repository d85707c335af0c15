// SPDX-License-Identifier: Apache-2.0
//
// explain --trace: what is told of the calls of a trace, and real traces of strace.
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "people/people.h"
#include "support/errors.h"

namespace precompiledseccomp::gen {
namespace {

using nlohmann::json;

const char* const kTrace =
    "1 read(3, \"x\", 1) = 1\n"
    "1 openat(AT_FDCWD, \"/x\", O_RDONLY) = -1 EPERM (Operation not permitted)\n"
    "1 read(3, \"x\", 1) = 1\n"
    "1 openat(AT_FDCWD, \"/y\", O_RDONLY) = -1 EPERM (Operation not permitted)\n"
    "1 getppid() = 110\n"
    "1 +++ killed by SIGSYS +++\n";

Outcome ExplainTrace(const std::string& source, const std::string& trace, const Words& options = {}) {
  const TemporaryFolder folder;
  WriteFile(folder / "trace", trace);
  Outcome outcome = Ask(Words{"explain", source, "--trace", folder / "trace", "--arch", "x86_64"} + options);
  // The name of a temporary file says nothing.
  for (std::string* const text : {&outcome.out, &outcome.err})
    for (std::size_t at = text->find(folder / ""); at != std::string::npos; at = text->find(folder / ""))
      text->erase(at, (folder / "").size());
  return outcome;
}

const Words kDescriptors = {"--set", "fd1=3", "--set", "fd2=4"};

std::string Worker() {
  return ModuleSource("good:worker");
}

BOOST_AUTO_TEST_SUITE(explain_trace)

BOOST_AUTO_TEST_CASE(EachRefusedCallIsToldOnceWithItsRule) {
  const Outcome outcome = ExplainTrace(Worker(), kTrace, kDescriptors);
  BOOST_TEST(outcome.status == 1);
  BOOST_TEST(outcome.err == "");
  testing::CheckContains(outcome.out, {"trace: 5 calls, 3 refused by " + Worker() + " (x86_64)\n",
                                       "       2 x openat(AT_FDCWD, _, 0, _): errno 13 (EACCES); line 2\n"
                                       "           by the rule \"errno 13 openat\" (good_programs.cc:",
                                       "       1 x getppid(): kill_process by default; line 5\n"});
  BOOST_TEST(outcome.out.find(" read(") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(NothingRefusedIsZero) {
  const Outcome outcome = ExplainTrace(Worker(), "read(3, \"x\", 1) = 1\n", kDescriptors);
  BOOST_TEST(outcome.status == 0);
  BOOST_TEST(outcome.out == "trace: 1 call, none refused by " + Worker() + " (x86_64)\n");
}

BOOST_AUTO_TEST_CASE(ALineThatCannotBeReadIsTwo) {
  const Outcome outcome = ExplainTrace(Worker(), "read(3, \"x\", 1) = 1\nBad system call\n", kDescriptors);
  BOOST_TEST(outcome.status == 2);
  testing::CheckContains(outcome.out,
                         {"none refused", "  could not be read: 1 line\n    line 2: Bad system call\n"});
}

BOOST_AUTO_TEST_CASE(WhatTheTraceDoesNotTellIsThree) {
  const Outcome variables = ExplainTrace(Worker(), "read(3, \"x\", 1) = 1\n");
  BOOST_TEST(variables.status == 3);
  testing::CheckContains(
      variables.out, {"none refused", "  not known whether refused:\n       1 x read(3, _, 1): depends "});
  // Records of the audit have no arguments: all rules that may decide are told.
  const Outcome record = ExplainTrace(
      Worker(), "audit: type=1326 audit(1:1): sig=0 arch=c000003e syscall=0 code=0x7ffc0000\n", kDescriptors);
  BOOST_TEST(record.status == 3);
  testing::CheckContains(record.out, {"       1 x read(_, _, _): depends on what is not known; line 1\n"
                                      "           allow, by the rule \"allow read if ",
                                      "           kill_process, by the default action"});
  const Outcome lost =
      ExplainTrace(Worker(), "read(3, \"x\", 1) = 1\naudit: 3 callbacks suppressed\n", kDescriptors);
  BOOST_TEST(lost.status == 3);
  testing::CheckContains(lost.out, {"  line 2: the kernel left out records here\n"});
}

BOOST_AUTO_TEST_CASE(WhatAnotherFilterKilledIsRefused) {
  const Outcome outcome =
      ExplainTrace(Worker(), "read(3, \"x\", 0) = 0\n+++ killed by SIGSYS +++\n", kDescriptors);
  BOOST_TEST(outcome.status == 1);
  testing::CheckContains(outcome.out, {"1 refused", "allowed here; another filter answered with a signal"});
}

BOOST_AUTO_TEST_CASE(InstructionsHaveAnswersWithoutRules) {
  const TemporaryFolder folder;
  BOOST_TEST(
      Ask(Words{"dump", "--raw", "--arch", "x86_64", Worker(), "--output", folder / "filter"} + kDescriptors)
          .status == 0);
  const Outcome outcome = ExplainTrace("raw:" + folder / "filter", kTrace);
  BOOST_TEST(outcome.status == 1);
  testing::CheckContains(outcome.out, {"       2 x openat(AT_FDCWD, _, 0, _): errno 13 (EACCES); line 2\n",
                                       "       1 x getppid(): kill_process; line 5\n"});
}

BOOST_AUTO_TEST_CASE(JsonSaysTheSame) {
  const Outcome outcome =
      ExplainTrace(Worker(), std::string(kTrace) + "what?\n", kDescriptors + Words{"--json"});
  BOOST_TEST(outcome.status == 2);
  const json answer = json::parse(outcome.out);
  BOOST_TEST(answer.at("version") == 1);
  BOOST_TEST(answer.at("trace") == "trace");
  BOOST_TEST(answer.at("calls") == 5);
  BOOST_TEST(answer.at("allowed") == 2);
  BOOST_TEST(answer.at("unread_lines") == 1);
  BOOST_TEST(answer.at("unread").at(0).at("line") == 7);
  BOOST_TEST(answer.at("unread").at(0).at("text") == "what?");
  BOOST_TEST(answer.at("refused").size() == 2U);
  const json& call = answer.at("refused").at(0);
  BOOST_TEST(call.at("text") == "openat(AT_FDCWD, _, 0, _)");
  BOOST_TEST(call.at("number") == 257);
  BOOST_TEST(call.at("count") == 2);
  BOOST_TEST(call.at("line") == 2);
  BOOST_TEST(call.at("arguments").at(0).at("known") == "0xffffffff");
  BOOST_TEST(call.at("cases").at(0).at("answer") == "errno 13 (EACCES)");
  BOOST_TEST(answer.at("refused").at(1).at("ended") == 1);
}

BOOST_AUTO_TEST_CASE(WordsThatMakeNoSenseAreErrors) {
  CheckIsError(Ask({"explain", Worker(), "read(3)", "--trace", "x"}), {"with --trace there is no CALL"});
  CheckIsError(Ask({"explain", Worker(), "--trace", "/no/such/file"}), {"/no/such/file: cannot open it"});
  CheckIsError(Ask({"explain", Worker(), "--trace", "/"}), {"/: cannot read it"});
  CheckIsError(Ask({"explain", Worker(), "--trace", "/dev/null"}), {"/dev/null: there is no call in it"});
  CheckIsError(Ask({"explain", Worker(), "read(3)", "--from", "x"}), {"--from belongs to --trace"});
  CheckIsError(Ask({"explain", Worker(), "--trace", "x", "--from", "x", "--from-start"}), {"contradict"});
  CheckIsError(ExplainTrace(Worker(), kTrace, {"--from", "x86"}), {"no line of the trace contains \"x86\""});
  CheckIsError(Ask({"explain", Worker(), "--trace", "x", "--ip", "1"}), {"--ip belongs to a CALL"});
}

BOOST_AUTO_TEST_CASE(WhereACallWasMadeMattersWhereTheFilterLooksAtIt) {
  const Outcome outcome =
      ExplainTrace(ModuleSource("jit"), "[0000000000500000] getpid() = 1\n[0000000000401000] getpid() = 1\n",
                   {"--set", "begin=0x401000", "--set", "end=0x402000"});
  BOOST_TEST(outcome.status == 1);
  testing::CheckContains(outcome.out,
                         {"2 calls, 1 refused by ", "       1 x getpid(): errno 1 (EPERM); line 2\n"});
}

BOOST_AUTO_TEST_CASE(ATraceCanComeFromAPipe) {
  const Outcome outcome =
      AskInShell("explain " + Worker() + " --arch x86_64 --trace - << E\ngetppid() = 1\nE\n");
  BOOST_TEST(outcome.status == 1);
  testing::CheckContains(outcome.out, {"-: 1 call, 1 refused by "});
}

// ---- Real ones.

// How often each call was made, by its name.
std::map<std::string, std::uint64_t> CountsOf(const std::string& trace, const Words& options = {}) {
  // Refuses everything.
  const Outcome outcome =
      ExplainTrace(ModuleSource("measured:all-refused"), trace, Words{"--from-start", "--json"} + options);
  std::map<std::string, std::uint64_t> counts;
  BOOST_TEST(outcome.status == 1, outcome.out << outcome.err);
  if (outcome.status != 1) return counts;
  const json answer = json::parse(outcome.out);
  for (const json& call : answer.at("refused")) {
    const std::string text = call.at("text");
    counts[text.substr(0, text.find('('))] += call.at("count").get<std::uint64_t>();
  }
  return counts;
}

BOOST_AUTO_TEST_CASE(RealTracesSayTheSameInAllForms) {
  if (!IsThereStrace()) return;
  const TemporaryFolder folder;
  // Names and contents that look like something else.
  const std::string file = folder / "a(b, <unfinished ...>) = 1";
  WriteFile(file, "\"3) = 0\n\n--- SIGSYS {} ---\n");
  const std::string program = " env cat '" + file + "' '" + file + "' > /dev/null";
  const auto traced = [&](const std::string& options) {
    BOOST_TEST(Run({"sh", "-c", "strace " + options + " -o " + (folder / "trace") + program}).status == 0,
               options);
    return CountsOf(ReadFile(folder / "trace"));
  };
  const auto plain = traced("-f");
  BOOST_TEST(plain.size() > 20U);
  for (const char* const options :
       {"-f -n -X raw -e quiet=none", "-f -t", "-f -tt -T", "-f -ttt -i -n", "-f -r", "-f -r -t", "-f -y",
        "-f -yy -Y -tt", "-f -X verbose", "-f -x", "-f -xx -s 2", "-f -v -s 10000", "-f -y -n -i -T -ttt -Y"})
    BOOST_TEST((traced(options) == plain), options);
  // A table does not tell which call started the program, and has none that does not return.
  auto counted = traced("-f -c");
  --counted["execve"];
  ++counted["exit_group"];
  BOOST_TEST((counted == plain));
}

BOOST_AUTO_TEST_CASE(TheCallThatWasReallyKilledIsFound) {
  if (!IsThereStrace()) return;
  const TemporaryFolder folder;
  BOOST_TEST(
      Run({"sh", "-c", "strace -f -o " + (folder / "trace") + " " + REFUSING + " > /dev/null"}).status != 0);
  const Outcome outcome = ExplainTrace(ModuleSource("good:everything"), ReadFile(folder / "trace"));
  BOOST_TEST(outcome.status == 1, outcome.out);
  testing::CheckContains(outcome.out, {"x getppid(): refused", "allowed here; another filter"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
