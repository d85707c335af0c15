// SPDX-License-Identifier: Apache-2.0
//
// suggest: what is written can be compiled, and is all that was lacking.
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "people/people.h"
#include "support/errors.h"

namespace precompiledseccomp::gen {
namespace {

using nlohmann::json;

// A module of that source, compiled as authors do.
std::string Compiled(const TemporaryFolder& folder, const std::string& name, const std::string& source) {
  WriteFile(folder / (name + ".cc"), source);
  const Outcome compiled =
      Run({"sh", "-c",
           "c++ -std=c++20 -Wall -Wextra -Wno-missing-field-initializers -Werror -shared -fPIC " +
               std::string(DEFINE_FLAGS) + " -o " + (folder / ("lib" + name + ".so")) + " " +
               (folder / (name + ".cc")) + " " DEFINE_LIBS});
  BOOST_REQUIRE_MESSAGE(compiled.status == 0, compiled.err << source);
  return folder / ("lib" + name + ".so");
}

BOOST_AUTO_TEST_SUITE(suggest_command)

BOOST_AUTO_TEST_CASE(AFirstPolicyIsAModuleThatAllowsAllOfTheTrace) {
  if (!IsThereStrace()) return;
  const TemporaryFolder folder;
  const std::string trace = folder / "trace";
  BOOST_TEST(
      Run({"sh", "-c", "strace -f -o " + trace + " " CALLING " getppid-in-thread > /dev/null"}).status == 0);
  const Outcome first = Ask({"suggest", "--new", "--from-start", trace});
  BOOST_TEST(first.status == 0);
  BOOST_TEST(first.err == "");
  const std::string module = Compiled(folder, "first", first.out);
  // clone3 is refused on purpose: libc then calls clone.
  const Outcome explained = Ask({"explain", module, "--trace", trace, "--from-start"});
  testing::CheckContains(explained.out, {" 1 refused by ", "       1 x clone3(_, 88): errno 38 (ENOSYS)"});
  const Outcome tried = Ask({"try", module, "--", CALLING, "getppid-in-thread"});
  BOOST_TEST(tried.out.find("the others go on\n") != std::string::npos, tried.err);
  testing::CheckContains(tried.err, {": 1 call refused by ", "it ended with exit status 0\n"});
}

// A policy that lacks eighteen calls: what a report of one run tells is all of them.
BOOST_AUTO_TEST_CASE(WhatIsPastedIsWhatWasLacking) {
  if (!IsThereStrace()) return;
  const TemporaryFolder folder;
  const std::string trace = folder / "trace";
  const auto policy = [](const std::string& added) {
    return "#include <cerrno>\n#include <csignal>\n#include <fcntl.h>\n#include <sched.h>\n#include "
           "<sys/mman.h>\n"
           "#include <sys/ioctl.h>\n#include <sys/prctl.h>\n#include <sys/resource.h>\n#include "
           "<sys/socket.h>\n"
           "#include <precompiledseccomp/define.h>\nnamespace pcs = precompiledseccomp;\n"
           "static pcs::Policy Mine(const pcs::Values& v) {\n  pcs::Policy policy;\n"
           "  policy.Allow(\"write\", pcs::Param(\"fd\") == v[\"out\"]);\n  policy.Allow(\"exit_group\");\n" +
           added +
           "  return policy;\n}\nstatic std::vector<pcs::ProgramDefinition> Programs() {\n"
           "  return {{\"mine\", {\"out\"}, Mine}};\n}\nPRECOMPILEDSECCOMP_MODULE(Programs)\n";
  };
  const std::string before = Compiled(folder, "before", policy(""));
  BOOST_TEST(
      Run({"sh", "-c", "strace -f -o " + trace + " " CALLING " getppid-in-thread > /dev/null"}).status == 0);
  const Words options = {"--set", "out=1", "--from-start"};
  const Outcome suggested = Ask(Words{"suggest", before, trace} + options);
  BOOST_TEST(suggested.status == 1);
  const std::string after = Compiled(folder, "after", policy(suggested.out));
  const Outcome again = Ask(Words{"suggest", after, trace} + options);
  BOOST_TEST(again.status == 0, again.out);
  testing::CheckContains(again.out, {"lacks nothing for",
                                     "// clone3 (1) is refused by the rule \"errno 38 clone3\" (after.cc:"});
  const Outcome tried = Ask({"try", after, "--set", "out=1", "--", CALLING, "getppid-in-thread"});
  BOOST_TEST(tried.out.find("the others go on\n") != std::string::npos, tried.err);
}

BOOST_AUTO_TEST_CASE(TablesBecomeCounts) {
  const TemporaryFolder folder;
  WriteFile(folder / "table", "syscall calls\n------- -----\nread 12\ngetpid 3\n------- -----\ntotal 15\n");
  const Outcome outcome = Ask({"suggest", ModuleSource("good:everything"), "--counts", folder / "table"});
  BOOST_TEST(outcome.status == 0);
  testing::CheckContains(outcome.out, {"\npolicy.SyscallCounts({{\"read\", 12}, {\"getpid\", 3}});\n"});
}

BOOST_AUTO_TEST_CASE(SeveralTracesAreOne) {
  const TemporaryFolder folder;
  WriteFile(folder / "a", "getpid() = 1\n");
  WriteFile(folder / "b", "gettid() = 1\ngetpid() = 1\n");
  const Outcome outcome =
      Ask({"suggest", ModuleSource("measured:all-refused"), "--arch", "x86_64", folder / "a", folder / "b"});
  BOOST_TEST(outcome.status == 1);
  testing::CheckContains(outcome.out, {"// 3 calls\npolicy.Allow({\"getpid\", \"gettid\"});\n"});
}

BOOST_AUTO_TEST_CASE(UnreadableLinesAreCommentsAndTwo) {
  const TemporaryFolder folder;
  WriteFile(folder / "trace", "getpid() = 1\nwhat?\n");
  const Outcome outcome = Ask({"suggest", ModuleSource("measured:all-refused"), folder / "trace"});
  BOOST_TEST(outcome.status == 2);
  testing::CheckContains(outcome.out, {"//  could not be read: 1 line\n//    line 2: what?\n"});
}

BOOST_AUTO_TEST_CASE(NothingOfATraceBecomesCode) {
  const TemporaryFolder folder;
  const std::string file = folder / "a\n#include \"evil.h\"\n.txt";
  WriteFile(file, "getpid() = 1\ngarbage \\\n\rint evil;\n");
  const Outcome outcome = Ask({"suggest", "--new", file});
  BOOST_TEST(outcome.status == 2);
  testing::CheckContains(outcome.out, {"//    line 2: garbage \\.\n//    line 3: ?int evil;\n"});
  for (std::size_t begin = 0, end = 0; begin < outcome.out.size(); begin = end + 1) {
    end = outcome.out.find('\n', begin);
    const std::string line = outcome.out.substr(begin, end - begin);
    if (line.find("evil") != std::string::npos) BOOST_TEST(line.starts_with("//"), line);
  }
}

BOOST_AUTO_TEST_CASE(JsonSaysTheSame) {
  const TemporaryFolder folder;
  WriteFile(folder / "trace", "ioctl(1, TCGETS, {}) = 0\nclone3({flags=0}, 88) = 2\n");
  const Outcome outcome =
      Ask({"suggest", ModuleSource("measured:all-refused"), "--arch", "x86_64", "--json", folder / "trace"});
  BOOST_TEST(outcome.status == 1);
  const json answer = json::parse(outcome.out);
  BOOST_TEST(answer.at("version") == 1);
  BOOST_TEST(answer.at("rules").at(0).at("action") == "Errno");
  BOOST_TEST(answer.at("rules").at(0).at("error") == "ENOSYS");
  BOOST_TEST(answer.at("rules").back().at("calls").dump() == R"(["\"ioctl\""])");
  BOOST_TEST(answer.at("rules").back().at("condition") == "pcs::Param(\"cmd\") == TCGETS");
  BOOST_TEST(answer.at("counts").at("ioctl") == 1);
}

BOOST_AUTO_TEST_CASE(WordsThatMakeNoSenseAreErrors) {
  CheckIsError(Ask({"suggest"}), {"SOURCE is missing"});
  CheckIsError(Ask({"suggest", "--new"}), {"TRACE is missing"});
  CheckIsError(Ask({"suggest", ModuleSource("good:worker")}),
               {"TRACE is missing; for a first policy without a SOURCE give --new"});
  CheckIsError(Ask({"suggest", "--new", "--set", "a=1", "x"}), {"--set is for a SOURCE"});
  CheckIsError(Ask({"suggest", "--new", "/dev/null"}), {"/dev/null: there is no call in it that counts"});
  const TemporaryFolder folder;
  BOOST_TEST(
      Ask({"dump", "--raw", ModuleSource("measured:all-refused"), "--output", folder / "raw"}).status == 0);
  CheckIsError(Ask({"suggest", "raw:" + folder / "raw", "x"}), {"instructions have no rules to add to"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
