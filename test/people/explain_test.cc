// SPDX-License-Identifier: Apache-2.0
//
// explain: answers, exit statuses, JSON.
#include <cstddef>
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "people/people.h"
#include "support/errors.h"

namespace precompiledseccomp::gen {
namespace {

using nlohmann::json;

Outcome Explain(const std::string& source, const std::string& call, const Words& options = {}) {
  return Ask(Words{"explain", source, call, "--arch", "x86_64"} + options);
}

std::string Container() {
  return ModuleSource("sandbox_run");
}

// The answer has this exit status, and lines that begin so.
void CheckAnswer(const Outcome& outcome, int status, std::initializer_list<std::string> lines) {
  BOOST_TEST(outcome.status == status);
  BOOST_TEST(outcome.err == "");
  for (const std::string& line : lines)
    BOOST_TEST(("\n" + outcome.out).find("\n" + line) != std::string::npos, line << " is not in:\n"
                                                                                 << outcome.out);
}

BOOST_AUTO_TEST_SUITE(explain)

BOOST_AUTO_TEST_CASE(ARefusedCallIsOneWithItsRuleAndTheNearestThatIsAllowed) {
  CheckAnswer(Explain(Container(), "ioctl(3, TIOCSTI, 0)"), 1,
              {"ioctl(3, 0x5412, 0) on x86_64: refused, errno 25 (ENOTTY)\n",
               "  by the rule \"errno 25 ioctl\" (policy.cc:",
               "  would be allowed with cmd = 0x5411 (TIOCOUTQ): ioctl(3, 0x5411, 0)\n", "  path:\n",
               "       2: ld nr\n"});
}

BOOST_AUTO_TEST_CASE(AnAllowedCallIsZero) {
  CheckAnswer(Explain(Container(), "ioctl(3, TCGETS)"), 0,
              {"ioctl(3, 0x5401, 0) on x86_64: allowed\n", "  by the rule \"allow ioctl if ",
               "  not given, and taken as 0: arg\n"});
  CheckAnswer(
      Explain(ModuleSource("good:everything"), "kexec_load(1, 2, 3, 4)"), 0,
      {"kexec_load(1, 2, 3, 4) on x86_64: allowed\n", "  by the default action, as no rule decides it\n"});
  CheckAnswer(Explain(ModuleSource("measured:logged"), "7"), 0, {"poll(0, 0, 0) on x86_64: allowed, log\n"});
}

BOOST_AUTO_TEST_CASE(WhatDependsOnVariablesIsThree) {
  const std::string source = ModuleSource("classic:write-to-fd1");
  CheckAnswer(Explain(source, "read(3)"), 3,
              {"read(3, 0, 0) on x86_64: depends on fd1, fd2\n",
               "  if $fd1 == 3 || $fd2 == 3: allow, by the rule \"allow read if ",
               "  otherwise: errno 1 (EPERM), by the default action, as no rule decides it\n",
               "  to decide it: --set fd1=VALUE --set fd2=VALUE\n"});
  CheckAnswer(Explain(source, "read(3)", {"--set", "fd1=4"}), 3, {"  if $fd2 == 3: allow"});
  CheckAnswer(Explain(source, "read(3)", {"--set", "fd1=3"}), 0, {"read(3, 0, 0) on x86_64: allowed\n"});
  CheckAnswer(Explain(source, "read(3)", {"--set", "fd1=4", "--set", "fd2=5"}), 1,
              {"read(3, 0, 0) on x86_64: refused, errno 1 (EPERM)\n",
               "  would be allowed with fd = 4: read(4, 0, 0)\n"});
  // No descriptor is negative.
  CheckAnswer(Explain(source, "read(-1)"), 1,
              {"read(0xffffffffffffffff, 0, 0) on x86_64: refused, errno 1 (EPERM)\n",
               "  no change of one or two arguments was found with which it would be allowed whatever"});
  CheckAnswer(Explain(ModuleSource("good:refuse"), "openat"), 1,
              {"openat(0, 0, 0, 0) on x86_64: refused, errno $code\n"});
}

BOOST_AUTO_TEST_CASE(NumbersThatNoRuleNamesHaveTheirActions) {
  const std::string source = ModuleSource("good:worker");
  CheckAnswer(Explain(source, "#2000"), 1,
              {"#2000() on x86_64: refused, errno 38 (ENOSYS)\n", "  by the action for unknown calls",
               "  nothing allows calls of this number, whatever their arguments\n"});
  CheckAnswer(Explain(source, "#0x40000001(1)"), 1, {"  by the action for other architectures"});
  CheckAnswer(Explain(source, "#-1"), 1, {"#-1() on x86_64: refused, errno 38 (ENOSYS)\n"});
}

BOOST_AUTO_TEST_CASE(AFilterWithoutAPolicyHasItsPath) {
  const TemporaryFolder folder;
  const Words raw = {"dump", "--raw", "--arch", "x86_64", Container(), "--output", folder / "filter"};
  BOOST_TEST(Ask(raw).status == 0);
  for (const char* const call : {"ioctl(3, TIOCSTI, 0)", "personality(5)", "read(0)", "#0x40000001"}) {
    const Outcome of_module = Explain(Container(), call);
    const Outcome of_bytes = Explain("raw:" + folder / "filter", call);
    BOOST_TEST(of_bytes.status == of_module.status);
    const std::string path = of_bytes.out.substr(of_bytes.out.find("  path:\n"));
    BOOST_TEST(path == of_module.out.substr(of_module.out.find("  path:\n")));
    BOOST_TEST(of_bytes.out.find("  by the ") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(TheInstructionPointerCanBeSet) {
  const TemporaryFolder folder;
  // ld ip.high; jeq #1, allow, kill
  WriteFile(folder / "filter",
            std::string("\x20\0\0\0\x0c\0\0\0\x15\0\0\1\1\0\0\0\6\0\0\0\0\0\xff\x7f\6\0\0\0\0\0\0\x80", 32));
  const std::string source = "raw:" + folder / "filter";
  CheckAnswer(Explain(source, "getpid", {"--ip", "0x100000000"}), 0, {"getpid() on x86_64: allowed\n"});
  CheckAnswer(Explain(source, "getpid"), 1, {"getpid() on x86_64: refused, kill_process\n"});
  CheckIsError(Explain(source, "getpid", {"--ip", "here"}), {"--ip \"here\" is no number"});
}

// `script` gives its command a terminal.
BOOST_AUTO_TEST_CASE(ColourIsForTerminalsThatHaveIt) {
  const std::string red = "\x1b[31mrefused";
  const auto at_terminal = [](const std::string& environment) {
    return Run({"sh", "-c",
                environment + " script -q -e -c '" PEOPLE " explain --arch x86_64 " + Container() +
                    " personality\\(5\\)' /dev/null < /dev/null"});
  };
  const Outcome usual = at_terminal("env -u NO_COLOR TERM=xterm");
  if (usual.status == 127) {
    BOOST_TEST_MESSAGE("skipped: there is no script(1)");
    return;
  }
  BOOST_TEST(usual.out.find(red) != std::string::npos, usual.out << usual.err);
  BOOST_TEST(at_terminal("env NO_COLOR=1 TERM=xterm").out.find('\x1b') == std::string::npos);
  BOOST_TEST(at_terminal("env -u NO_COLOR TERM=dumb").out.find('\x1b') == std::string::npos);
  BOOST_TEST(Explain(Container(), "personality(5)").out.find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(AnArgumentMayBeAnyValue) {
  const std::string source = ModuleSource("good:worker");
  CheckAnswer(
      Explain(source, "read(_)", {"--set", "fd1=3", "--set", "fd2=4"}), 3,
      {"read(_, 0, 0) on x86_64: depends on what is not known\n", "  allow, by the rule \"allow read if ",
       "  kill_process, by the default action", "  not given, and taken as 0: buf, count\n"});
  CheckAnswer(
      Explain(source, "openat(AT_FDCWD, _, _, _)"), 1,
      {"openat(0xffffffffffffff9c, _, _, _) on x86_64: refused\n", "  errno 13 (EACCES), by the rule "});
  CheckAnswer(Explain(source, "exit_group(_)"), 0, {"exit_group(_) on x86_64: allowed\n"});
  const TemporaryFolder folder;
  BOOST_TEST(Ask({"dump", "--raw", "--arch", "x86_64", Container(), "--output", folder / "filter"}).status ==
             0);
  CheckAnswer(Explain("raw:" + folder / "filter", "ioctl(3, _)"), 3, {"  allow\n", "  errno 25 (ENOTTY)\n"});
  const json answer = json::parse(Explain(source, "openat(_, _, _, _)", {"--json"}).out);
  BOOST_TEST(answer.at("verdict") == "refused");
  BOOST_TEST(answer.at("may_decide").at(0).at("answer") == "errno 13 (EACCES)");
}

BOOST_AUTO_TEST_CASE(JsonSaysTheSame) {
  const Outcome outcome = Explain(Container(), "ioctl(3, TIOCSTI)", {"--json"});
  BOOST_TEST(outcome.status == 1);
  const json answer = json::parse(outcome.out);
  BOOST_TEST(answer.at("version") == 1);
  BOOST_TEST(answer.at("source") == Container() + ":container");
  BOOST_TEST(answer.at("arch") == "x86_64");
  BOOST_TEST(answer.at("verdict") == "refused");
  BOOST_TEST(answer.at("call").at("text") == "ioctl(3, 0x5412, 0)");
  BOOST_TEST(answer.at("call").at("number") == 16);
  BOOST_TEST(answer.at("call").at("arguments").dump() == R"(["0x3","0x5412","0x0","0x0","0x0","0x0"])");
  BOOST_TEST(answer.at("call").at("instruction_pointer") == "0x0");
  BOOST_TEST(answer.at("call").at("not_given").dump() == R"(["arg"])");
  BOOST_TEST(answer.at("cases").size() == 1U);
  const json& only = answer.at("cases").front();
  BOOST_TEST(only.at("if") == "");
  BOOST_TEST(only.at("answer") == "errno 25 (ENOTTY)");
  BOOST_TEST(only.at("verdict") == "refused");
  BOOST_TEST(only.at("by") == "rule");
  BOOST_TEST(only.at("rule") == "errno 25 ioctl");
  BOOST_TEST(only.at("file") == "policy.cc");
  BOOST_TEST(only.at("line") > 0);
  BOOST_TEST(answer.at("depends_on").empty());
  BOOST_TEST(answer.at("change").at("text") == "cmd = 0x5411 (TIOCOUTQ)");
  BOOST_TEST(answer.at("change").at("changed").dump() == "[1]");
  BOOST_TEST(answer.at("change").at("arguments").at(1) == "0x5411");
  BOOST_TEST(answer.at("path").front().dump() == R"({"index":0,"instruction":"ld arch","meaning":""})");
  BOOST_TEST(answer.at("path").back().at("meaning") == "errno 25 (ENOTTY)");
}

BOOST_AUTO_TEST_CASE(JsonHasTheCases) {
  const Outcome outcome = Explain(ModuleSource("classic:write-to-fd1"), "write(3)", {"--json"});
  BOOST_TEST(outcome.status == 3);
  const json answer = json::parse(outcome.out);
  BOOST_TEST(answer.at("verdict") == "open");
  BOOST_TEST(answer.at("depends_on").dump() == R"(["fd1"])");
  BOOST_TEST(answer.at("cases").size() == 2U);
  BOOST_TEST(answer.at("cases").at(0).at("if") == "$fd1 == 3");
  BOOST_TEST(answer.at("cases").at(0).at("verdict") == "allowed");
  BOOST_TEST(answer.at("cases").at(0).at("example").dump() == R"({"fd1":"0x3"})");
  BOOST_TEST(answer.at("cases").at(1).at("by") == "default");
  BOOST_TEST(answer.at("cases").at(1).at("example").dump() == R"({"fd1":"0x0"})");
  BOOST_TEST(!answer.at("cases").at(1).contains("rule"));
  BOOST_TEST(!answer.contains("change"));
}

BOOST_AUTO_TEST_CASE(CallsThatMakeNoSenseAreErrors) {
  const std::string source = ModuleSource("good:worker");
  CheckIsError(Ask({"explain"}), {"SOURCE is missing"});
  CheckIsError(Ask({"explain", source}), {"CALL is missing"});
  CheckIsError(Explain(source, "reed(3)"),
               {"\"reed(3)\": unknown system call \"reed\"", "did you mean \"read\""});
  CheckIsError(Explain(source, "read(TIOCSTII)"), {"did you mean \"TIOCSTI\""});
  CheckIsError(Explain(source, "read", {"(3)"}), {"unexpected argument \"(3)\"; a call is one word"});
  CheckIsError(Explain("nowhere.so", "read"), {"nowhere.so: cannot open the module"});
  CheckIsError(Explain(source, "read", {"--set", "fd3=1"}), {"there is no variable \"fd3\""});
  CheckIsError(Run({"sh", "-c", "'" PEOPLE "' explain '" + source + "' read > /dev/full"}),
               {"No space left"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
