// SPDX-License-Identifier: Apache-2.0

#include "programs/proof.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include <precompiledseccomp/error.h>

#include "precompile/prove_filter.h"
#include "precompile/template.h"

namespace precompiledseccomp::gen {

ProofRecord ProofTurnedOff() {
  return {{}, "--prove=off"};
}

verify::Limits ProofLimits(std::uint64_t most_steps) {
  const verify::Limits usual;
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  const std::uint64_t times = std::max(most_steps / usual.steps, std::uint64_t{1});
  return {.steps = most_steps,
          .bytes = times > kAll / usual.bytes ? kAll : usual.bytes * static_cast<std::size_t>(times)};
}

ProofRecord ProveProgram(const PrecompiledProgram& program, const DefinitionAnswers& answers,
                         std::uint64_t most_steps) {
  try {
    ProofRecord record =
        ProveFilter(Resolve(answers.policy, answers.target), TemplateOf(program), ProofLimits(most_steps));
    if (!record.not_proved.empty() && answers.proof == Proof::kRequired)
      throw Error(
          record.not_proved +
          "; simplify the policy, permit more with --proof-steps, or let the program be written without "
          "a proof: Proof::kUnlessTooLarge in its definition");
    return record;
  } catch (const Error& error) {
    throw error.InProgram(program.name);
  }
}

}  // namespace precompiledseccomp::gen
