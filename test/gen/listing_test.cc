// SPDX-License-Identifier: Apache-2.0
//
// --list, --disassemble, --help and --version.
#include <algorithm>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/precompile.h>

#include "bpf/disassembler.h"
#include "modules/good.h"
#include "report/listing.h"
#include "run.h"

namespace precompiledseccomp::gen {
namespace {

BOOST_AUTO_TEST_SUITE(listing)

std::vector<ProgramDefinition> SortedGoodPrograms() {
  std::vector<ProgramDefinition> programs = GoodPrograms();
  std::sort(programs.begin(), programs.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return programs;
}

BOOST_AUTO_TEST_CASE(TheListHasAllProgramsWithTheirVariables) {
  const Outcome outcome = RunGenerator("good", {"--list"});
  BOOST_TEST(outcome.status == 0);
  BOOST_TEST(outcome.err == "");
  BOOST_TEST(outcome.out ==
             "Table\n"
             "absorbed fd\n"
             "everything\n"
             "only-at address:64 size\n"
             "refuse code\n"
             "twin.1 fd1 fd2\n"
             "worker fd1 fd2\n"
             "worker/second fd1 fd2\n");
  BOOST_TEST(RunGenerator("empty", {"--list"}).out == "");
}

BOOST_AUTO_TEST_CASE(NamesOfCallsStandBesideTheirNumbers) {
  const auto function = [](const Values& v) {
    return Policy().Allow("read", Arg32(0) == v["fd"]).Allow({"openat", "mkdirat", "mknodat"});
  };
  const PrecompiledProgram program = Precompile({"some", {"fd"}, function}, *FindTarget("x86_64"));
  const std::vector<std::string> names = NamesOfComparisons(program);
  const auto is_there = [&](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  BOOST_TEST(is_there("x86_64"));
  BOOST_TEST(is_there("read"));
  BOOST_TEST(is_there("from openat"));
  for (std::size_t i = 0; i < names.size(); ++i)
    if (program.instructions[i].k == 0 && BPF_CLASS(program.instructions[i].code) == BPF_JMP)
      BOOST_TEST((names[i] == "read" || names[i].empty()));  // the descriptor's 0 is no call
}

BOOST_AUTO_TEST_CASE(ADisassemblyShowsTheInstructionsOfEachArchitecture) {
  const Outcome outcome =
      RunGenerator("good", {"--disassemble", "everything", "--arch", "aarch64", "--arch", "x86_64"});
  BOOST_TEST(outcome.status == 0);
  std::string expected;
  for (const char* const arch : {"aarch64", "x86_64"}) {
    const PrecompiledProgram program =
        Precompile({"everything", {}, [](const Values&) { return Policy().Default(Action::Allow()); }},
                   *FindTarget(arch));
    expected += (expected.empty() ? "" : "\n") + std::string("everything (") + arch + ", " +
                std::to_string(program.instructions.size()) + " instructions)\n" +
                bpf::Disassemble(program.instructions);
    expected.insert(expected.find("\n   2: ", expected.rfind(" instructions)")), std::string("  ; ") + arch);
  }
  BOOST_TEST(outcome.out == expected);
}

BOOST_AUTO_TEST_CASE(ADisassemblyShowsVariablesWhereTheyStand) {
  const std::string text = RunGenerator("good", {"--disassemble=only-at"}).out;
  for (const char* const part :
       {") $address:64 $size\n", "jeq $address.low ", "jeq $address.high ", "$size "})
    BOOST_TEST(text.find(part) != std::string::npos, part << " is not in: " << text);
  const std::string refusal = RunGenerator("good", {"--disassemble", "refuse"}).out;
  BOOST_TEST(refusal.find(": ld $code\n") != std::string::npos, refusal);
}

BOOST_AUTO_TEST_CASE(WithoutANameAllProgramsAreDisassembled) {
  std::string expected;
  for (const ProgramDefinition& program : SortedGoodPrograms())
    expected += (expected.empty() ? "" : "\n") + RunGenerator("good", {"--disassemble", program.name}).out;
  BOOST_TEST(RunGenerator("good", {"--disassemble"}).out == expected);
  BOOST_TEST(RunGenerator("empty", {"--disassemble"}).out == "");
}

BOOST_AUTO_TEST_CASE(AnUnknownProgramIsAnErrorWithNearMisses) {
  const Outcome near = RunGenerator("good", {"--disassemble", "wroker"});
  BOOST_TEST(near.status == 1);
  BOOST_TEST(near.out == "");
  BOOST_TEST(near.err == "precompiledseccomp-gen: " + ModuleFile("good") +
                             ": there is no program \"wroker\"; did you mean \"worker\"?\n");
  const Outcome far = RunGenerator("good", {"--disassemble", "something-else"});
  BOOST_TEST(far.err == "precompiledseccomp-gen: " + ModuleFile("good") +
                            ": there is no program \"something-else\"; --list shows what there is\n");
}

BOOST_AUTO_TEST_CASE(HelpAndVersionArePrintedWithoutAModule) {
  const Outcome version = Run({GENERATOR, "--version"});
  BOOST_TEST(version.status == 0);
  BOOST_TEST(version.out == "precompiledseccomp-gen " VERSION "\n");
  const Outcome help = Run({GENERATOR, "--help"});
  BOOST_TEST(help.status == 0);
  for (const char* const option :
       {"--module", "--source", "--header", "--namespace", "--arch", "--stub", "--stats", "--stats-times",
        "--depfile", "--list", "--disassemble", "--version", "--help"})
    BOOST_TEST(help.out.find(option) != std::string::npos, option);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
