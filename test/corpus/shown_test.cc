// SPDX-License-Identifier: Apache-2.0
//
// Real filters are shown: as we compile them, and as other compilers did.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/precompile.h>

#include "compile/compile.h"
#include "corpus/corpus.h"
#include "inspect/path.h"
#include "inspect/show.h"
#include "support/boundary_calls.h"
#include "support/calls.h"
#include "support/shown.h"
#include "support/timed.h"

namespace precompiledseccomp::testing {
namespace {

using inspect::KnownValues;
using inspect::Shown;

constexpr Effort kFewCalls = {.aims_per_test = 1, .combinations = 4, .values_one_by_one = 20};

PrecompiledProgram ProgramOf(const std::vector<sock_filter>& instructions, const Target& target) {
  PrecompiledProgram program;
  program.target = target;
  program.instructions = instructions;
  return program;
}

// The filter that took longest.
struct Slowest {
  double seconds = 0;
  std::string what;

  Shown Show(const std::string& name, const PrecompiledProgram& program) {
    const KnownValues none(program, std::vector<std::optional<std::uint64_t>>(program.variables.size()));
    double taken = 0;
    Shown shown = Timed(taken, [&] { return inspect::Show(program, none); });
    if (taken > seconds) {
      seconds = taken;
      what = name + ", of " + std::to_string(program.instructions.size()) + " instructions";
    }
    return shown;
  }
  [[nodiscard]] std::string Text() const {
    std::ostringstream text;
    text << "the slowest took " << seconds * 1000 << " ms: " << what;
    return text.str();
  }
};

std::vector<seccomp_data> CallsOf(const CorpusPolicy& policy) {
  Random random(1);
  return BoundaryCalls(Resolve(policy.policy, *policy.target), random, kFewCalls);
}

// Of all numbers, with arguments that the instructions compare something with.
std::vector<seccomp_data> AnyCalls(const std::vector<sock_filter>& instructions, const Target& target,
                                   Random& random) {
  std::vector<std::uint32_t> operands = {0, 1, 0xffffffff};
  for (const sock_filter& instruction : instructions)
    if (BPF_CLASS(instruction.code) == BPF_JMP) operands.push_back(instruction.k);
  std::vector<std::uint32_t> numbers = operands;
  for (std::uint32_t number = 0; number < 600; ++number) numbers.push_back(number);
  std::vector<seccomp_data> calls;
  for (const std::uint32_t number : numbers)
    for (int i = 0; i < 6; ++i) {
      seccomp_data call = CallOn(random.OneIn(4) ? random.OneOf(operands) : target.audit_arch, number);
      for (__u64& argument : call.args)
        argument = (random.OneIn(4) ? std::uint64_t{random.OneOf(operands)} << 32 : 0) |
                   (random.OneOf(operands) ^ (random.OneIn(4) ? 1U : 0U));
      calls.push_back(call);
    }
  return calls;
}

BOOST_AUTO_TEST_SUITE(RealFiltersAreShown)

BOOST_AUTO_TEST_CASE(AsTheyAnswerWhoeverCompiledThem) {
  Slowest slowest;
  for (const CorpusPolicy& policy : Corpus()) BOOST_TEST_CONTEXT(policy.name) {
      const std::vector<seccomp_data> calls = CallsOf(policy);
      const auto check = [&](const std::string& compiler, const std::vector<sock_filter>& instructions) {
        const Shown shown =
            slowest.Show(policy.name + " by " + compiler, ProgramOf(instructions, *policy.target));
        BOOST_TEST(IsShownRightly(shown, *policy.target, instructions, calls), compiler);
      };
      check("us", Compile(Resolve(policy.policy, *policy.target)));
      for (const Reference& reference : policy.references) check(reference.compiler, reference.program);
    }
  BOOST_TEST_MESSAGE(slowest.Text());
}

BOOST_AUTO_TEST_CASE(WithTheirVariables) {
  Slowest slowest;
  for (const CorpusPolicy& policy : Corpus()) BOOST_TEST_CONTEXT(policy.name) {
      if (policy.values.empty()) continue;
      const PrecompiledProgram program = Precompile(policy.definition, *policy.target);
      const Shown shown = slowest.Show(policy.name, program);
      const KnownValues known(program, {policy.values.begin(), policy.values.end()});
      BOOST_TEST(IsShownRightly(shown, *policy.target, Render(program, policy.values), CallsOf(policy),
                                known.numbers()));
    }
  BOOST_TEST_MESSAGE(slowest.Text());
}

// What numbers behind all calls are answered, wherever such an answer stands in the instructions.
BOOST_AUTO_TEST_CASE(WithTheDefaultOfTheirPolicies) {
  constexpr std::uint32_t kBehindAllCalls = 511;
  for (const CorpusPolicy& policy : Corpus()) {
    const ResolvedPolicy resolved = Resolve(policy.policy, *policy.target);
    const std::uint32_t answer = Evaluate(resolved, CallFor(*policy.target, kBehindAllCalls));
    for (const Reference& reference : policy.references)
      BOOST_TEST_CONTEXT(policy.name << " by " << reference.compiler) {
        const PrecompiledProgram program = ProgramOf(reference.program, *policy.target);
        const Shown shown = Show(program, KnownValues(program, {}));
        BOOST_REQUIRE(shown.rest.IsUnconditional());
        BOOST_TEST(shown.rest.cases.front().answer == inspect::AnswerText(answer));
      }
  }
}

// Those that programs ship, for one architecture or several; there is no policy to take calls from.
BOOST_AUTO_TEST_CASE(WithoutAPolicy) {
  const std::filesystem::path folder =
      std::filesystem::path(boost::unit_test::framework::master_test_suite().argv[1]) / "shipped";
  if (!std::filesystem::exists(folder)) {
    BOOST_TEST_MESSAGE("skipped: there is no " << folder);
    return;
  }
  Slowest slowest;
  Random random(1);
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path());
    const nlohmann::json filter = nlohmann::json::parse(file);
    for (const auto& [compiler, bytecode] : filter.at("bytecode").items())
      for (const Target& target : Targets()) {
        std::vector<sock_filter> instructions;
        for (const nlohmann::json& one : bytecode)
          instructions.push_back({one[0].get<std::uint16_t>(), one[1].get<std::uint8_t>(),
                                  one[2].get<std::uint8_t>(), one[3].get<std::uint32_t>()});
        const std::string name = entry.path().filename().string() + " by " + compiler;
        const Shown shown = slowest.Show(name, ProgramOf(instructions, target));
        BOOST_TEST(IsShownRightly(shown, target, instructions, AnyCalls(instructions, target, random)), name);
      }
  }
  BOOST_TEST_MESSAGE(slowest.Text());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
