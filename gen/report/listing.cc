// SPDX-License-Identifier: Apache-2.0

#include "report/listing.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/near_misses.h"
#include "bpf/disassembler.h"
#include "bpf/instructions.h"
#include "bpf/loaded_words.h"

namespace precompiledseccomp::gen {
namespace {

// "address:64", "input:fd"; an integer of 32 bits is just its name.
std::string WithKind(const std::string& name, int bits, Variable::Kind kind) {
  if (bits == 64) return name + ":64";
  return kind == Variable::Kind::kInteger ? name : name + ":" + KindName(kind);
}

// "   7: "
std::string LineNumber(std::size_t index) {
  constexpr std::size_t kWidth = 4;  // 4095 is the last line of an accepted program
  const std::string number = std::to_string(index);
  return std::string(kWidth - std::min(kWidth, number.size()), ' ') + number + ": ";
}

// What stands before the name of a constant that A is compared with; nothing if it is no comparison.
std::optional<std::string_view> ComparisonText(std::uint16_t code) {
  switch (code) {
    case BPF_JMP | BPF_JEQ | BPF_K:
      return "";
    case BPF_JMP | BPF_JGE | BPF_K:
      return "from ";
    case BPF_JMP | BPF_JGT | BPF_K:
      return "above ";
    default:
      return std::nullopt;
  }
}

// The name of a value of that word of seccomp_data; empty if there is none.
std::string NameOfValue(std::uint32_t word, std::uint32_t value, const Target& target) {
  if (word == bpf::kArchOffset) return value == target.audit_arch ? std::string(target.name) : "";
  if (word != bpf::kNumberOffset) return "";
  const std::string name = SyscallName(target, value);
  return name.starts_with('#') ? "" : name;
}

}  // namespace

std::vector<std::string> NamesOfComparisons(const PrecompiledProgram& program) {
  const std::vector<std::optional<std::uint32_t>> words = bpf::LoadedWords(program.instructions);
  std::vector<std::string> names(program.instructions.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const sock_filter& instruction = program.instructions[i];
    const std::optional<std::string_view> comparison = ComparisonText(instruction.code);
    if (!comparison || !words[i]) continue;
    const std::string name = NameOfValue(*words[i], instruction.k, program.target);
    if (!name.empty()) names[i] = std::string(*comparison) + name;
  }
  return names;
}

const char* KindName(Variable::Kind kind) {
  switch (kind) {
    case Variable::Kind::kInteger:
      break;
    case Variable::Kind::kFd:
      return "fd";
    case Variable::Kind::kPid:
      return "pid";
    case Variable::Kind::kErrno:
      return "errno";
    case Variable::Kind::kAnswerData:
      return "data";
  }
  return "integer";
}

std::vector<std::string> OperandVariables(const PrecompiledProgram& program) {
  std::vector<std::string> operands(program.instructions.size());
  for (const PrecompiledVariable& variable : program.variables) {
    const std::string& name = variable.name;
    for (const std::uint32_t offset : variable.low_offsets)
      operands[offset] = "$" + (variable.bits == 64 ? LowHalfName(name) : name);
    for (const std::uint32_t offset : variable.high_offsets) operands[offset] = "$" + HighHalfName(name);
    for (const std::uint32_t offset : variable.flipped_offsets) operands[offset] += "^0x80000000";
  }
  return operands;
}

std::string Disassemble(const sock_filter& instruction, std::size_t index, bool big_endian,
                        const std::string& operand) {
  std::string text = bpf::Disassemble(instruction, index, big_endian);
  if (operand.empty()) return text;
  constexpr std::string_view kZero = "#0x0";  // what stands in a template where a value is to be written
  const std::size_t place = text.find(kZero);
  if (place == std::string::npos) return text + "  with " + operand;
  return text.replace(place, kZero.size(), operand);
}

std::string ProgramText(const PrecompiledProgram& program) {
  std::string text = program.name + " (" + std::string(program.target.name) + ", " +
                     std::to_string(program.instructions.size()) + " instructions)";
  for (const PrecompiledVariable& variable : program.variables)
    text += " $" + WithKind(variable.name, variable.bits, variable.kind);
  text += '\n';
  const std::vector<std::string> operands = OperandVariables(program);
  const std::vector<std::string> names = NamesOfComparisons(program);
  for (std::size_t i = 0; i < program.instructions.size(); ++i)
    text += LineNumber(i) + Disassemble(program.instructions[i], i, program.target.big_endian, operands[i]) +
            (names[i].empty() ? "" : "  ; " + names[i]) + "\n";
  return text;
}

std::string DisassemblyText(std::span<const CompiledTarget> targets) {
  std::string text;
  for (std::size_t i = 0; i < targets.front().programs.size(); ++i)
    for (const CompiledTarget& target : targets)
      text += (text.empty() ? "" : "\n") + ProgramText(target.programs[i]);
  return text;
}

std::string ListText(std::span<const ProgramDefinition> definitions) {
  std::vector<std::pair<std::string_view, std::string>> lines;
  for (const ProgramDefinition& definition : definitions) {
    std::string line = definition.name;
    for (const Variable& variable : definition.variables)
      line += " " + WithKind(variable.name, variable.bits, variable.kind);
    lines.emplace_back(definition.name, line + "\n");
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const auto& [name, line] : lines) text += line;
  return text;
}

Error UnknownProgram(const std::string& name, std::span<const ProgramDefinition> definitions) {
  std::vector<std::string> names;
  for (const ProgramDefinition& definition : definitions) names.push_back(definition.name);
  const std::string near = NearMisses(name, names, 2 + name.size() / 4);
  const std::string hint = near.empty() ? "--list shows what there is" : "did you mean " + near + "?";
  return Error("there is no program \"" + name + "\"; " + hint);
}

}  // namespace precompiledseccomp::gen
