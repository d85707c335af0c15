// SPDX-License-Identifier: Apache-2.0
//
// --list, --disassemble, --help, --version and --stats.
#include <algorithm>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/precompile.h>

#include "bpf/allow_cache.h"
#include "bpf/disassembler.h"
#include "bpf/interpreter.h"
#include "modules/good.h"
#include "run.h"

namespace precompiledseccomp::gen {
namespace {

using nlohmann::json;

std::vector<ProgramDefinition> SortedGoodPrograms() {
  std::vector<ProgramDefinition> programs = GoodPrograms();
  std::sort(programs.begin(), programs.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return programs;
}

BOOST_AUTO_TEST_SUITE(listing)

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
  for (const char* const option : {"--module", "--source", "--header", "--namespace", "--arch", "--stub",
                                   "--stats", "--depfile", "--list", "--disassemble", "--version", "--help"})
    BOOST_TEST(help.out.find(option) != std::string::npos, option);
}

json VariablesOf(const PrecompiledProgram& program) {
  json variables = json::array();
  for (const PrecompiledVariable& variable : program.variables)
    variables.push_back({{"name", variable.name},
                         {"bits", variable.bits},
                         {"low_offsets", variable.low_offsets},
                         {"high_offsets", variable.high_offsets}});
  return variables;
}

BOOST_AUTO_TEST_CASE(StatisticsAreThoseOfThePrograms) {
  const TemporaryFolder folder;
  const Outcome outcome =
      RunGenerator("good", {"--stats", folder / "s.json", "--arch", "x86_64", "--arch", "aarch64"});
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  const json stats = json::parse(ReadFile(folder / "s.json"));
  BOOST_TEST(stats["generator"] == "precompiledseccomp-gen " VERSION);

  auto entry = stats["programs"].begin();
  for (const ProgramDefinition& definition : SortedGoodPrograms()) {
    for (const char* const arch : {"x86_64", "aarch64"}) {
      BOOST_TEST_CONTEXT(definition.name << " on " << arch) {
        BOOST_REQUIRE((entry != stats["programs"].end()));
        const PrecompiledProgram program = Precompile(definition, *FindTarget(arch));
        BOOST_TEST((*entry)["name"] == definition.name);
        BOOST_TEST((*entry)["arch"] == arch);
        BOOST_TEST((*entry)["instructions"] == program.instructions.size());
        BOOST_TEST((*entry)["variables"] == VariablesOf(program));

        // The last number has a name, and the next one has none.
        const auto lengths = (*entry)["path_lengths"].get<std::vector<std::size_t>>();
        const auto limit = static_cast<std::uint32_t>(lengths.size());
        BOOST_TEST(SyscallName(program.target, limit - 1).front() != '#');
        BOOST_TEST(SyscallName(program.target, limit).front() == '#');
        double sum = 0;
        for (std::uint32_t number = 0; number < limit; ++number) {
          seccomp_data call = {};
          call.nr = static_cast<int>(number);
          call.arch = program.target.audit_arch;
          BOOST_TEST(lengths[number] == bpf::Run(program.instructions, call).executed);
          sum += static_cast<double>(lengths[number]);
        }
        BOOST_TEST((*entry)["maximum_path_length"] == *std::max_element(lengths.begin(), lengths.end()));
        BOOST_TEST(std::abs((*entry)["mean_path_length"].get<double>() - sum / limit) < 0.001);

        json cacheable = json::array();
        for (const std::uint32_t number :
             bpf::CacheableNumbers(program.instructions, program.target.audit_arch, limit))
          cacheable.push_back({{"number", number}, {"name", SyscallName(program.target, number)}});
        BOOST_TEST((*entry)["cacheable"] == cacheable);
        ++entry;
      }
    }
  }
  BOOST_TEST((entry == stats["programs"].end()));
}

BOOST_AUTO_TEST_CASE(StatisticsOfNoProgramsAreEmpty) {
  const json stats = json::parse(RunGenerator("empty", {"--stats", "/dev/stdout"}).out);
  BOOST_TEST(stats["programs"].empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
