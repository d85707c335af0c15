// SPDX-License-Identifier: Apache-2.0
//
// What a SOURCE can be, what is wrong with it, and values of variables.
#include <sstream>
#include <string>

#include <boost/test/unit_test.hpp>

#include "people/people.h"
#include "support/errors.h"

namespace precompiledseccomp::gen {
namespace {

// ret allow, for machines with the least significant byte first.
const std::string kAllow("\x06\x00\x00\x00\x00\x00\xff\x7f", 8);

Outcome Dump(const std::string& source, const Words& options = {}) {
  return Ask(Words{"dump", source} + options);
}

BOOST_AUTO_TEST_SUITE(sources)

BOOST_AUTO_TEST_CASE(AModuleWithOneProgramNeedsNoName) {
  const Outcome outcome = Dump(ModuleSource("sandbox_run"));
  BOOST_TEST(outcome.status == 0);
  BOOST_TEST(outcome.out.starts_with("container ("));
  BOOST_TEST(outcome.out == Dump(ModuleSource("sandbox_run:container")).out);
}

BOOST_AUTO_TEST_CASE(OfSeveralProgramsOneIsToBeNamed) {
  CheckIsError(Dump(ModuleSource("classic")),
               {ModuleSource("classic") + ": there are several programs; name one",
                "there are \"write-to-fd1\", \"write-to-fd2\""});
  CheckIsError(
      Dump(ModuleSource("good:wroker")),
      {ModuleSource("good") + ": there is no program \"wroker\"; did you mean \"worker\"?", "\"only-at\""});
  CheckIsError(Dump(ModuleSource("good:")), {"there is no program \"\""});
  CheckIsError(Dump(ModuleSource("empty")), {"the module defines no program"});
}

BOOST_AUTO_TEST_CASE(FilesAndProgramsMayHaveColons) {
  const TemporaryFolder folder;
  const std::string file = folder / "a:b.so";
  WriteFile(file, ReadFile(ModuleSource("classic")));
  BOOST_TEST(Dump(file + ":write-to-fd2").out == Dump(ModuleSource("classic:write-to-fd2")).out);
  CheckIsError(Dump(file), {"there are several programs"});
}

BOOST_AUTO_TEST_CASE(AModuleThatCannotBeUsedIsAnError) {
  CheckIsError(Dump("nowhere.so"), {"nowhere.so: cannot open the module: No such file"});
  CheckIsError(Dump("nowhere.so:worker"), {"nowhere.so: cannot open the module: No such file"});
  CheckIsError(Dump(PEOPLE), {"cannot load the module"});
}

BOOST_AUTO_TEST_CASE(MistakesOfADefinitionAreToldOneALine) {
  const std::string module = ModuleSource("faulty");
  const auto ask = [&](const std::string& fault) {
    return Run({PEOPLE, "dump", module + ":worker"}, {{"PRECOMPILEDSECCOMP_FAULT", fault}});
  };
  CheckIsError(ask("throws an exception"), {kName + module + ": program \"worker\": ", "no such file"});
  const Outcome several = ask("unknown calls");
  BOOST_TEST(several.status == 2);
  BOOST_TEST(several.out == "");
  std::istringstream lines(several.err);
  std::string line;
  for (const char* const call : {"opennat", "reed", "newest", "wriite"}) {
    BOOST_TEST(!std::getline(lines, line).fail());
    BOOST_TEST(line.starts_with(kName + module + ": program \"worker\": "), line);
    testing::CheckContains(several.err, {call});
  }
  BOOST_TEST(std::getline(lines, line).fail());
}

BOOST_AUTO_TEST_CASE(InstructionsAreRead) {
  const TemporaryFolder folder;
  WriteFile(folder / "allow", kAllow);
  const std::string expected = "   0: ret allow\n";
  const Outcome from_file = Dump("raw:" + folder / "allow");
  BOOST_TEST(from_file.status == 0);
  BOOST_TEST(from_file.out.ends_with(expected), from_file.out);
  BOOST_TEST(AskInShell("dump raw:- < " + folder / "allow").out.ends_with(expected));
  // A part at a time.
  const Outcome from_pipe = Run({"sh", "-c",
                                 "{ head -c 3 " + folder / "allow" + "; sleep 0.1; tail -c +4 " +
                                     folder / "allow" + "; } | '" PEOPLE "' dump raw:-"});
  BOOST_TEST(from_pipe.out.ends_with(expected), from_pipe.out << from_pipe.err);
}

BOOST_AUTO_TEST_CASE(WhatTheKernelWouldRefuseIsAnError) {
  const TemporaryFolder folder;
  const auto check = [&](const std::string& bytes, const std::string& problem) {
    WriteFile(folder / "filter", bytes);
    CheckIsError(Dump("raw:" + folder / "filter"), {"raw:" + folder / "filter" + ": " + problem});
  };
  check("", "it is empty");
  check(kAllow.substr(1), "it has 7 bytes, which is no whole number of instructions of 8 bytes");
  check(kAllow + "x", "it has 9 bytes");
  check(std::string(8, '\0'), "the kernel would refuse it: instruction 0");
  check(std::string(8, '\xff'), "the kernel would refuse it: instruction 0 (unknown code 0xffff)");
  std::string large;
  for (int i = 0; i < 4097; ++i) large += kAllow;
  check(large, "it has more than 4096 instructions");
  WriteFile(folder / "filter", large.substr(8));
  BOOST_TEST(Dump("raw:" + folder / "filter").status == 0);
  CheckIsError(Dump("raw:/nowhere"), {"raw:/nowhere: cannot open it: No such file"});
  CheckIsError(Dump("raw:"), {"raw:: cannot open it"});
  CheckIsError(Dump("raw:/"), {"raw:/: cannot read it: Is a directory"});
  CheckIsError(Dump("raw:/dev/zero"), {"more than 4096"});
  CheckIsError(AskInShell("dump raw:- <&-"), {"raw:-: cannot read it"});
}

BOOST_AUTO_TEST_CASE(ValuesAreCheckedAsRenderingChecksThem) {
  const std::string descriptors = ModuleSource("classic:write-to-fd1");
  const auto check = [&](const std::string& source, const std::string& setting, const std::string& problem) {
    CheckIsError(Dump(source, {"--set", setting}), {"--set " + setting + ": " + problem});
  };
  check(descriptors, "fd1=-1", "the variable \"fd1\" is a file descriptor");
  check(descriptors, "fd1=0x80000000", "the variable \"fd1\" is a file descriptor");
  check(descriptors, "fd1=0x100000000", "the value 4294967296 does not fit the 32-bit variable \"fd1\"");
  check(descriptors, "fd1=-0x80000001", "the value -0x80000001 does not fit the 32-bit variable \"fd1\"");
  check(descriptors, "fd1=", "\"\" is no number");
  check(descriptors, "fd1=three", "\"three\" is no number");
  check(descriptors, "fd1=0x1g", "\"0x1g\" is no number");
  check(descriptors, "fd1", "give a variable and its value");
  check(descriptors, "fd11=3", "there is no variable \"fd11\"; did you mean \"fd1\"");
  check(descriptors, "something=3", "there is no variable \"something\"; there are fd1, fd2");
  check(ModuleSource("good:everything"), "fd=3", "there is no variable \"fd\"");
  check(ModuleSource("good:refuse"), "code=0", "the variable \"code\" is an error number");
  check(ModuleSource("good:refuse"), "code=4096", "the variable \"code\" is an error number");
  check(ModuleSource("good:only-at"), "address=0x10000000000000000", "\"0x10000000000000000\" is no number");
  CheckIsError(Dump(descriptors, {"--set", "fd1=3", "--set", "fd1=3"}), {"\"fd1\" is set twice"});
}

BOOST_AUTO_TEST_CASE(ValuesAreDecimalHexadecimalOctalAndNegative) {
  const auto listing = [](const std::string& value) {
    return Dump(ModuleSource("good:worker"), {"--set", "fd1=" + value, "--set=fd2=1"}).out;
  };
  BOOST_TEST(listing("0x20") == listing("32"));
  BOOST_TEST(listing("040") == listing("32"));
  BOOST_TEST(listing("-1") == listing("0xffffffff"));
  testing::CheckContains(listing("-2"), {"jeq #0xfffffffe"});
  const std::string at =
      Dump(ModuleSource("good:only-at"), {"--set", "address=-4096", "--set", "size=1"}).out;
  testing::CheckContains(at, {"jeq #0xfffff000", "jeq #0xffffffff"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
