// SPDX-License-Identifier: Apache-2.0

#include "write/header_text.h"

#include <cstddef>
#include <vector>

#include <precompiledseccomp/version.h>

#include "version.h"
#include "write/for_each_target.h"
#include "write/identifiers.h"

namespace precompiledseccomp::gen {
namespace {

// Where it has fields, the first member is one that cannot be filled by its place.
std::string StructText(const ProgramDefinition& definition, std::size_t index) {
  std::string text = "// Program \"" + definition.name + "\".\n";
  text += "struct " + StructName(definition.name) + " {\n";
  if (!definition.variables.empty())
    text +=
        "  ::precompiledseccomp::FilledByName filled_by_name = "
        "::precompiledseccomp::FilledByName::Default();\n";
  for (const Variable& variable : definition.variables)
    text +=
        "  ::precompiledseccomp::Uint" + std::to_string(variable.bits) + "Variable " + variable.name + ";\n";
  if (!definition.variables.empty()) text += "\n";
  text += "  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] ::precompiledseccomp::RenderedFilter<kInstructions[" +
          std::to_string(index) + "]> Render()\n      const noexcept;\n};\n\n";
  return text;
}

// An array of the numbers of instructions, for the sizes of what the structs render.
std::string NumbersOfInstructions(const std::vector<std::size_t>& numbers) {
  constexpr std::size_t kPerLine = 16;
  std::string text = "PRECOMPILEDSECCOMP_LOCAL inline constexpr ::std::size_t kInstructions[] = {";
  for (std::size_t i = 0; i < numbers.size(); ++i)
    text += (i % kPerLine == 0 ? "\n    " : " ") + std::to_string(numbers[i]) + ",";
  return text + "\n};\n";
}

std::string Instructions(std::span<const ProgramDefinition> definitions,
                         std::span<const CompiledTarget> targets) {
  if (definitions.empty()) return "";
  const std::string comment = "// How many instructions each program has; in a stub, none.\n";
  if (targets.empty())
    return comment + NumbersOfInstructions(std::vector<std::size_t>(definitions.size(), 0)) + "\n";
  return comment + ForEachTarget(targets, [](const CompiledTarget& target) {
           std::vector<std::size_t> numbers;
           for (const PrecompiledProgram& program : target.programs)
             numbers.push_back(program.instructions.size());
           return NumbersOfInstructions(numbers);
         });
}

std::string Beginning() {
  const std::string major = std::to_string(PRECOMPILEDSECCOMP_FORMAT_MAJOR);
  const std::string minor = std::to_string(PRECOMPILEDSECCOMP_FORMAT_MINOR);
  return "// Made by " + NameAndVersion() + R"(. Do not edit.
//
// Seccomp filters, compiled when the program was built: by name, as GetPrecompiled("name"), or typed, as a
// struct for each program with a field for each of its variables. Rendering writes values for the variables
// into a copy of the instructions, and Install() hands that to the kernel; a program without variables it
// takes as it is. Nothing here allocates or throws.
//
// The filters belong to the program or shared library that the source of this header is linked into, directly
// or in a static library: they are not exported from it. The inline namespace is named after the content of
// header and source. So filters of the same names, in other libraries or in other parts of this one, are not
// mistaken for these, and a header does not link with the source of another one.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <precompiledseccomp/install.h>
#include <precompiledseccomp/interface.h>
#include <precompiledseccomp/program.h>
#include <precompiledseccomp/version.h>

static_assert(PRECOMPILEDSECCOMP_FORMAT_MAJOR == )" +
         major + R"(,
              "these filters are in format )" +
         major + "." + minor + R"( of precompiledseccomp: "
              "generate them anew, with the precompiledseccomp-gen that belongs to the library in use");

)";
}

}  // namespace

NamelessText HeaderText(std::span<const ProgramDefinition> definitions,
                        std::span<const CompiledTarget> targets, const std::string& name_space) {
  NamelessText text;
  text.before = Beginning() + "namespace " + name_space + " {\ninline namespace ";
  text.after = R"( {

// Whether this was made with --stub: then all lookups fail and all typed renderings are empty, and the
// application may compile the same definitions at run time.
PRECOMPILEDSECCOMP_LOCAL inline constexpr bool kPrecompilationDisabledAtBuildTime = )" +
               std::string(targets.empty() ? "true" : "false") + R"(;

// The program of that name, or nullptr if there is none. Takes logarithmic time.
PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const ::precompiledseccomp::Program* GetPrecompiled(
    ::std::string_view name) noexcept;
PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const ::precompiledseccomp::Program* GetPrecompiled(
    const char* name) noexcept;

// All programs, sorted by name.
PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] ::std::span<const ::precompiledseccomp::Program>
ListPrecompiled() noexcept;

)";
  text.after += Instructions(definitions, targets);
  for (std::size_t i = 0; i < definitions.size(); ++i) text.after += StructText(definitions[i], i);
  text.after += "}  // inline namespace\n}  // namespace " + name_space + "\n";
  return text;
}

}  // namespace precompiledseccomp::gen
