// SPDX-License-Identifier: Apache-2.0
//
// Bytes as the choices that make programs: the sources that the generator writes of them, read back, say the
// same.

#include <algorithm>
#include <exception>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bpf/instructions.h"
#include "fuzz/fail.h"
#include "fuzz/random_programs.h"
#include "fuzz/source_reader.h"
#include "write/content_name.h"
#include "write/header_text.h"
#include "write/identifiers.h"
#include "write/source_text.h"

namespace precompiledseccomp::fuzz {
namespace {

using gen::CompiledTarget;

class Checker {
 public:
  Checker(const RandomModule& module, const std::string& source, const std::string& header)
      : module_(module), source_(source), header_(header) {}

  void Check() const {
    try {
      const ReadSource source = ReadGeneratedSource(source_);
      const ReadHeader header = ReadGeneratedHeader(header_);
      CheckSource(source);
      CheckHeader(header);
      Require(source.content_name == header.content_name, "header and source do not belong together");
    } catch (const std::exception& exception) {
      Require(false, exception.what());
    }
  }

 private:
  void Require(bool holds, const std::string& what) const {
    if (!holds) Fail(what + "\n" + source_ + header_);
  }

  void CheckSource(const ReadSource& read) const {
    Require(read.header == module_.header, "another header is included");
    Require(read.name_space == module_.name_space, "another namespace");
    const bool is_stub = module_.targets.empty() || module_.definitions.empty();
    Require(read.tables.size() == (is_stub ? 0 : module_.targets.size()), "not a table for each target");
    for (std::size_t i = 0; i < read.tables.size(); ++i) CheckTable(read.tables[i], module_.targets[i]);
    Require(read.renderings.size() == module_.definitions.size(), "not a rendering for each program");
    for (std::size_t i = 0; i < read.renderings.size(); ++i) CheckRendering(read.renderings[i], i, is_stub);
  }

  void CheckTable(const ReadTable& read, const CompiledTarget& target) const {
    Require(read.condition == target.target.compiler_condition, "the table of another target");
    Require(read.used_syscalls == target.used_syscalls, "other calls are checked");
    Require(read.programs.size() == target.programs.size(), "not all programs are there");
    for (std::size_t i = 0; i < read.programs.size(); ++i) {
      const PrecompiledProgram& program = target.programs[i];
      const std::string name = "program \"" + program.name + "\": ";
      Require(read.programs[i].name == program.name, name + "another name");
      Require(std::equal(read.programs[i].instructions.begin(), read.programs[i].instructions.end(),
                         program.instructions.begin(), program.instructions.end(), bpf::Equal),
              name + "other instructions");
      Require(SameVariables(read.programs[i].variables, program.variables), name + "other variables");
    }
  }

  static bool SameVariables(const std::vector<PrecompiledVariable>& left,
                            const std::vector<PrecompiledVariable>& right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](const auto& a, const auto& b) {
      return a.name == b.name && a.bits == b.bits && a.low_offsets == b.low_offsets &&
             a.high_offsets == b.high_offsets;
    });
  }

  void CheckRendering(const ReadRendering& read, std::size_t index, bool is_stub) const {
    const ProgramDefinition& definition = module_.definitions[index];
    Require(read.struct_name == gen::StructName(definition.name), "a rendering of another struct");
    Require(read.program.has_value() != is_stub, "only stubs render nothing");
    if (!read.program) return;
    Require(*read.program == index, "another program is rendered");
    Require(
        std::equal(read.variables.begin(), read.variables.end(), definition.variables.begin(),
                   definition.variables.end(),
                   [](const std::string& name, const Variable& variable) { return name == variable.name; }),
        "other variables are rendered");
  }

  void CheckHeader(const ReadHeader& read) const {
    Require(read.name_space == module_.name_space, "another namespace");
    const std::vector<ReadStruct>& structs = read.structs;
    Require(structs.size() == module_.definitions.size(), "not a struct for each program");
    for (std::size_t i = 0; i < structs.size(); ++i) {
      const ProgramDefinition& definition = module_.definitions[i];
      Require(structs[i].name == gen::StructName(definition.name), "another struct");
      Require(std::equal(structs[i].variables.begin(), structs[i].variables.end(),
                         definition.variables.begin(), definition.variables.end(),
                         [](const auto& read, const Variable& variable) {
                           return read.first == variable.name && read.second == variable.bits;
                         }),
              "other fields");
    }
  }

  const RandomModule& module_;
  const std::string& source_;
  const std::string& header_;
};

void Check(testing::Random random) {
  const std::optional<RandomModule> module = MakeRandomModule(std::move(random));
  if (!module) return;
  const gen::NamelessText source =
      gen::SourceText(module->definitions, module->targets, module->name_space, module->header);
  const gen::NamelessText header =
      gen::HeaderText(module->definitions, module->targets.empty(), module->name_space);
  const std::string name = gen::ContentName(header, source);
  Checker(*module, source.WithName(name), header.WithName(name)).Check();
}

}  // namespace
}  // namespace precompiledseccomp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace pcs = precompiledseccomp;
  pcs::fuzz::Check(pcs::testing::Random(std::span<const std::uint8_t>(data, size)));
  return 0;
}
