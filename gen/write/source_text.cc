// SPDX-License-Identifier: Apache-2.0

#include "write/source_text.h"

#include <string_view>

#include "version.h"
#include "write/for_each_target.h"
#include "write/identifiers.h"
#include "write/table_text.h"

namespace precompiledseccomp::gen {
namespace {

std::string Includes(const std::string& header, bool has_tables) {
  std::string text = "#include \"" + header + "\"\n\n";
  if (has_tables) text += "#include <cstddef>\n\n#include <sys/syscall.h>\n\n";
  return text + "#include <precompiledseccomp/program_table.h>\n\n";
}

std::string Tables(std::span<const CompiledTarget> targets) {
  return ForEachTarget(targets, [](const CompiledTarget& target) { return "\n" + TableText(target); });
}

// The note stands beside the tables. Not inlined: Clang's time to inline it into each of thousands of structs
// grows with their square.
constexpr char kProgramAt[] = R"(namespace {
namespace embedded {

constexpr ::precompiledseccomp_table_note kNote PRECOMPILEDSECCOMP_NOTE = PRECOMPILEDSECCOMP_NOTE_CONTENT;

[[gnu::noinline]] const ::precompiledseccomp::Program& ProgramAt(::std::size_t index) noexcept {
  return kTable.programs[index];
}

}  // namespace embedded
}  // namespace

)";

std::string Lookup(const std::string& table) {
  return R"(const ::precompiledseccomp::Program* GetPrecompiled(::std::string_view name) noexcept {
  return ::precompiledseccomp::FindProgram()" +
         table + R"(, name);
}

const ::precompiledseccomp::Program* GetPrecompiled(const char* name) noexcept {
  return ::precompiledseccomp::FindProgram()" +
         table + R"(, name);
}

::std::span<const ::precompiledseccomp::Program> ListPrecompiled() noexcept {
  return ::precompiledseccomp::ListPrograms()" +
         table + R"();
}
)";
}

// An empty list of values would be made by a function of the C++ library.
std::string TypedRendering(const ProgramDefinition& definition, std::size_t index, bool has_tables) {
  const std::string number = std::to_string(index);
  std::string values;
  for (const Variable& variable : definition.variables)
    values += (values.empty() ? ", {" : ", ") + variable.name + ".value()";
  if (!values.empty()) values += "}";
  const std::string result =
      has_tables ? "{embedded::ProgramAt(" + number + ")" + values + "}" : "{\"" + definition.name + "\"}";
  return "\n::precompiledseccomp::RenderedFilter<kInstructions[" + number + "]> " +
         StructName(definition.name) + "::Render() const noexcept {\n  return " + result + ";\n}\n";
}

}  // namespace

NamelessText SourceText(std::span<const ProgramDefinition> definitions,
                        std::span<const CompiledTarget> targets, const std::string& name_space,
                        const std::string& header) {
  // An array cannot be empty, so a module without programs has no table.
  const bool has_tables = !targets.empty() && !definitions.empty();
  NamelessText text;
  text.before = "// Made by " + NameAndVersion() + ". Do not edit.\n" + Includes(header, has_tables) +
                "namespace " + name_space + " {\ninline namespace ";
  text.after = " {\n\n";
  if (has_tables) text.after += Tables(targets) + kProgramAt;
  text.after += Lookup(has_tables ? "&embedded::kTable.header" : "nullptr");
  for (std::size_t i = 0; i < definitions.size(); ++i)
    text.after += TypedRendering(definitions[i], i, has_tables);
  text.after += "\n}  // inline namespace\n}  // namespace " + name_space + "\n";
  return text;
}

}  // namespace precompiledseccomp::gen
