// SPDX-License-Identifier: Apache-2.0

#include <precompiledseccomp/precompile.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

#include <precompiledseccomp/error.h>

#include "bpf/disassembler.h"
#include "bpf/instructions.h"
#include "compile/compile.h"
#include "precompile/neighbours.h"
#include "precompile/placeholders.h"
#include "precompile/serialize.h"

namespace precompiledseccomp {
namespace {

using precompile::Neighbours;
using precompile::StandIns;

// A word of a variable, and where it stands in the instructions.
struct WordPlace {
  std::size_t variable;  // index
  bool is_high_half;
};

std::uint32_t WordOf(const StandIns& values, const WordPlace& place) {
  const std::uint64_t value = values[place.variable];
  return static_cast<std::uint32_t>(place.is_high_half ? value >> 32 : value);
}

std::vector<WordPlace> WordsOf(const std::vector<Variable>& variables) {
  std::vector<WordPlace> words;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    words.push_back({i, false});
    if (variables[i].bits == 64) words.push_back({i, true});
  }
  return words;
}

// As in Word.
std::string WordName(const WordPlace& place, const std::vector<Variable>& variables) {
  const Variable& variable = variables[place.variable];
  if (variable.bits == 32) return variable.name;
  return place.is_high_half ? HighHalfName(variable.name) : LowHalfName(variable.name);
}

std::string NameOf(const WordPlace& place, const std::vector<Variable>& variables) {
  const Variable& variable = variables[place.variable];
  if (variable.bits == 32) return "\"" + variable.name + "\"";
  return "the " + std::string(place.is_high_half ? "high" : "low") + " half of \"" + variable.name + "\"";
}

// ---- Asking the definition ----

// What changes with each call shows in the second answer, what changes once it was called twice in the third.
constexpr int kTimesAsked = 3;

// What the author's function throws becomes an Error of ours; whatever it is.
Policy CallDefinition(const ProgramDefinition& definition, const Target& target) {
  const Values named(target, definition.variables);
  try {
    return definition.policy(named);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& exception) {
    throw Error(std::string("the definition threw an exception: ") + exception.what());
  } catch (...) {
    throw Error("the definition threw something that is no std::exception");
  }
}

// The first line in which two policies differ, from both sides.
std::pair<std::string, std::string> FirstDifference(const std::string& first, const std::string& second) {
  std::istringstream first_lines(first);
  std::istringstream second_lines(second);
  std::string a;
  std::string b;
  while (true) {
    const bool has_a = static_cast<bool>(std::getline(first_lines, a));
    const bool has_b = static_cast<bool>(std::getline(second_lines, b));
    if (!has_a || !has_b) return {has_a ? a : "nothing", has_b ? b : "nothing"};
    if (a != b) return {a, b};
  }
}

// Throws, with what differs.
[[noreturn]] void ThrowAnswersDiffer(const Policy& first, const Policy& second) {
  const auto [a, b] = FirstDifference(first.ToString(), second.ToString());
  const auto trimmed = [](const std::string& line) {
    return line.substr(std::min(line.find_first_not_of(' '), line.size()));
  };
  const std::string difference =
      a == b ? "in the counts of its hot calls, in what is optional, or in what was a negative int"
             : "first \"" + trimmed(a) + "\", then \"" + trimmed(b) + "\"";
  throw Error("the definition answers differently each time it is called: " + difference +
              "; a policy must not depend on anything that changes");
}

// A definition may keep what it was given and use it in another one.
void CheckThatVariablesAreDeclared(const std::vector<Variable>& variables, const Neighbours& used) {
  std::set<std::string> declared;
  for (const WordPlace& place : WordsOf(variables)) declared.insert(WordName(place, variables));
  for (const auto& [name, constants] : used)
    if (declared.count(name) == 0)
      throw Error("the policy uses the variable \"" + name +
                  "\", which this definition did not declare; take variables only from the values that the "
                  "definition is called with");
}

void CheckThatVariablesAreUsed(const std::vector<Variable>& variables, const Neighbours& used) {
  for (const Variable& variable : variables) {
    const bool is_used = used.count(variable.name) != 0 || used.count(LowHalfName(variable.name)) != 0 ||
                         used.count(HighHalfName(variable.name)) != 0;
    if (!is_used)
      throw Error("variable \"" + variable.name +
                  "\" does not show up in the filter: the policy never uses it; remove it from the "
                  "definition or use it");
  }
}

// ---- Comparing what was compiled ----

struct Round {
  const StandIns& values;
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

void AddOffset(PrecompiledProgram& program, const WordPlace& place, std::size_t index) {
  PrecompiledVariable& variable = program.variables[place.variable];
  auto& offsets = place.is_high_half ? variable.high_offsets : variable.low_offsets;
  offsets.push_back(static_cast<std::uint32_t>(index));
}

// The offsets at which words stand: where the operands of the two rounds differ, they are the two stand-ins
// of one word.
void FindOffsets(const Round& first, const Round& second, const std::vector<Variable>& variables,
                 PrecompiledProgram& program) {
  const std::vector<WordPlace> words = WordsOf(variables);
  for (std::size_t i = 0; i < first.instructions.size(); ++i) {
    const std::uint32_t a = first.instructions[i].k;
    const std::uint32_t b = second.instructions[i].k;
    if (a == b) continue;
    const auto word = std::find_if(words.begin(), words.end(), [&](const WordPlace& candidate) {
      return WordOf(first.values, candidate) == a && WordOf(second.values, candidate) == b;
    });
    if (word == words.end()) ThrowDifference(i, first, second, "depends on a variable but is not its value");
    AddOffset(program, *word, i);
    program.instructions[i].k = 0;
  }
}

void CheckRendering(const PrecompiledProgram& program, const std::vector<Variable>& variables,
                    const Round& round) {
  const Round rendered{round.values, Render(program, round.values)};
  CheckSameShape(rendered, round);
  for (std::size_t i = 0; i < rendered.instructions.size(); ++i) {
    if (rendered.instructions[i].k == round.instructions[i].k) continue;
    std::string values;
    for (const WordPlace& place : WordsOf(variables))
      values += (values.empty() ? "" : ", ") + NameOf(place, variables) + " = " +
                std::to_string(WordOf(round.values, place));
    ThrowDifference(i, rendered, round, "is wrong for some values (" + values + ")");
  }
}

PrecompiledProgram CompareRounds(const DefinitionAnswers& answers) {
  const ResolvedPolicy resolved = Resolve(answers.policy, answers.target);
  PrecompiledProgram program{.name = answers.name,
                             .target = answers.target,
                             .instructions = {},
                             .variables = {},
                             .used_syscalls = resolved.used_syscalls,
                             .counts = resolved.counts};
  for (const Variable& variable : answers.variables)
    program.variables.push_back({variable.name, variable.bits, {}, {}});

  const auto compiled = [&](const StandIns& values) {
    return Round{values, CompileChecked(resolved, NumbersOf(answers.variables, values))};
  };
  const StandIns& first_values = answers.rounds.front();
  const Round first{first_values, Compile(resolved, NumbersOf(answers.variables, first_values))};
  program.instructions = first.instructions;
  if (answers.variables.empty()) return program;

  const Round second = compiled(answers.rounds[1]);
  CheckSameShape(first, second);
  FindOffsets(first, second, answers.variables, program);
  for (std::size_t i = 2; i < answers.rounds.size(); ++i)
    CheckRendering(program, answers.variables, compiled(answers.rounds[i]));
  return program;
}

// For each word of the variables, the constants it could be confused with.
std::vector<std::set<std::uint32_t>> ConstantsOfWords(const std::vector<Variable>& variables,
                                                      const Neighbours& neighbours) {
  std::vector<std::set<std::uint32_t>> constants;
  for (const WordPlace& place : WordsOf(variables)) {
    const auto found = neighbours.find(WordName(place, variables));
    constants.push_back(found == neighbours.end() ? std::set<std::uint32_t>() : found->second);
  }
  return constants;
}

// The first two give the offsets.
std::vector<StandIns> RoundsFor(const std::vector<Variable>& variables, const Neighbours& used) {
  std::vector<StandIns> rounds = {precompile::FirstRound(variables), precompile::SecondRound(variables)};
  if (variables.empty()) return rounds;
  for (StandIns& values : precompile::FurtherRounds(variables, ConstantsOfWords(variables, used)))
    rounds.push_back(std::move(values));
  return rounds;
}

}  // namespace

DefinitionAnswers AskDefinition(const ProgramDefinition& definition, const Target& target) {
  try {
    const std::vector<Variable>& variables = definition.variables;
    DefinitionAnswers answers{.name = definition.name,
                              .target = target,
                              .variables = variables,
                              .policy = CallDefinition(definition, target),
                              .rounds = {},
                              .proof = definition.proof,
                              .content = {}};
    const std::string serialized = precompile::Serialize(answers.policy);
    for (int asked = 1; asked < kTimesAsked; ++asked) {
      const Policy again = CallDefinition(definition, target);
      if (precompile::Serialize(again) != serialized) ThrowAnswersDiffer(answers.policy, again);
    }
    answers.content = std::string(target.name) + (definition.proof == Proof::kRequired ? "!" : "?") +
                      precompile::Serialize(variables) + serialized;

    const Neighbours used = precompile::CollectVariables(answers.policy);
    CheckThatVariablesAreDeclared(variables, used);
    CheckThatVariablesAreUsed(variables, used);
    answers.rounds = RoundsFor(variables, used);
    return answers;
  } catch (const Error& error) {
    throw error.InProgram(definition.name);
  }
}

PrecompiledProgram PrecompileAnswers(const DefinitionAnswers& answers) {
  try {
    return CompareRounds(answers);
  } catch (const Error& error) {
    throw error.InProgram(answers.name);
  }
}

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
                                    const std::vector<std::uint64_t>& values, const Target& target) {
  try {
    return Compile(Resolve(CallDefinition(definition, target), target),
                   NumbersOf(definition.variables, values));
  } catch (const Error& error) {
    throw error.InProgram(definition.name);
  }
}

}  // namespace precompiledseccomp
