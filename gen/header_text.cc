// SPDX-License-Identifier: Apache-2.0

#include "header_text.h"

#include "identifiers.h"
#include "version.h"

namespace precompiledseccomp::gen {
namespace {

std::string StructText(const ProgramDefinition& definition) {
  std::string text = "// Program \"" + definition.name + "\".\n";
  text += "struct " + StructName(definition.name) + " {\n";
  for (const Variable& variable : definition.variables)
    text +=
        "  ::precompiledseccomp::Uint" + std::to_string(variable.bits) + "Variable " + variable.name + ";\n";
  if (!definition.variables.empty()) text += "\n";
  text += "  [[nodiscard]] ::precompiledseccomp::Filter Render() const noexcept;\n};\n\n";
  return text;
}

}  // namespace

std::string HeaderText(std::span<const ProgramDefinition> definitions, bool stub,
                       const std::string& name_space) {
  std::string text = "// Made by " + NameAndVersion() + R"(. Do not edit.
//
// Seccomp filters, compiled when the program was built: by name, as GetPrecompiled("name"), or typed, as a
// struct for each program with a field for each of its variables. Rendering writes values for the variables
// into a copy of the instructions, and Install() hands that to the kernel. Nothing here allocates or throws.
#pragma once

#include <span>
#include <string_view>

#include <precompiledseccomp/install.h>
#include <precompiledseccomp/program.h>

namespace )" + name_space +
                     R"( {

// Whether this was made with --stub: then all lookups fail and all typed renderings are empty, and the
// application may compile the same definitions at run time.
inline constexpr bool kPrecompilationDisabledAtBuildTime = )" +
                     (stub ? "true" : "false") + R"(;

// The program of that name, or nullptr if there is none. Takes logarithmic time.
[[nodiscard]] const ::precompiledseccomp::Program* GetPrecompiled(::std::string_view name) noexcept;

// All programs, sorted by name.
[[nodiscard]] ::std::span<const ::precompiledseccomp::Program> ListPrecompiled() noexcept;

)";
  for (const ProgramDefinition& definition : definitions) text += StructText(definition);
  return text + "}  // namespace " + name_space + "\n";
}

}  // namespace precompiledseccomp::gen
