// SPDX-License-Identifier: Apache-2.0
//
// Compiling for all rounds of placeholders, and comparing the results.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/precompile.h>

#include "bpf/disassembler.h"
#include "bpf/filter_with_holes.h"
#include "compile/compile.h"
#include "precompile/check_reporter.h"
#include "precompile/compare_rounds.h"
#include "precompile/placeholders.h"
#include "precompile/remarks.h"
#include "precompile/template.h"
#include "precompile/variable_words.h"

namespace precompiledseccomp {
namespace precompile {
namespace {

struct Round {
  const Placeholders& values;
  std::vector<sock_filter> instructions;
};

[[noreturn]] void ThrowDifference(std::size_t index, const Round& first, const Round& second,
                                  const std::string& what) {
  throw Error(
      "instruction " + std::to_string(index) + " " + what + ": \"" +
      bpf::Disassemble(first.instructions[index], index) + "\" in one compilation, \"" +
      bpf::Disassemble(second.instructions[index], index) +
      "\" in another with other values for the variables; please report this as a bug of precompiledseccomp");
}

void CheckSameShape(const Round& first, const Round& second) {
  if (first.instructions.size() != second.instructions.size())
    throw Error(
        "the filter has " + std::to_string(first.instructions.size()) +
        " instructions in one compilation and " + std::to_string(second.instructions.size()) +
        " in another with other values for the variables; please report this as a bug of precompiledseccomp");
  for (std::size_t i = 0; i < first.instructions.size(); ++i) {
    const sock_filter& a = first.instructions[i];
    const sock_filter& b = second.instructions[i];
    if (a.code != b.code || a.jt != b.jt || a.jf != b.jf)
      ThrowDifference(i, first, second, "is not the same each time");
  }
}

void AddOffset(PrecompiledProgram& program, const VariableWord& word, bool is_flipped, std::size_t index) {
  PrecompiledVariable& variable = program.variables[word.variable];
  const auto offset = static_cast<std::uint32_t>(index);
  (word.is_high_half ? variable.high_offsets : variable.low_offsets).push_back(offset);
  if (is_flipped) variable.flipped_offsets.push_back(offset);
}

// The offsets at which words stand: where the operands of the two rounds differ, they are the two
// placeholders of one word, or these with their highest bit turned around.
void FindOffsets(const Round& first, const Round& second, const std::vector<Variable>& variables,
                 PrecompiledProgram& program) {
  const std::vector<VariableWord> words = WordsOf(variables);
  for (std::size_t i = 0; i < first.instructions.size(); ++i) {
    const std::uint32_t a = first.instructions[i].k;
    const std::uint32_t b = second.instructions[i].k;
    if (a == b) continue;
    const auto find = [&](std::uint32_t in_first, std::uint32_t in_second) {
      return std::find_if(words.begin(), words.end(), [&](const VariableWord& candidate) {
        return ValueOf(candidate, first.values) == in_first && ValueOf(candidate, second.values) == in_second;
      });
    };
    auto word = find(a, b);
    const bool is_flipped = word == words.end();
    if (is_flipped) word = find(a ^ bpf::kHighestBit, b ^ bpf::kHighestBit);
    if (word == words.end()) ThrowDifference(i, first, second, "depends on a variable but is not its value");
    AddOffset(program, *word, is_flipped, i);
    program.instructions[i].k = 0;
  }
}

void CheckRendering(const PrecompiledProgram& program, const std::vector<Variable>& variables,
                    const Round& round) {
  const Round rendered{round.values, WithValues(program, round.values)};
  CheckSameShape(rendered, round);
  for (std::size_t i = 0; i < rendered.instructions.size(); ++i) {
    if (rendered.instructions[i].k == round.instructions[i].k) continue;
    std::string values;
    for (const VariableWord& word : WordsOf(variables))
      values += (values.empty() ? "" : ", ") + TextOf(word, variables) + " = " +
                std::to_string(ValueOf(word, round.values));
    ThrowDifference(i, rendered, round, "is wrong for some values (" + values + ")");
  }
}

std::optional<ForShortLife> ShortLifeOf(const ResolvedPolicy& policy, const VariableNumbers& numbers) {
  if (!policy.calls_per_run) return std::nullopt;
  ResolvedPolicy otherwise = policy;
  otherwise.calls_per_run.reset();
  ForShortLife life{*policy.calls_per_run, {}};
  try {
    life.otherwise = CompileChecked(otherwise, numbers);
  } catch (const Error&) {
    // It would be too large.
  }
  return life;
}

PrecompiledProgram CompileFirstTwo(const DefinitionAnswers& answers) {
  const ResolvedPolicy resolved = Resolve(answers.policy, answers.target);
  CheckThatReporterIsPermitted(resolved);
  PrecompiledProgram program{.name = answers.name,
                             .target = answers.target,
                             .instructions = {},
                             .variables = {},
                             .used_syscalls = resolved.used_syscalls,
                             .counts = resolved.counts,
                             .install = answers.install,
                             .left_out = RulesWithLeftOutCalls(resolved),
                             .checks_any_call = RulesThatCheckAnyCall(resolved),
                             .accepted = answers.policy.accepted()};
  for (const Variable& variable : answers.variables)
    program.variables.push_back({variable.name, variable.bits, variable.kind, {}, {}});

  const Placeholders& first_values = answers.rounds.front();
  const Round first{first_values, Compile(resolved, NumbersOf(answers.variables, first_values))};
  program.instructions = first.instructions;
  program.short_life = ShortLifeOf(resolved, NumbersOf(answers.variables, first_values));
  if (answers.variables.empty()) return program;

  const Placeholders& second_values = answers.rounds[1];
  const Round second{second_values, CompileChecked(resolved, NumbersOf(answers.variables, second_values))};
  CheckSameShape(first, second);
  FindOffsets(first, second, answers.variables, program);
  return program;
}

}  // namespace

PrecompiledProgram CompileTwice(const DefinitionAnswers& answers) {
  try {
    return CompileFirstTwo(answers);
  } catch (const Error& error) {
    throw error.InProgram(answers.name);
  }
}

void CompareFurtherRounds(const PrecompiledProgram& program, const DefinitionAnswers& answers) {
  try {
    const ResolvedPolicy resolved = Resolve(answers.policy, answers.target);
    for (std::size_t i = 2; i < answers.rounds.size(); ++i) {
      const Placeholders& values = answers.rounds[i];
      CheckRendering(program, answers.variables,
                     {values, CompileChecked(resolved, NumbersOf(answers.variables, values))});
    }
  } catch (const Error& error) {
    throw error.InProgram(answers.name);
  }
}

}  // namespace precompile

PrecompiledProgram PrecompileAnswers(const DefinitionAnswers& answers) {
  PrecompiledProgram program = precompile::CompileTwice(answers);
  precompile::CompareFurtherRounds(program, answers);
  return program;
}

}  // namespace precompiledseccomp
