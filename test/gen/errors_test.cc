// SPDX-License-Identifier: Apache-2.0
//
// Errors: one line, exit status 1 or 2, and no output created or changed.
#include <algorithm>
#include <ostream>
#include <sstream>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "run.h"
#include "support/errors.h"

namespace precompiledseccomp::gen {
namespace {

namespace data = boost::unit_test::data;

using testing::CheckContains;

// The one line that an error is, without "precompiledseccomp-gen: " and the line feed.
std::string ErrorLine(const Outcome& outcome) {
  const std::string prefix = "precompiledseccomp-gen: ";
  const bool is_one_line = std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1 &&
                           outcome.err.back() == '\n' && outcome.err.starts_with(prefix);
  if (!is_one_line) return "not one line of the generator: " + outcome.err;
  return outcome.err.substr(prefix.size(), outcome.err.size() - prefix.size() - 1);
}

// Runs the generator with outputs that are there and outputs that are not, and checks that it left them
// alone.
Outcome RunForNothing(const std::string& module_file, const Environment& environment) {
  const TemporaryFolder folder;
  WriteFile(folder / "f.h", "old header");
  WriteFile(folder / "stats.json", "old statistics");
  const auto time = std::filesystem::last_write_time(folder / "f.h");
  const Outcome outcome = Run(Words{GENERATOR, "--module", module_file, "--stats", folder / "stats.json",
                                    "--depfile", folder / "f.d"} +
                                  SourcesIn(folder),
                              environment);
  BOOST_TEST(ReadFile(folder / "f.h") == "old header");
  BOOST_TEST(ReadFile(folder / "stats.json") == "old statistics");
  BOOST_TEST((std::filesystem::last_write_time(folder / "f.h") == time));
  BOOST_TEST(folder.Files() == (Words{"f.h", "stats.json"}), boost::test_tools::per_element());
  BOOST_TEST(outcome.out == "");
  return outcome;
}

struct FaultyModule {
  const char* fault;
  const char* message;  // behind "<module>: "
};

std::ostream& operator<<(std::ostream& out, const FaultyModule& faulty) {
  return out << faulty.fault;
}

constexpr FaultyModule kFaults[] = {
    {"throws an exception", R"(program "worker": the definition threw an exception: no such file)"},
    {"throws an int", R"(program "worker": the definition threw something that is no std::exception)"},
    {"throws an Error", R"(program "worker": the author does not like it)"},
    {"aborts", R"(program "worker": the definition failed: it was killed by signal 6 (Aborted))"},
    {"crashes",
     R"(program "worker": the definition failed: it was killed by signal 11 (Segmentation fault))"},
    {"exits", R"(program "worker": the definition failed: it ended the process instead of returning)"},
    {"exits at once",
     R"(program "worker": the definition failed: it ended the process instead of returning)"},
    {"answers differently",
     R"(program "worker": the definition answers differently each time it is called: )"},
    {"unknown call", R"(program "worker": unknown system call "opennat" for )"},
    {"unknown call", R"(did you mean "openat")"},
    {"contradiction", R"(program "worker": )"},
    {"covered rule", R"(program "worker": )"},
    {"errno 0", R"(program "worker": )"},
    {"unused variable", R"(program "worker": variable "fd" does not show up in the filter: )"},
    {"undeclared variable",
     R"(program "worker": the definition uses the variable "fd3", which it did not declare)"},
    {"unknown call", R"( (in the rule "allow ...", faulty.cc:66))"},
    {"covered rule", R"(the rule "allow read if )"},
    {"covered rule",
     R"(" (faulty.cc:75) can never match: earlier rules of the same rule set decide all of its calls: )"
     R"("allow read" (faulty.cc:74))"},
    {"optional call of no target",
     R"(program "worker": IfAvailable("swapom"): no architecture has a system call of that name; did you)"},
    {"reporter is refused",
     R"(program "worker": the policy reports violations to $fd, and refuses a call of the reporter itself: )"
     R"(write(0x0, 0x0, 0x0) where $fd is 0 gets kill_process; )"
     R"(add policy.Allow("write", Param("fd") == v["fd"]))"},
    {"empty policy", R"(program "worker": the definition returns a policy in which nothing is set; )"},
    {"no function", R"(program "worker": the definition has no function)"},
    {"repeated name", R"(two programs have the name "fine")"},
    {"unusable name", R"(the program name "my program" is not usable: )"},
    {"same struct",
     R"(programs "f.i.n.e" and "f/i+n:e" would both have the generated struct FINE; rename one of them)"},
    {"struct like a function",
     R"(program "get_precompiled": the generated struct GetPrecompiled would have the name of a generated function)"},
    {"repeated variable", R"(program "worker": variable "fd" is declared twice)"},
    {"keyword as variable", R"(program "worker": variable "new" is no usable name: )"},
    {"variable like the function",
     R"(program "worker": variable "Render" cannot be a field of the generated struct)"},
    {"variable like the struct",
     R"(program "worker": variable "Worker" cannot be a field of the generated struct)"},
    {"variable like a macro",
     R"(program "worker": variable "errno" cannot be a field of the generated struct)"},
    {"variable of 16 bits", R"(program "worker": variable "fd" has 16 bits; variables have 32 or 64)"},
    {"too large", R"(program "worker": )"},
    {"too large", R"(ioctl)"},
    {"too large", R"(4096)"},
    {"listing throws", R"(the function that lists the programs threw an exception: nothing to list)"},
    {"listing throws an int",
     R"(the function that lists the programs threw something that is no std::exception)"},
    {"listing aborts",
     R"(the module failed while it listed its programs: it was killed by signal 6 (Aborted))"},
    {"loading crashes",
     R"(the module failed while it was loaded: it was killed by signal 11 (Segmentation fault))"},
    {"loading exits", R"(the module failed while it was loaded: it ended the process instead of returning)"},
};

BOOST_AUTO_TEST_SUITE(errors)

BOOST_DATA_TEST_CASE(AFaultyModuleIsOneLineAndNoOutput, data::make(kFaults), faulty) {
  const std::string module = ModuleFile("faulty");
  const Outcome outcome = RunForNothing(module, {{"PRECOMPILEDSECCOMP_FAULT", faulty.fault}});
  BOOST_TEST(outcome.status == 1);
  const std::string line = ErrorLine(outcome);
  BOOST_TEST(line.starts_with(module + ": "), line);
  CheckContains(line, {faulty.message});
}

BOOST_AUTO_TEST_CASE(MistakesInOnePolicyAreOneLineEachInTheirOrder) {
  const auto lines_of = [](const char* fault) {
    const Outcome outcome = RunForNothing(ModuleFile("faulty"), {{"PRECOMPILEDSECCOMP_FAULT", fault}});
    BOOST_TEST(outcome.status == 1);
    std::istringstream text(outcome.err);
    Words lines;
    for (std::string line; std::getline(text, line);) {
      BOOST_TEST(
          line.starts_with("precompiledseccomp-gen: " + ModuleFile("faulty") + ": program \"worker\": "));
      lines.push_back(line);
    }
    return lines;
  };
  const Words unknown = lines_of("unknown calls");
  BOOST_REQUIRE(unknown.size() == 4U);
  CheckContains(unknown[0], {R"(unknown system call "newest")"});
  CheckContains(unknown[1], {R"(unknown system call "opennat")", R"((in the rule "allow ...", faulty.cc:)"});
  CheckContains(unknown[2], {R"(unknown system call "reed")", R"((in the rule "allow ...", faulty.cc:)"});
  CheckContains(unknown[3], {R"(unknown system call "wriite")", R"((in the rule "errno 1 ...", faulty.cc:)"});
  const Words covered = lines_of("covered rules");
  BOOST_REQUIRE(covered.size() == 3U);
  CheckContains(covered[0], {R"(the rule "allow read if )", "can never match"});
  CheckContains(covered[1], {R"(openat)", "is never true"});
  CheckContains(covered[2], {R"(the rule "allow write if )", "can never match"});
}

BOOST_AUTO_TEST_CASE(NamesThatCompilersReplaceAreRefused) {
  const Outcome outcome = RunForNothing(
      ModuleFile("faulty"), {{"PRECOMPILEDSECCOMP_FAULT", "variable like a macro of the compiler"}});
  BOOST_TEST(outcome.status == 1);
  for (const std::string name : {"unix", "linux"})
    CheckContains(outcome.err,
                  {"program \"worker\": variable \"" + name +
                   "\" cannot be a field of the generated struct: compilers define a macro of that "
                   "name, unless they are told to keep to the standard (-std=c++20); rename it\n"});
}

// The second is found sooner.
BOOST_AUTO_TEST_CASE(FaultyProgramsAreOneLineEachInTheirOrder) {
  const Outcome outcome = RunForNothing(ModuleFile("faulty"), {{"PRECOMPILEDSECCOMP_FAULT", "two faults"}});
  BOOST_TEST(outcome.status == 1);
  BOOST_TEST(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 2);
  const std::size_t first = outcome.err.find(R"(program "large": )");
  const std::size_t second =
      outcome.err.find(R"(program "worker": the definition threw an exception: second)");
  BOOST_TEST(first < second, outcome.err);
  BOOST_TEST(second != std::string::npos, outcome.err);
}

// The generator must know the Error of a module for its own, not for some std::exception. GCC's run-time
// library also compares the names of types, others need one type_info, which is to be exported for that.
BOOST_AUTO_TEST_CASE(AnErrorOfAModuleWithHiddenSymbolsIsOneOfTheGenerator) {
  const std::string module = ModuleFile("faulty_hidden");
  for (const FaultyModule& faulty : kFaults) {
    if (std::string_view(faulty.fault) != "throws an Error") continue;
    const Outcome outcome = RunForNothing(module, {{"PRECOMPILEDSECCOMP_FAULT", faulty.fault}});
    BOOST_TEST(outcome.status == 1);
    BOOST_TEST(ErrorLine(outcome) == module + ": " + faulty.message);
  }
  if (!Exists("readelf")) return;
  const Outcome symbols = Run({"readelf", "--dyn-syms", "-W", module});
  BOOST_TEST(symbols.status == 0);
  CheckContains(symbols.out, {" _ZTIN18precompiledseccomp5ErrorE"});
}

BOOST_AUTO_TEST_CASE(TheFaultyModuleWithoutFaultIsFine) {
  const TemporaryFolder folder;
  const Outcome outcome = RunGenerator("faulty", SourcesIn(folder));
  BOOST_TEST(outcome.status == 0);
  BOOST_TEST(outcome.err == "");
}

BOOST_AUTO_TEST_CASE(AFileThatIsNoDefinitionModuleIsNamed) {
  const TemporaryFolder folder;
  WriteFile(folder / "text.so", "This is no shared library.\n");
  // A module for another machine: the number of the machine stands at byte 18 of an ELF file.
  std::string other_machine = ReadFile(ModuleFile("good"));
  other_machine[18] = '\x7f';
  WriteFile(folder / "other_machine.so", other_machine);

  const std::pair<std::string, std::string> cases[] = {
      {folder / "missing.so", "cannot open the module: No such file or directory"},
      {folder.path().string(), "cannot load the module: "},
      {folder / "text.so", "cannot load the module: "},
      {folder / "other_machine.so", "the module is built for another machine than this generator; "},
      {ModuleFile("undefined_symbol"), "cannot load the module: undefined symbol: ThisIsDefinedNowhere"},
      {ModuleFile("no_entry_point"),
       "this is no definition module: it does not export precompiledseccomp_module; "},
      {ModuleFile("other_version"),
       "the module has version 4711 of the module interface, this generator has "},
      {ModuleFile("other_layout"), "the module lays out its types in another way than this generator; "},
  };
  for (const auto& [file, message] : cases) {
    BOOST_TEST_CONTEXT(file) {
      const Outcome outcome = RunForNothing(file, {});
      BOOST_TEST(outcome.status == 1);
      const std::string line = ErrorLine(outcome);
      BOOST_TEST(line.starts_with(file + ": " + message), line);
    }
  }
}

// The names of generated structs only matter where structs are generated.
BOOST_AUTO_TEST_CASE(AListingDoesNotNeedDistinctStructNames) {
  const Outcome outcome = RunGenerator("faulty", {"--list"}, {{"PRECOMPILEDSECCOMP_FAULT", "same struct"}});
  BOOST_TEST(outcome.status == 0);
  BOOST_TEST(outcome.out == "f.i.n.e\nf/i+n:e\n");
}

BOOST_AUTO_TEST_CASE(WrongUsageIsOneLineAndExitStatus2) {
  const TemporaryFolder folder;
  const Words sources = SourcesIn(folder);
  const std::pair<Words, std::string> cases[] = {
      {{}, "nothing to do"},
      {{"--source", folder / "f.cc", "--header", folder / "f.h"}, "--namespace is missing"},
      {{"--source", folder / "f.cc", "--namespace", "a"}, "--header is missing"},
      {{"--header", folder / "f.h", "--namespace", "a"}, "--source is missing"},
      {{"--source", folder / "f.cc", "--header", folder / "f.cc", "--namespace", "a"}, "are the same file"},
      {{"--source", folder / "f.cc", "--header", folder / "./x/../f.cc", "--namespace", "a"},
       "are the same file"},
      {{"--stats", ModuleFile("good")}, "--module and --stats are the same file"},
      {{"--source", folder / "f.cc", "--header", folder / "f\".h", "--namespace", "a"}, "cannot be included"},
      {{"--stub"}, "nothing to do"},
      {sources + Words{"--stub", "--stats", folder / "s"}, "--stats has no meaning together with --stub"},
      {sources + Words{"--stats-times"}, "--stats-times needs --stats"},
      {{"--list", "--stats-times"}, "--stats-times has no meaning together with --list"},
      {sources + Words{"--arch", "mips"}, "--arch \"mips\" is unknown; known are x86_64, aarch64"},
      {sources + Words{"--arch", "x86_64", "--arch", "x86_64"}, "--arch \"x86_64\" is given twice"},
      {sources + Words{"--frobnicate"}, "--frobnicate"},
      {sources + Words{"more"}, "unexpected argument \"more\""},
      {sources + Words{"--stats"}, "--stats"},
      {sources + Words{"--stats="}, "--stats"},
      {sources + Words{"--source", "again.cc"}, "--source"},
      {sources + Words{"--list"}, "has no meaning together with --list"},
      {{"--list", "--arch", "x86_64"}, "--arch has no meaning together with --list"},
      {{"--list", "worker"}, "unexpected argument \"worker\""},
      {sources + Words{"--jobs=0"}, "--jobs is a number from 1 to 1024, not \"0\""},
      {{"--list", "--jobs=2"}, "--jobs has no meaning together with --list"},
      {{"--list", "--definition-seconds=0"}, "--definition-seconds is a number from 1 to 86400, not \"0\""},
      {{"--list", "--definition-seconds=5s"}, "--definition-seconds is a number from 1 to 86400, not \"5s\""},
      {{"--disassemble", "--depfile", folder / "d"}, "--depfile has no meaning together with --disassemble"},
      {{"--disassemble", "worker", "refuse"}, "--disassemble takes one program"},
      {{"--lis"}, "--lis"},
  };
  for (const auto& [arguments, message] : cases) {
    BOOST_TEST_CONTEXT(message) {
      const Outcome outcome = RunGenerator("good", arguments);
      BOOST_TEST(outcome.status == 2);
      BOOST_TEST(outcome.out == "");
      CheckContains(ErrorLine(outcome), {message});
    }
  }
  BOOST_TEST(folder.Files().empty());

  const Outcome without_module = Run({GENERATOR, "--list"});
  BOOST_TEST(without_module.status == 2);
  CheckContains(ErrorLine(without_module), {"--module is missing"});
}

BOOST_AUTO_TEST_CASE(ANamespaceThatCannotBeUsedIsWrongUsage) {
  const TemporaryFolder folder;
  for (const char* const name : {"", "1a", "a b", "a:b", "a::", "::a", "a::::b", "a::class", "namespace",
                                 "std", "std::a", "a-b", "precompiledseccomp", "_a", "a__b", "a\nb"}) {
    BOOST_TEST_CONTEXT(name) {
      const Outcome outcome = RunGenerator(
          "good", {"--source", folder / "f.cc", "--header", folder / "f.h", "--namespace", name});
      BOOST_TEST(outcome.status == 2);
      CheckContains(ErrorLine(outcome), {"namespace"});
    }
  }
  BOOST_TEST(folder.Files().empty());
}

BOOST_AUTO_TEST_CASE(AnOutputThatCannotBeWrittenLeavesTheOthersAlone) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "folder");
  const std::pair<std::string, std::string> cases[] = {
      {folder / "missing/stats.json", "No such file or directory"},
      {folder / "folder", "Is a directory"},
      {"/dev/full", "No space left on device"},
  };
  for (const auto& [stats, message] : cases) {
    BOOST_TEST_CONTEXT(stats) {
      const Outcome outcome = RunGenerator("good", SourcesIn(folder) + Words{"--stats", stats});
      BOOST_TEST(outcome.status == 1);
      BOOST_TEST(ErrorLine(outcome) == "cannot write \"" + stats + "\": " + message);
      BOOST_TEST(folder.Files() == Words{"folder"}, boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(AListThatCannotBePrintedIsAnError) {
  const Outcome outcome =
      Run({"sh", "-c", "exec \"$0\" --module \"$1\" --list > /dev/full", GENERATOR, ModuleFile("good")});
  BOOST_TEST(outcome.status == 1);
  BOOST_TEST(ErrorLine(outcome) == "cannot write to standard output: No space left on device");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
