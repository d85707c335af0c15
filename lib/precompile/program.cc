// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/precompile.h>

#include "compile/compile.h"
#include "precompile/call_definition.h"
#include "precompile/prove_filter.h"

namespace precompiledseccomp {

PrecompiledProgram Precompile(const ProgramDefinition& definition, const Target& target) {
  CheckNames({definition});
  return PrecompileAnswers(AskDefinition(definition, target));
}

std::vector<sock_filter> Render(const PrecompiledProgram& program, const std::vector<std::uint64_t>& values) {
  if (values.size() != program.variables.size())
    throw Error("program \"" + program.name + "\" has " + std::to_string(program.variables.size()) +
                " variables, not " + std::to_string(values.size()));
  std::vector<sock_filter> instructions = program.instructions;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const PrecompiledVariable& variable = program.variables[i];
    if (variable.bits == 32 && values[i] > UINT32_MAX)
      throw Error("the value " + std::to_string(values[i]) + " does not fit the 32-bit variable \"" +
                  variable.name + "\"");
    for (const std::uint32_t offset : variable.low_offsets)
      instructions[offset].k = static_cast<std::uint32_t>(values[i]);
    for (const std::uint32_t offset : variable.high_offsets)
      instructions[offset].k = static_cast<std::uint32_t>(values[i] >> 32);
  }
  return instructions;
}

std::vector<sock_filter> CompileNow(const ProgramDefinition& definition,
                                    const std::vector<std::uint64_t>& values, const Target& target,
                                    ProveNow prove) {
  try {
    const VariableNumbers numbers = NumbersOf(definition.variables, values);
    const ResolvedPolicy policy = Resolve(precompile::CallDefinition(definition, target), target);
    std::vector<sock_filter> instructions = Compile(policy, numbers);
    if (prove == ProveNow::kYes) {
      const ProofRecord record = ProveFilter(WithNumbers(policy, numbers), {instructions, {}});
      if (!record.not_proved.empty() && definition.proof == Proof::kRequired)
        throw Error(record.not_proved +
                    "; simplify the policy, or let it be installed without a proof: "
                    "Proof::kUnlessTooLarge in its definition");
    }
    return instructions;
  } catch (const Error& error) {
    throw error.InProgram(definition.name);
  }
}

}  // namespace precompiledseccomp
