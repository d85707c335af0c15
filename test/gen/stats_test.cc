// SPDX-License-Identifier: Apache-2.0
//
// --stats, and what it is worked out with.
#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <linux/audit.h>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/precompile.h>

#include "bpf/allow_cache.h"
#include "bpf/instructions.h"
#include "bpf/interpreter.h"
#include "modules/good.h"
#include "report/allowed_paths.h"
#include "report/listing.h"
#include "run.h"
#include "support/calls.h"

namespace precompiledseccomp::gen {
namespace {

using nlohmann::json;
using namespace bpf;  // NOLINT: instructions are written like assembly

constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t kLog = 0x7ffc0000;
constexpr std::uint32_t kArgument0 = ArgumentOffset(0, Half::kLow, false);
constexpr std::uint32_t kArgument1 = ArgumentOffset(1, Half::kLow, false);

void CheckPaths(const bpf::Program& program, std::uint32_t number, long double count, long double mean,
                std::size_t longest) {
  const AllowedPaths paths = FindAllowedPaths(program, number, AUDIT_ARCH_X86_64);
  BOOST_TEST(paths.count == count);
  BOOST_TEST(paths.MeanLength() == mean);
  BOOST_TEST(paths.longest == longest);
}

BOOST_AUTO_TEST_SUITE(allowed_paths)

BOOST_AUTO_TEST_CASE(ACallDecidedByItsNumberHasOnePathOrNone) {
  const bpf::Program program = {
      LoadWord(kArchOffset),   JumpIfEqual(AUDIT_ARCH_X86_64, 0, 3),
      LoadWord(kNumberOffset), JumpIfGreaterOrEqual(10, 1, 0),
      Return(kAllow),          Return(SECCOMP_RET_ERRNO | 1),
  };
  CheckPaths(program, 9, 1, 5, 5);
  CheckPaths(program, 10, 0, 0, 0);
  BOOST_TEST(FindAllowedPaths(program, 9, AUDIT_ARCH_AARCH64).count == 0);
}

BOOST_AUTO_TEST_CASE(EachValueOfAListIsAWay) {
  const bpf::Program program = {
      LoadWord(kArgument0), JumpIfEqual(3, 3, 0), JumpIfEqual(5, 2, 0),     JumpIfAnySet(0x80, 0, 2),
      Return(kAllow),       Return(kAllow),       Return(SECCOMP_RET_TRAP),
  };
  // 3: 0 1 5; 5: 0 1 2 5; with bit 7: 0 1 2 3 4; all others are refused.
  CheckPaths(program, 0, 3, 4, 5);
}

BOOST_AUTO_TEST_CASE(PathsThatJoinAreStillDifferentPaths) {
  const bpf::Program program = {
      LoadWord(kArgument0), JumpIfEqual(3, 1, 0), JumpIfEqual(4, 0, 4), LoadWord(kArgument1),
      JumpIfEqual(5, 1, 0), JumpIfEqual(6, 0, 1), Return(kAllow),       Return(SECCOMP_RET_TRAP),
  };
  // Two paths to instruction 3, of 2 and 3 instructions; from there two of 3 and 4.
  CheckPaths(program, 0, 4, 6, 7);
}

BOOST_AUTO_TEST_CASE(LoggedCallsAreAllowedAndComputedAnswersAreNot) {
  CheckPaths({Return(kLog)}, 0, 1, 1, 1);
  CheckPaths({Return(kAllow | 7)}, 0, 1, 1, 1);
  CheckPaths({Return(SECCOMP_RET_TRACE)}, 0, 0, 0, 0);
  CheckPaths({Return(SECCOMP_RET_USER_NOTIF)}, 0, 0, 0, 0);
  CheckPaths({LoadImmediate(kAllow), ReturnA()}, 0, 0, 0, 0);
}

BOOST_AUTO_TEST_CASE(WhatIsDoneWithTheNumberIsFollowedAsFarAsMasks) {
  const auto with = [](const sock_filter& instruction) {
    return bpf::Program{LoadWord(kNumberOffset), instruction, JumpIfEqual(1, 0, 1), Return(kAllow),
                        Return(SECCOMP_RET_TRAP)};
  };
  CheckPaths(with(And(0xf)), 0x21, 1, 4, 4);
  CheckPaths(with(And(0xf)), 0x22, 0, 0, 0);
  CheckPaths(with(Tax()), 0x22, 0, 0, 0);
  CheckPaths(with(StoreScratch(0)), 0x22, 0, 0, 0);
  CheckPaths(with(LoadImmediateX(1)), 0x22, 0, 0, 0);
  // Unknown from here on, so that both sides are open.
  for (const sock_filter& instruction : {Add(1), Or(1), Txa(), LoadLength(), LoadWord(kArgument0)})
    CheckPaths(with(instruction), 0x22, 1, 4, 4);
}

BOOST_AUTO_TEST_CASE(ATestWithoutConsequenceIsNoChoice) {
  CheckPaths({LoadWord(kArgument0), JumpIfEqual(3, 0, 0), Return(kAllow)}, 0, 1, 3, 3);
}

BOOST_AUTO_TEST_CASE(MorePathsThanADoubleHoldsAreCounted) {
  bpf::Program program = {LoadWord(kArgument0)};
  for (std::uint32_t i = 0; i < 2000; ++i) {
    program.push_back(JumpIfEqual(i, 0, 1));
    program.push_back(Jump(0));
  }
  program.push_back(Return(kAllow));
  const AllowedPaths paths = FindAllowedPaths(program, 0, AUDIT_ARCH_X86_64);
  BOOST_TEST(paths.count == std::pow(2.0L, 2000));
  // Each of the 2000 tests adds one instruction, and on every other path a second one.
  BOOST_TEST(std::abs(paths.MeanLength() - 3002) < 1e-6);
  BOOST_TEST(paths.longest == 4002U);
}

BOOST_AUTO_TEST_SUITE_END()

std::vector<ProgramDefinition> SortedGoodPrograms() {
  std::vector<ProgramDefinition> programs = GoodPrograms();
  std::sort(programs.begin(), programs.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return programs;
}

json StatsOf(const std::string& module, const Words& arguments = {}) {
  const TemporaryFolder folder;
  const Outcome outcome = RunGenerator(module, Words{"--stats", folder / "s.json"} + arguments);
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  return json::parse(ReadFile(folder / "s.json"));
}

json ProgramIn(const json& stats, const std::string& name) {
  for (const json& program : stats["programs"])
    if (program["name"] == name) return program;
  throw std::runtime_error("no program " + name);
}

json VariablesOf(const PrecompiledProgram& program) {
  json variables = json::array();
  for (const PrecompiledVariable& variable : program.variables)
    variables.push_back({{"name", variable.name},
                         {"bits", variable.bits},
                         {"kind", gen::KindName(variable.kind)},
                         {"low_offsets", variable.low_offsets},
                         {"high_offsets", variable.high_offsets},
                         {"flipped_offsets", variable.flipped_offsets}});
  return variables;
}

// The policies of these programs declare no counts, so that all calls weigh the same.
void CheckCheckedCalls(const json& entry, const PrecompiledProgram& program, std::uint32_t limit) {
  const std::uint32_t arch = program.target.audit_arch;
  auto checked = entry["checked"].begin();
  double sum = 0;
  std::size_t longest = 0;
  for (std::uint32_t number = 0; number < limit; ++number) {
    const AllowedPaths paths = FindAllowedPaths(program.instructions, number, arch);
    if (bpf::IsCacheable(program.instructions, number, arch) || paths.count == 0) continue;
    BOOST_REQUIRE((checked != entry["checked"].end()));
    BOOST_TEST((*checked)["number"] == number);
    BOOST_TEST((*checked)["name"] == SyscallName(program.target, number));
    BOOST_TEST((*checked)["weight"] == 1);
    const auto mean = static_cast<double>(paths.MeanLength());
    BOOST_TEST(std::abs((*checked)["mean_path_length"].get<double>() - mean) < 0.001);
    BOOST_TEST((*checked)["maximum_path_length"] == paths.longest);
    sum += mean;
    longest = std::max(longest, paths.longest);
    ++checked;
  }
  BOOST_TEST((checked == entry["checked"].end()));
  const auto count = static_cast<double>(entry["checked"].size());
  BOOST_TEST(std::abs(entry["mean_checked_path"].get<double>() - (count == 0 ? 0 : sum / count)) < 0.001);
  BOOST_TEST(entry["maximum_checked_path"] == longest);
}

// Every key in a JSON value, of whatever depth.
void CollectKeys(const json& value, std::set<std::string>& keys) {
  if (value.is_object())
    for (const auto& [key, inner] : value.items()) keys.insert(key);
  if (value.is_structured())
    for (const json& inner : value) CollectKeys(inner, keys);
}

BOOST_AUTO_TEST_SUITE(statistics)

BOOST_AUTO_TEST_CASE(TheReadmeDescribesEachKey) {
  const std::string readme = ReadFile(README);
  const std::size_t begin = readme.find("\n## Statistics\n");
  BOOST_REQUIRE(begin != std::string::npos);
  const std::string section = readme.substr(begin, readme.find("\n## ", begin + 1) - begin);
  std::set<std::string> keys;
  CollectKeys(StatsOf("good", {"--stats-times"}), keys);
  CollectKeys(StatsOf("good", {"--prove", "off"}), keys);
  CollectKeys(StatsOf("measured"), keys);
  BOOST_TEST(keys.size() > 20U);
  for (const std::string& key : keys)
    BOOST_TEST(section.find("`" + key + "`") != std::string::npos, "the README does not describe " << key);
}

BOOST_AUTO_TEST_CASE(StatisticsAreThoseOfThePrograms) {
  const TemporaryFolder folder;
  const Outcome outcome =
      RunGenerator("good", {"--stats", folder / "s.json", "--arch", "x86_64", "--arch", "aarch64"});
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  const json stats = json::parse(ReadFile(folder / "s.json"));
  BOOST_TEST(stats["format"] == 1);
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
          const seccomp_data call = testing::CallFor(program.target, static_cast<std::int64_t>(number));
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
        CheckCheckedCalls(*entry, program, limit);
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

std::vector<std::uint64_t> WeightsOf(const json& program) {
  std::vector<std::uint64_t> weights;
  for (const json& call : program["checked"]) weights.push_back(call["weight"]);
  return weights;
}

std::vector<std::uint32_t> CheckedNumbersOf(const json& program) {
  std::vector<std::uint32_t> numbers;
  for (const json& call : program["checked"]) numbers.push_back(call["number"]);
  return numbers;
}

// Neither those that the kernel caches nor those that are always refused.
BOOST_AUTO_TEST_CASE(CheckedCallsAreThoseThatAnArgumentDecides) {
  const json stats = StatsOf("measured", {"--arch", "x86_64"});
  using Numbers = std::vector<std::uint32_t>;
  BOOST_TEST(CheckedNumbersOf(ProgramIn(stats, "checked")) == (Numbers{10, 20}),
             boost::test_tools::per_element());
  BOOST_TEST(CheckedNumbersOf(ProgramIn(stats, "logged")) == Numbers{7}, boost::test_tools::per_element());
  for (const char* const name : {"all-allowed", "all-refused"}) {
    const json program = ProgramIn(stats, name);
    BOOST_TEST(program["checked"].empty());
    BOOST_TEST(program["mean_checked_path"] == 0.0);
    BOOST_TEST(program["maximum_checked_path"] == 0);
  }
}

// Architecture and number: two instructions each, the answer: one.
BOOST_AUTO_TEST_CASE(ALoggedCallCostsThePathToItsAnswer) {
  const json program = ProgramIn(StatsOf("measured", {"--arch", "x86_64"}), "logged");
  BOOST_TEST(program["mean_checked_path"] == 5.0);
  BOOST_TEST(program["maximum_checked_path"] == 5);
}

BOOST_AUTO_TEST_CASE(ARuleThatChecksAnyCallIsNamed) {
  const json stats = StatsOf("measured", {"--arch", "x86_64"});
  const json program = ProgramIn(stats, "any-call");
  BOOST_REQUIRE(program["checks_any_call"].size() == 1U);
  BOOST_TEST(program["checks_any_call"][0].get<std::string>().starts_with("measured.cc:"));
  BOOST_TEST(program["cacheable"].size() == 1U);
  BOOST_TEST(ProgramIn(stats, "checked")["checks_any_call"].empty());
}

BOOST_AUTO_TEST_CASE(TheCountsOfThePolicyAreTheWeights) {
  const json stats = StatsOf("measured", {"--arch", "x86_64"});
  using Weights = std::vector<std::uint64_t>;
  const json counted = ProgramIn(stats, "counted");
  BOOST_TEST(WeightsOf(counted) == (Weights{1, 3}), boost::test_tools::per_element());
  const auto length = [&](std::size_t index) {
    return counted["checked"][index]["mean_path_length"].get<double>();
  };
  BOOST_TEST(length(0) != length(1));
  BOOST_TEST(std::abs(counted["mean_checked_path"].get<double>() - (length(0) + 3 * length(1)) / 4) < 0.001);
  // A count of a call that costs nothing says nothing of the others.
  BOOST_TEST(WeightsOf(ProgramIn(stats, "hot-but-cached")) == (Weights{1, 1}),
             boost::test_tools::per_element());
}

// Call 1 is allowed whatever its arguments, and would be found at installation; with two calls in a life
// nothing is looked for, of 470 numbers of either architecture.
BOOST_AUTO_TEST_CASE(WhatIsGivenUpForShortLivesIsSaidWithWhatItSaves) {
  const json stats = StatsOf("measured", {"--arch", "x86_64"});
  const json life = ProgramIn(stats, "short-lived")["short_life"];
  BOOST_TEST(life["calls_per_run"] == 2);
  BOOST_TEST(life["steps"] == 2 * 470);
  BOOST_TEST(life["steps_otherwise"] > 2 * 470);
  BOOST_TEST(life["instructions_otherwise"] == ProgramIn(stats, "checked")["instructions"]);
  BOOST_REQUIRE(life["run_for"].size() == 1U);
  BOOST_TEST(life["run_for"][0]["number"] == 1);
  BOOST_TEST(ProgramIn(stats, "short-lived")["cacheable"].empty());
  BOOST_TEST(!ProgramIn(stats, "checked").contains("short_life"));
}

BOOST_AUTO_TEST_CASE(EqualProgramsAreCompiledOnceForEachTarget) {
  const json stats = StatsOf("measured", {"--arch", "x86_64", "--arch", "aarch64"});
  BOOST_TEST(stats["targets"] == json::parse(R"([{"arch": "x86_64", "programs": 9, "compiled": 8},
                                                 {"arch": "aarch64", "programs": 9, "compiled": 8}])"));
  json first = ProgramIn(stats, "checked");
  json second = ProgramIn(stats, "checked-again");
  first.erase("name");
  second.erase("name");
  BOOST_TEST(first == second);
}

BOOST_AUTO_TEST_CASE(TimesAreThereOnlyWhenAskedFor) {
  json with = StatsOf("measured", {"--stats-times"});
  const json without = StatsOf("measured");
  BOOST_TEST(with.erase("microseconds") == 1U);
  for (json& program : with["programs"])
    for (const char* const time : {"microseconds", "proof_microseconds"})
      BOOST_TEST(program.erase(time) == 1U);
  BOOST_TEST(with == without);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
