// SPDX-License-Identifier: Apache-2.0

#include "write/table_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "report/listing.h"
#include "write/table_layout.h"

namespace precompiledseccomp::gen {
namespace {

std::string Hex(std::uint32_t value, std::size_t width = 1) {
  std::array<char, 8> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16);
  const auto size = static_cast<std::size_t>(end - digits.data());
  return std::string("0x").append(width - std::min(width, size), '0').append(digits.data(), size);
}

std::string InBraces(const Range& range) {
  return "{" + std::to_string(range.first) + ", " + std::to_string(range.count) + "}";
}

// ---- Call numbers.

// The host's headers may be older than libseccomp's tables, so a name that they do not have is not checked.
std::string NumberChecks(const CompiledTarget& target) {
  if (target.used_syscalls.empty()) return {};
  std::string text = "// The numbers of the calls that the policies name.\n";
  for (const UsedSyscall& used : target.used_syscalls)
    text += "#ifdef __NR_" + used.name + "\nstatic_assert(__NR_" + used.name +
            " == " + std::to_string(used.number) + ");\n#endif\n";
  return text + "\n";
}

// ---- Proofs.

// What a reader may rely on, and what not.
std::string ProofNotes(const CompiledTarget& target) {
  std::string exceptions;
  std::size_t count = 0;
  for (const PrecompiledProgram& program : target.programs) {
    const ProofRecord& proof = target.proofs.at(program.name);
    if (proof.not_proved.empty()) continue;
    exceptions += "//   NOT PROVED: " + program.name + " (" + proof.not_proved + ")\n";
    ++count;
  }
  if (count == target.programs.size()) return "// No program is proved.\n" + exceptions + "\n";
  return "// Proved of every program" + std::string(count == 0 ? "" : " but those below") +
         ": for all calls and all values of its variables, it answers as its policy does.\n" + exceptions +
         "\n";
}

// ---- Programs and variables.

std::string ProgramRecords(const TableLayout& layout, const CompiledTarget& target) {
  std::string text = "    .programs = {\n";
  for (std::size_t i = 0; i < layout.programs.size(); ++i) {
    const auto& [name, instructions, variables, abis, install_options] = layout.programs[i];
    text += "        Table::MakeProgram(" + std::to_string(i) + ", " + InBraces(name) + ", " +
            InBraces(instructions) + ", " + InBraces(variables) + ", " + InBraces(abis) + ", " +
            std::to_string(install_options) + "),  // " + target.programs[i].name + "\n";
  }
  return text + "    },\n";
}

std::string VariableRecords(const TableLayout& layout) {
  if (layout.variables.empty()) return "    .variables = {Table::MakeNoVariable()},\n";
  std::string text = "    .variables = {\n";
  for (std::size_t i = 0; i < layout.variables.size(); ++i) {
    const auto& [name, bits, kind, places] = layout.variables[i];
    text += "        Table::MakeVariable(" + std::to_string(i) + ", " + InBraces(name) + ", " +
            std::to_string(bits) + ", " + std::to_string(kind) + ", " + InBraces(places) + "),  // " +
            layout.Text(name) + "\n";
  }
  return text + "    },\n";
}

std::string Places(const TableLayout& layout) {
  constexpr std::size_t kPerLine = 10;
  if (layout.places.empty()) return "    .places = {},\n";
  std::string text = "    .places = {";
  for (std::size_t i = 0; i < layout.places.size(); ++i)
    text += (i % kPerLine == 0 ? "\n        {" : " {") + std::to_string(layout.places[i].instruction) + ", " +
            std::to_string(layout.places[i].form) + "},";
  return text + "\n    },\n";
}

std::string Abis(const TableLayout& layout) {
  std::string text = "    .abis = {";
  for (const TableLayout::Abi& abi : layout.abis)
    text += "{" + Hex(abi.audit_arch) + ", " + Hex(abi.number_bits) + "},";
  return text + "},\n";
}

// ---- Instructions.

// What stands at an operand, over all programs that share the instructions: "$fd1", or "$fd1|$fd2" where they
// differ, "" for the constant that is there.
std::vector<std::string> OperandsOfBlock(const TableLayout::Block& block, const CompiledTarget& target) {
  constexpr std::size_t kShown = 4;
  std::vector<std::set<std::string>> operands(block.instructions.count);
  for (const std::size_t program : block.programs) {
    const std::vector<std::string> variables = OperandVariables(target.programs[program]);
    for (std::size_t i = 0; i < operands.size(); ++i)
      operands[i].insert(variables[i].empty() ? "#0x0" : variables[i]);
  }
  std::vector<std::string> texts;
  for (const std::set<std::string>& operand : operands) {
    std::string text;
    std::size_t shown = 0;
    for (const std::string& variable : operand) {
      text += (shown == 0 ? "" : "|") + (shown < kShown ? variable : "...");
      if (shown++ == kShown) break;
    }
    texts.push_back(text == "#0x0" ? "" : text);
  }
  return texts;
}

// "alias, worker"; of hundreds of programs only some.
std::string ProgramsOfBlock(const TableLayout::Block& block, const CompiledTarget& target) {
  constexpr std::size_t kShown = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, block.programs.size()); ++i)
    text += (text.empty() ? "" : ", ") + target.programs[block.programs[i]].name;
  if (block.programs.size() > kShown)
    text += " and " + std::to_string(block.programs.size() - kShown) + " more";
  return text;
}

std::string InstructionText(const sock_filter& instruction) {
  return "{" + Hex(instruction.code, 2) + ", " + std::to_string(instruction.jt) + ", " +
         std::to_string(instruction.jf) + ", " + Hex(instruction.k) + "},";
}

// An instruction on each line, with what it does.
std::string CommentedLines(const TableLayout::Block& block, const CompiledTarget& target) {
  const PrecompiledProgram& program = target.programs[block.programs.front()];
  const std::vector<sock_filter>& instructions = program.instructions;
  const std::vector<std::string> operands = OperandsOfBlock(block, target);
  const std::vector<std::string> names = NamesOfComparisons(program);
  std::string text;
  for (std::size_t i = 0; i < instructions.size(); ++i)
    text += "        " + InstructionText(instructions[i]) + "  // " + std::to_string(i) + ": " +
            Disassemble(instructions[i], i, target.target.big_endian, operands[i]) +
            (names[i].empty() ? "" : "  ; " + names[i]) + "\n";
  return text;
}

// As many instructions on each line as there is room for.
std::string FullLines(const TableLayout::Block& block, const CompiledTarget& target) {
  constexpr std::size_t kLongestLine = 110;
  std::string text;
  std::string line = "       ";
  for (const sock_filter& instruction : target.programs[block.programs.front()].instructions) {
    const std::string next = " " + InstructionText(instruction);
    if (line.size() + next.size() > kLongestLine) {
      text += line + "\n";
      line = "       ";
    }
    line += next;
  }
  return text + line + "\n";
}

// Nobody reads large tables, but compilers do.
std::string Instructions(const TableLayout& layout, const CompiledTarget& target) {
  constexpr std::size_t kMostCommented = 4096;
  const bool is_commented = layout.instruction_count <= kMostCommented;
  std::string text = "    .instructions = {\n";
  if (!is_commented) text += "        // precompiledseccomp-gen --disassemble PROGRAM shows what they do.\n";
  for (const TableLayout::Block& block : layout.blocks) {
    text += "        // " + ProgramsOfBlock(block, target) + ": " + std::to_string(block.instructions.count) +
            " instructions\n";
    text += is_commented ? CommentedLines(block, target) : FullLines(block, target);
  }
  return text + "    },\n";
}

// ---- Names.

// A literal, or single characters where they are more than a compiler needs to accept in a literal.
std::string Names(const TableLayout& layout) {
  constexpr std::size_t kLongestLiteral = 65535;
  const bool is_literal = layout.name_text.size() <= kLongestLiteral;
  std::string text = is_literal ? "    .names =" : "    .names = {";
  for (const Range& name : layout.names) {
    text += "\n        ";
    if (is_literal)
      text += "\"" + layout.Text(name) + "\"";
    else
      for (const char c : layout.Text(name)) text += std::string("'").append(1, c) + "',";
  }
  return text + (is_literal ? ",\n" : "\n    },\n");
}

}  // namespace

std::string TableText(const CompiledTarget& target) {
  const TableLayout layout = LayOutTable(target.programs);
  std::string text = NumberChecks(target) + ProofNotes(target) + "namespace {\nnamespace embedded {\n\n";
  // The NUL behind a literal is counted.
  text += "using Table = ::precompiledseccomp::ProgramTable<" + std::to_string(layout.programs.size()) +
          ", " + std::to_string(layout.variables.size()) + ", " + std::to_string(layout.places.size()) +
          ", " + std::to_string(layout.abis.size()) + ", " + std::to_string(layout.instruction_count) + ", " +
          std::to_string(layout.name_text.size() + 1) + ">;\n\n";
  text += "constexpr Table kTable PRECOMPILEDSECCOMP_TABLE = {\n    .header = Table::MakeHeader(),\n";
  text += ProgramRecords(layout, target) + Names(layout) + VariableRecords(layout) + Places(layout);
  text += Abis(layout) + Instructions(layout, target) + "};\n\n";
  return text + "}  // namespace embedded\n}  // namespace\n\n";
}

}  // namespace precompiledseccomp::gen
