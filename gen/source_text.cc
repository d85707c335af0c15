// SPDX-License-Identifier: Apache-2.0

#include "source_text.h"

#include "identifiers.h"
#include "table_text.h"
#include "version.h"

namespace precompiledseccomp::gen {
namespace {

std::string Includes(const std::string& header, bool has_tables) {
  std::string text = "#include \"" + header + "\"\n";
  if (has_tables)
    text += R"(
#include <cstddef>

#include <sys/syscall.h>

#include <precompiledseccomp/program_table.h>
)";
  return text + "\n";
}

// #if one target, #elif another, #else an error.
std::string Tables(std::span<const CompiledTarget> targets, const std::string& name_space) {
  std::string text;
  std::string names;
  for (const CompiledTarget& target : targets) {
    text += (text.empty() ? "#if " : "#elif ") + std::string(target.target.compiler_condition) + "\n\n";
    text += TableText(target, name_space);
    names += (names.empty() ? "" : ", ") + std::string(target.target.name);
  }
  return text + "#else\n#error \"These seccomp filters are compiled for " + names +
         " only: give precompiledseccomp-gen the --arch of this compiler's target\"\n#endif\n\n";
}

std::string Lookup(bool has_tables) {
  if (!has_tables)
    return R"(const ::precompiledseccomp::Program* GetPrecompiled(::std::string_view) noexcept {
  return nullptr;
}

::std::span<const ::precompiledseccomp::Program> ListPrecompiled() noexcept {
  return {};
}
)";
  // Not inlined: Clang's time to inline it into each of thousands of structs grows with their square.
  return R"(namespace {
namespace embedded {

[[gnu::noinline]] const ::precompiledseccomp::Program& ProgramAt(::std::size_t index) noexcept {
  return kTable.programs[index];
}

}  // namespace embedded
}  // namespace

const ::precompiledseccomp::Program* GetPrecompiled(::std::string_view name) noexcept {
  return ::precompiledseccomp::FindProgram(embedded::kTable.programs, name);
}

::std::span<const ::precompiledseccomp::Program> ListPrecompiled() noexcept {
  return embedded::kTable.programs;
}
)";
}

std::string TypedRendering(const ProgramDefinition& definition, std::size_t index, bool has_tables) {
  std::string values;
  for (const Variable& variable : definition.variables)
    values += (values.empty() ? "" : ", ") + variable.name + ".value()";
  const std::string result =
      has_tables ? "embedded::ProgramAt(" + std::to_string(index) + ").RenderInOrder({" + values + "})"
                 : "{}";
  return "\n::precompiledseccomp::Filter " + StructName(definition.name) +
         "::Render() const noexcept {\n  return " + result + ";\n}\n";
}

}  // namespace

std::string SourceText(std::span<const ProgramDefinition> definitions,
                       std::span<const CompiledTarget> targets, const std::string& name_space,
                       const std::string& header) {
  // An array cannot be empty, so a module without programs has no table.
  const bool has_tables = !targets.empty() && !definitions.empty();
  std::string text = "// Made by " + NameAndVersion() + ". Do not edit.\n" + Includes(header, has_tables);
  if (has_tables) text += Tables(targets, name_space);
  text += "namespace " + name_space + " {\n\n" + Lookup(has_tables);
  for (std::size_t i = 0; i < definitions.size(); ++i) text += TypedRendering(definitions[i], i, has_tables);
  return text + "\n}  // namespace " + name_space + "\n";
}

}  // namespace precompiledseccomp::gen
