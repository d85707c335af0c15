// SPDX-License-Identifier: Apache-2.0

#include "read/read_back.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/version.h>

#include "bpf/instructions.h"
#include "read/source_reader.h"

namespace precompiledseccomp::gen {
namespace {

bool IsLower(char c) {
  return c >= 'a' && c <= 'z';
}
bool IsLetter(char c) {
  return IsLower(c) || (c >= 'A' && c <= 'Z');
}
bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

void Require(bool holds, const std::string& what) {
  if (!holds) throw Error(what);
}

class Checker {
 public:
  explicit Checker(const WhatToSay& expected) : expected_(expected) {}

  void CheckHeader(const ReadHeader& header) const {
    Require(header.format_major == PRECOMPILEDSECCOMP_FORMAT_MAJOR, "the header is for another format");
    Require(header.name_space == expected_.name_space, "the header has another namespace");
    Require(header.is_stub == IsStub(), "the header does not say whether it is a stub");
    Require(header.structs.size() == expected_.definitions.size(), "there is not a struct for each program");
    for (std::size_t i = 0; i < header.structs.size(); ++i)
      InProgram(i, [&] { CheckStruct(header.structs[i], i); });
    CheckInstructionCounts(header);
  }

  void CheckSource(const ReadSource& source) const {
    Require(source.header == expected_.included_header, "the source includes another header");
    Require(source.name_space == expected_.name_space, "the source has another namespace");
    Require(source.tables.size() == (HasTables() ? expected_.targets.size() : 0),
            "there is not a table for each target");
    for (std::size_t i = 0; i < source.tables.size(); ++i) CheckTable(source.tables[i], expected_.targets[i]);
    Require(source.renderings.size() == expected_.definitions.size(),
            "there is not a rendering for each program");
    for (std::size_t i = 0; i < source.renderings.size(); ++i)
      InProgram(i, [&] { CheckRendering(source.renderings[i], i); });
  }

 private:
  [[nodiscard]] bool IsStub() const { return expected_.targets.empty(); }
  [[nodiscard]] bool HasTables() const { return !IsStub() && !expected_.definitions.empty(); }

  template <typename Check>
  void InProgram(std::size_t index, const Check& check) const {
    try {
      check();
    } catch (const Error& error) {
      throw error.InProgram(expected_.definitions[index].name);
    }
  }

  void CheckInstructionCounts(const ReadHeader& header) const {
    const std::size_t lists = HasTables() ? expected_.targets.size() : expected_.definitions.empty() ? 0 : 1;
    Require(header.instruction_counts.size() == lists, "the header has not the sizes for each target");
    for (std::size_t i = 0; i < lists; ++i) {
      const auto& [condition, counts] = header.instruction_counts[i];
      Require(condition == (HasTables() ? expected_.targets[i].target.compiler_condition : ""),
              "the header's sizes are not for the target");
      Require(counts.size() == expected_.definitions.size(), "the header has not the sizes of all programs");
      for (std::size_t j = 0; j < counts.size(); ++j)
        InProgram(j, [&, &counts = counts] {
          Require(counts[j] == (HasTables() ? expected_.targets[i].programs[j].instructions.size() : 0),
                  "the header has another number of instructions");
        });
    }
  }

  void CheckStruct(const ReadStruct& read, std::size_t index) const {
    const ProgramDefinition& definition = expected_.definitions[index];
    Require(read.size_of == index, "its struct has the size of another program");
    Require(read.is_filled_by_name == !definition.variables.empty(),
            "its struct can be filled in any order, or has a member too many");
    Require(IsStructNameOf(read.name, definition.name), "its struct is called " + read.name);
    Require(std::equal(read.variables.begin(), read.variables.end(), definition.variables.begin(),
                       definition.variables.end(),
                       [](const auto& field, const Variable& variable) {
                         return field.first == variable.name && field.second == variable.bits;
                       }),
            "its struct does not have its variables");
  }

  void CheckTable(const ReadTable& table, const CompiledTarget& target) const {
    Require(table.condition == target.target.compiler_condition,
            "the table of " + std::string(target.target.name) + " is not for that target");
    Require(table.used_syscalls == target.used_syscalls, "other numbers of calls are checked");
    Require(table.programs.size() == expected_.definitions.size(), "a table does not have all programs");
    for (std::size_t i = 0; i < table.programs.size(); ++i)
      InProgram(i, [&] {
        CheckProgram(table.programs[i], target.programs[i], expected_.definitions[i]);
        const std::vector<ReadAbi>& abis = table.abis[i];
        Require(
            abis.size() == 1 && abis[0].audit_arch == target.target.audit_arch && abis[0].number_bits == 0,
            "it is called the filter of other calls");
        CheckProofNote(table.proof_notes, target.proofs.at(target.programs[i].name), target.programs[i].name);
      });
  }

  static void CheckProgram(const PrecompiledProgram& read, const PrecompiledProgram& compiled,
                           const ProgramDefinition& definition) {
    Require(read.name == definition.name, "another name stands in its place: " + read.name);
    Require(std::equal(read.instructions.begin(), read.instructions.end(), compiled.instructions.begin(),
                       compiled.instructions.end(), bpf::Equal),
            "its instructions are others than were compiled");
    Require(std::equal(read.variables.begin(), read.variables.end(), definition.variables.begin(),
                       definition.variables.end(),
                       [](const PrecompiledVariable& variable, const Variable& defined) {
                         return variable.name == defined.name && variable.bits == defined.bits;
                       }),
            "its variables are others than were defined");
    Require(std::equal(read.variables.begin(), read.variables.end(), compiled.variables.begin(),
                       compiled.variables.end(),
                       [](const PrecompiledVariable& left, const PrecompiledVariable& right) {
                         return left.low_offsets == right.low_offsets &&
                                left.high_offsets == right.high_offsets &&
                                left.flipped_offsets == right.flipped_offsets && left.kind == right.kind;
                       }),
            "its variables stand in other places than were compiled, or are of other kinds");
    Require(read.install == definition.install, "it is installed with other options than were defined");
  }

  static void CheckProofNote(const ReadProofNotes& notes, const ProofRecord& proof, const std::string& name) {
    const auto exception = notes.not_proved.find(name);
    const bool is_called_proved = notes.proved_but_for && exception == notes.not_proved.end();
    Require(is_called_proved == proof.not_proved.empty(),
            "a comment calls it proved, and it is not, or the other way round");
    Require(is_called_proved || exception == notes.not_proved.end() || exception->second == proof.not_proved,
            "a comment says otherwise why it is not proved");
  }

  void CheckRendering(const ReadRendering& read, std::size_t index) const {
    const ProgramDefinition& definition = expected_.definitions[index];
    Require(IsStructNameOf(read.struct_name, definition.name), "its rendering is of " + read.struct_name);
    Require(read.size_of == index, "its rendering has the size of another program");
    Require(read.program.has_value() == HasTables(), "only stubs render nothing");
    if (!read.program) {
      Require(read.stub == definition.name, "its rendering says that it is of another program");
      return;
    }
    Require(*read.program == index, "its struct renders another program");
    Require(
        std::equal(read.variables.begin(), read.variables.end(), definition.variables.begin(),
                   definition.variables.end(),
                   [](const std::string& name, const Variable& variable) { return name == variable.name; }),
        "its struct hands over values in another order");
  }

  const WhatToSay& expected_;
};

}  // namespace

bool IsStructNameOf(std::string_view name, std::string_view program) {
  std::size_t place = 0;  // in `name`
  bool after_separator = true;
  for (const char c : program) {
    if (!IsLetter(c) && !IsDigit(c)) {
      after_separator = true;
      continue;
    }
    // Two numbers stay two.
    if (after_separator && place > 0 && IsDigit(name[place - 1]) && IsDigit(c))
      if (place >= name.size() || name[place++] != '_') return false;
    const char wanted = after_separator && IsLower(c) ? static_cast<char>(c - 'a' + 'A') : c;
    if (place >= name.size() || name[place++] != wanted) return false;
    after_separator = false;
  }
  return place == name.size() && place > 0;
}

std::vector<std::vector<PrecompiledProgram>> ReadBack(const GeneratedTexts& texts,
                                                      const WhatToSay& expected) {
  constexpr const char* kOurBug = "; please report this as a bug of precompiledseccomp";
  try {
    const ReadHeader header = ReadGeneratedHeader(texts.header);
    ReadSource source = ReadGeneratedSource(texts.source);
    const Checker checker(expected);
    checker.CheckHeader(header);
    checker.CheckSource(source);
    Require(header.content_name == source.content_name && header.content_name.starts_with("content_"),
            "header and source do not belong together");
    std::vector<std::vector<PrecompiledProgram>> programs;
    for (ReadTable& table : source.tables) programs.push_back(std::move(table.programs));
    // Without programs there is no table.
    programs.resize(expected.targets.size());
    return programs;
  } catch (const Unreadable& unreadable) {
    throw Error(std::string("what was generated cannot be read: ") + unreadable.what() + kOurBug);
  } catch (const Error& error) {
    const Error said("what was generated says something else: " + error.problem() + kOurBug);
    throw error.program().empty() ? said : said.InProgram(error.program());
  }
}

}  // namespace precompiledseccomp::gen
