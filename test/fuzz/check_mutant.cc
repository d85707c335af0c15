// SPDX-License-Identifier: Apache-2.0

#include "fuzz/check_mutant.h"

#include <string>
#include <variant>

#include "bpf/disassembler.h"
#include "fuzz/fail.h"
#include "mutation/mutants.h"
#include "support/boundary_calls.h"
#include "support/compare.h"

namespace precompiledseccomp::fuzz {
namespace {

constexpr std::size_t kLongProgram = 120;

void Require(const boost::test_tools::assertion_result& result, const std::string& what,
             const testing::Mutant& mutant) {
  if (result) return;
  const auto text = result.message();
  Fail("mutant " + mutant.text + ": " + what + "\n" + std::string(text.begin(), text.end()) + "\n" +
       bpf::Disassemble(mutant.filter.instructions));
}

}  // namespace

void CheckMutant(const ResolvedPolicy& policy, const bpf::FilterWithHoles& compiled,
                 const std::vector<VariableNumbers>& values, std::size_t choice,
                 const verify::Limits& limits) {
  if (compiled.instructions.size() > kLongProgram) return;
  const std::vector<testing::Mutant> mutants = testing::MutantsOf(compiled);
  if (mutants.empty()) return;
  const testing::Mutant& mutant = mutants[choice % mutants.size()];
  const verify::Verdict verdict = verify::Prove(policy, mutant.filter, limits);
  if (const auto* refuted = std::get_if<verify::Refuted>(&verdict))
    Require(testing::IsShownByRunning(*refuted, policy, mutant.filter), "refuted, but", mutant);
  if (!std::holds_alternative<verify::Proved>(verdict)) return;
  testing::Random random(1);
  for (const VariableNumbers& named : values) {
    const ResolvedPolicy with_values = WithNumbers(policy, named);
    Require(testing::AnswersLike(with_values, testing::Rendered(mutant.filter, named),
                                 testing::BoundaryCalls(with_values, random)),
            "proved, but", mutant);
  }
}

}  // namespace precompiledseccomp::fuzz
