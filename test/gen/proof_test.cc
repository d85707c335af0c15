// SPDX-License-Identifier: Apache-2.0
//
// What the generator proves, and what it does with programs that it cannot prove.
#include <cstdint>
#include <limits>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <precompiledseccomp/error.h>

#include "bpf/instructions.h"
#include "modules/good.h"
#include "programs/proof.h"
#include "run.h"
#include "support/errors.h"
#include "support/targets.h"
#include "verify/diagrams.h"

namespace precompiledseccomp::gen {
namespace {

using nlohmann::json;
using testing::CheckContains;
using testing::X86;

constexpr const char* kAllProved =
    "// Proved of every program: for all calls and all values of its variables, it answers as its policy "
    "does.\n";
constexpr const char* kOthersProved =
    "// Proved of every program but those below: for all calls and all values of its variables, it answers "
    "as its "
    "policy does.\n";
// Less than `large` takes, and more than `small`.
const Words kFewSteps = {"--proof-steps", "300"};

std::string SourceOf(const std::string& module, const Words& arguments) {
  const TemporaryFolder folder;
  const Outcome outcome = RunGenerator(module, SourcesIn(folder) + arguments);
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  return ReadFile(folder / "f.cc");
}

json ProofsOf(const std::string& module, const Words& arguments) {
  const TemporaryFolder folder;
  const Outcome outcome = RunGenerator(module, Words{"--stats", folder / "stats.json"} + arguments);
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  const json stats = json::parse(ReadFile(folder / "stats.json"));
  json proofs;
  for (const json& program : stats["programs"]) proofs[program["name"].get<std::string>()] = program["proof"];
  return proofs;
}

BOOST_AUTO_TEST_SUITE(proof)

BOOST_AUTO_TEST_CASE(EveryProgramIsProvedUnlessToldOtherwise) {
  CheckContains(SourceOf("good", {}), {kAllProved});
  CheckContains(SourceOf("good", {"--prove", "on"}), {kAllProved});
  const json proofs = ProofsOf("good", {});
  BOOST_TEST(proofs.size() == GoodPrograms().size());
  for (const auto& [name, proof] : proofs.items()) BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(proof["proved"] == true);
      BOOST_TEST(proof["paths"] >= 1U);
      BOOST_TEST(proof["nodes"] >= 1U);
    }
}

BOOST_AUTO_TEST_CASE(WithoutProofsTheSourceSaysSo) {
  const std::string source = SourceOf("proofs", {"--prove=off"});
  CheckContains(source,
                {"// No program is proved.\n//   NOT PROVED: large (--prove=off)\n"
                 "//   NOT PROVED: large-twin (--prove=off)\n//   NOT PROVED: small (--prove=off)\n"});
  BOOST_TEST(ProofsOf("proofs", {"--prove=off"})["small"] ==
             json({{"proved", false}, {"reason", "--prove=off"}}));
}

BOOST_AUTO_TEST_CASE(AProgramThatMayBeTooLargeIsProvedIfItIsNot) {
  CheckContains(SourceOf("proofs", {}), {kAllProved});
  BOOST_TEST(ProofsOf("proofs", {})["large"]["proved"] == true);
}

BOOST_AUTO_TEST_CASE(AProgramThatMayBeTooLargeIsNamedInTheSourceIfItIs) {
  const std::string reason =
      "the proof takes more than 300 steps; the largest rule is that for \"read\" (proofs.cc:18)";
  const std::string source = SourceOf("proofs", kFewSteps);
  CheckContains(source, {std::string(kOthersProved) + "//   NOT PROVED: large (" + reason + ")\n" +
                         "//   NOT PROVED: large-twin (" + reason + ")\n\n"});
  const json proofs = ProofsOf("proofs", kFewSteps);
  BOOST_TEST(proofs["large"] == json({{"proved", false}, {"reason", reason}}));
  BOOST_TEST(proofs["small"]["proved"] == true);
}

BOOST_AUTO_TEST_CASE(AnyOtherProgramThatIsTooLargeIsAnError) {
  const TemporaryFolder folder;
  const Outcome outcome = RunGenerator("good", SourcesIn(folder) + Words{"--proof-steps", "1"});
  BOOST_TEST(outcome.status == 1);
  const std::string begins = "precompiledseccomp-gen: " + ModuleFile("good") + ": program \"";
  const std::string ends =
      "\": the proof takes more than 1 steps; simplify the policy, permit more with --proof-steps, or let "
      "the "
      "program be written without a proof: Proof::kUnlessTooLarge in its definition\n";
  // In the order of the tables, which is that of the names.
  BOOST_TEST(outcome.err.starts_with(begins + "Table" + ends), outcome.err);
  // The others, too.
  BOOST_TEST(outcome.err.find(begins + "refuse" + ends) != std::string::npos, outcome.err);
  BOOST_TEST(folder.Files().empty());
}

BOOST_AUTO_TEST_CASE(WhoPermitsMoreStepsPermitsMoreMemory) {
  const verify::Limits usual;
  BOOST_TEST(ProofLimits(1).steps == 1U);
  BOOST_TEST(ProofLimits(1).bytes == usual.bytes);
  BOOST_TEST(ProofLimits(usual.steps).bytes == usual.bytes);
  BOOST_TEST(ProofLimits(10 * usual.steps).steps == 10 * usual.steps);
  BOOST_TEST(ProofLimits(10 * usual.steps).bytes == 10 * usual.bytes);
  // As much as there is.
  BOOST_TEST(ProofLimits(UINT64_MAX).bytes == std::numeric_limits<std::size_t>::max());
}

BOOST_AUTO_TEST_CASE(TheCostOfProofsIsToldWithTheTimes) {
  const TemporaryFolder folder;
  const Outcome outcome = RunGenerator("proofs", {"--stats", folder / "stats.json", "--stats-times"});
  BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  const json stats = json::parse(ReadFile(folder / "stats.json"));
  for (const json& program : stats["programs"])
    BOOST_TEST(program["proof_microseconds"].is_number_unsigned());
}

BOOST_AUTO_TEST_CASE(AFilterThatCannotBeProvedCanBeLookedAt) {
  const Outcome outcome = RunGenerator("good", {"--disassemble", "worker"});
  BOOST_TEST(outcome.status == 0);
  BOOST_TEST(RunGenerator("good", {"--disassemble", "--prove=off"}).status == 2);
}

BOOST_AUTO_TEST_CASE(OptionsThatMakeNoSenseAreRefused) {
  const std::pair<Words, std::string> cases[] = {
      {{"--prove=maybe"}, "--prove is on or off, not \"maybe\""},
      {{"--proof-steps=0"}, "--proof-steps is a number from 1 to 2^64 - 1, not \"0\""},
      {{"--proof-steps=1e6"}, "--proof-steps is a number from 1 to 2^64 - 1, not \"1e6\""},
      {{"--proof-steps=5", "--prove=off"}, "--proof-steps has no meaning together with --prove=off"},
  };
  for (const auto& [arguments, problem] : cases) {
    const TemporaryFolder folder;
    const Outcome outcome = RunGenerator("good", SourcesIn(folder) + arguments);
    BOOST_TEST(outcome.status == 2);
    BOOST_TEST(outcome.err == "precompiledseccomp-gen: " + problem + "; see --help\n");
  }
}

// What a compiler with a bug would lead to.
BOOST_AUTO_TEST_CASE(AWrongFilterIsAnErrorWithACallThatShowsIt) {
  const DefinitionAnswers answers = AskDefinition(GoodPrograms().front(), X86());
  PrecompiledProgram program = PrecompileAnswers(answers);
  BOOST_TEST(ProveProgram(program, answers, 1000000).not_proved == "");
  for (sock_filter& instruction : program.instructions)
    if (bpf::Equal(instruction, bpf::Return(SECCOMP_RET_KILL_PROCESS)))
      instruction = bpf::Return(SECCOMP_RET_ALLOW);
  BOOST_CHECK_EXCEPTION(ProveProgram(program, answers, 1000000), Error, [](const Error& error) {
    BOOST_TEST(error.program() == "worker");
    CheckContains(error.problem(), {"the compiled filter is wrong: read(...) with fd1 = ",
                                    ": filter allow, policy kill_process, at instruction ",
                                    "; please report this as a bug of precompiledseccomp"});
    return true;
  });
}

BOOST_AUTO_TEST_CASE(AFilterThatIsNotFollowedIsAnErrorWhateverTheDefinitionPermits) {
  ProgramDefinition definition = GoodPrograms().front();
  definition.proof = Proof::kUnlessTooLarge;
  const DefinitionAnswers answers = AskDefinition(definition, X86());
  PrecompiledProgram program = PrecompileAnswers(answers);
  program.instructions.insert(program.instructions.begin(), bpf::Add(1));
  program.instructions.insert(program.instructions.begin(), bpf::LoadWord(0));
  for (PrecompiledVariable& variable : program.variables)
    for (std::uint32_t& offset : variable.low_offsets) offset += 2;
  BOOST_CHECK_EXCEPTION(ProveProgram(program, answers, 1000000), Error, [](const Error& error) {
    CheckContains(error.problem(), {"the compiled filter cannot be proved: instruction 1 (add #0x1) "});
    return true;
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::gen
