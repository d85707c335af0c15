// SPDX-License-Identifier: Apache-2.0

#include "write/header_text.h"

#include <precompiledseccomp/version.h>

#include "version.h"
#include "write/identifiers.h"

namespace precompiledseccomp::gen {
namespace {

std::string StructText(const ProgramDefinition& definition) {
  std::string text = "// Program \"" + definition.name + "\".\n";
  text += "struct " + StructName(definition.name) + " {\n";
  for (const Variable& variable : definition.variables)
    text +=
        "  ::precompiledseccomp::Uint" + std::to_string(variable.bits) + "Variable " + variable.name + ";\n";
  if (!definition.variables.empty()) text += "\n";
  text +=
      "  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] ::precompiledseccomp::Filter Render() const noexcept;\n"
      "};\n\n";
  return text;
}

std::string Beginning() {
  const std::string major = std::to_string(PRECOMPILEDSECCOMP_FORMAT_MAJOR);
  const std::string minor = std::to_string(PRECOMPILEDSECCOMP_FORMAT_MINOR);
  return "// Made by " + NameAndVersion() + R"(. Do not edit.
//
// Seccomp filters, compiled when the program was built: by name, as GetPrecompiled("name"), or typed, as a
// struct for each program with a field for each of its variables. Rendering writes values for the variables
// into a copy of the instructions, and Install() hands that to the kernel. Nothing here allocates or throws.
//
// The filters belong to the program or shared library that the source of this header is linked into, directly
// or in a static library: they are not exported from it. The inline namespace is named after the content of
// header and source. So filters of the same names, in other libraries or in other parts of this one, are not
// mistaken for these, and a header does not link with the source of another one.
#pragma once

#include <span>
#include <string_view>

#include <precompiledseccomp/install.h>
#include <precompiledseccomp/interface.h>
#include <precompiledseccomp/program.h>
#include <precompiledseccomp/version.h>

static_assert(PRECOMPILEDSECCOMP_FORMAT_MAJOR == )" +
         major + " && PRECOMPILEDSECCOMP_FORMAT_MINOR >= " + minor + R"(,
              "these filters are in format )" +
         major + "." + minor + R"( of precompiledseccomp: "
              "generate them anew, with the precompiledseccomp-gen that belongs to the library in use");

)";
}

}  // namespace

NamelessText HeaderText(std::span<const ProgramDefinition> definitions, bool stub,
                        const std::string& name_space) {
  NamelessText text;
  text.before = Beginning() + "namespace " + name_space + " {\ninline namespace ";
  text.after = R"( {

// Whether this was made with --stub: then all lookups fail and all typed renderings are empty, and the
// application may compile the same definitions at run time.
PRECOMPILEDSECCOMP_LOCAL inline constexpr bool kPrecompilationDisabledAtBuildTime = )" +
               std::string(stub ? "true" : "false") + R"(;

// The program of that name, or nullptr if there is none. Takes logarithmic time.
PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const ::precompiledseccomp::Program* GetPrecompiled(
    ::std::string_view name) noexcept;
PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const ::precompiledseccomp::Program* GetPrecompiled(
    const char* name) noexcept;

// All programs, sorted by name.
PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] ::std::span<const ::precompiledseccomp::Program>
ListPrecompiled() noexcept;

)";
  for (const ProgramDefinition& definition : definitions) text.after += StructText(definition);
  text.after += "}  // inline namespace\n}  // namespace " + name_space + "\n";
  return text;
}

}  // namespace precompiledseccomp::gen
