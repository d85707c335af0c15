// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/precompile.h>

#include "compile/compile.h"
#include "precompile/call_definition.h"
#include "precompile/check_reporter.h"
#include "precompile/prove_filter.h"
#include "precompile/template.h"
#include "precompile/variable_kinds.h"

namespace precompiledseccomp {

PrecompiledProgram Precompile(const ProgramDefinition& definition, const Target& target) {
  CheckNames({definition});
  return PrecompileAnswers(AskDefinition(definition, target));
}

std::vector<sock_filter> Render(const PrecompiledProgram& program, const std::vector<std::uint64_t>& values) {
  if (values.size() != program.variables.size())
    throw Error("program \"" + program.name + "\" has " + std::to_string(program.variables.size()) +
                " variables, not " + std::to_string(values.size()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const PrecompiledVariable& variable = program.variables[i];
    CheckNumber(Variable(variable.name, variable.bits, variable.kind), values[i]);
  }
  return WithValues(program, values);
}

std::vector<sock_filter> CompileNow(const ProgramDefinition& definition,
                                    const std::vector<std::uint64_t>& values, const Target& target,
                                    ProveNow prove) {
  try {
    const VariableNumbers numbers = NumbersOf(definition.variables, values);
    const Policy called = precompile::CallDefinition(definition, target);
    const std::vector<Variable> variables = precompile::WithKindsByUse(definition.variables, called);
    for (std::size_t i = 0; i < variables.size(); ++i) CheckNumber(variables[i], values[i]);
    const ResolvedPolicy policy = Resolve(called, target);
    precompile::CheckThatReporterIsPermitted(policy);
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
