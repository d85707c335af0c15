// SPDX-License-Identifier: Apache-2.0

#include "programs/proof.h"

#include <algorithm>
#include <cstddef>
#include <variant>

#include <precompiledseccomp/error.h>

#include "precompile/template.h"

namespace precompiledseccomp::gen {
namespace {

constexpr const char* kOurBug = "; please report this as a bug of precompiledseccomp";

}  // namespace

ProofRecord ProofTurnedOff() {
  return {{}, "--prove=off"};
}

verify::Limits ProofLimits(std::uint64_t most_steps) {
  const verify::Limits usual;
  constexpr std::uint64_t kMostTimes = 400;  // nodes are numbered with 32 bits
  const std::uint64_t times = std::clamp(most_steps / usual.steps, std::uint64_t{1}, kMostTimes);
  return {.steps = most_steps, .nodes = static_cast<std::size_t>(usual.nodes * times)};
}

ProofRecord ProveProgram(const PrecompiledProgram& program, const DefinitionAnswers& answers,
                         std::uint64_t most_steps) {
  const verify::Verdict verdict =
      verify::Prove(Resolve(answers.policy, answers.target), TemplateOf(program), ProofLimits(most_steps));
  if (const auto* proved = std::get_if<verify::Proved>(&verdict)) return {*proved, {}};
  if (const auto* refuted = std::get_if<verify::Refuted>(&verdict))
    throw Error("the compiled filter is wrong: " + Describe(*refuted, answers.target) + kOurBug)
        .InProgram(program.name);
  const auto& undecided = std::get<verify::Undecided>(verdict);
  if (undecided.reason != verify::Undecided::Reason::kTooMuchWork)
    throw Error("the compiled filter cannot be proved: " + undecided.text + kOurBug).InProgram(program.name);
  if (answers.proof == Proof::kUnlessTooLarge) return {{}, undecided.text};
  throw Error(undecided.text +
              "; simplify the policy, permit more with --proof-steps, or let the program be written without "
              "a proof: Proof::kUnlessTooLarge in its definition")
      .InProgram(program.name);
}

}  // namespace precompiledseccomp::gen
