// SPDX-License-Identifier: Apache-2.0

#include "write/identifiers.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>

#include <precompiledseccomp/error.h>

#include "base/identifiers.h"
#include "base/mistakes.h"

namespace precompiledseccomp::gen {
namespace {

char ToUpper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

// GCC and Clang define these for Linux with -std=gnu++20, and not with -std=c++20.
bool IsMacroOfTheCompiler(std::string_view name) {
  constexpr std::string_view kMacros[] = {"linux", "unix"};
  return std::find(std::begin(kMacros), std::end(kMacros), name) != std::end(kMacros);
}

void CheckField(const std::string& variable, const std::string& struct_name) {
  const std::string shown = "variable \"" + variable + "\" ";
  if (variable == struct_name)
    throw Error(shown + "cannot be a field of the generated struct, which has the same name; rename it");
  if (variable == "Render" || variable == "filled_by_name" || variable == "kInstructions")
    throw Error(
        shown +
        "cannot be a field of the generated struct, where that name stands for something else; rename it");
  if (variable == "errno")
    throw Error(shown + "cannot be a field of the generated struct: it is a macro of <cerrno>; rename it");
  if (IsMacroOfTheCompiler(variable))
    throw Error(
        shown +
        "cannot be a field of the generated struct: compilers define a macro of that name, unless they "
        "are told to keep to the standard (-std=c++20); rename it");
}

void CheckStruct(const ProgramDefinition& definition, const std::string& struct_name) {
  Mistakes mistakes;
  if (struct_name == "GetPrecompiled" || struct_name == "ListPrecompiled")
    mistakes.Add(Error("the generated struct " + struct_name +
                       " would have the name of a generated function; rename the program"));
  for (const Variable& variable : definition.variables)
    mistakes.Try([&] { CheckField(variable.name, struct_name); });
  mistakes.ThrowIfThereAreAny();
}

}  // namespace

bool IsUsableNamespace(std::string_view name_space) {
  constexpr std::string_view kSeparator = "::";
  const std::string_view outermost = name_space.substr(0, name_space.find(kSeparator));
  if (outermost == "std" || outermost == "precompiledseccomp") return false;
  while (true) {
    const std::size_t end = name_space.find(kSeparator);
    const std::string_view part = name_space.substr(0, end);
    if (!IsUsableIdentifier(part) || IsMacroOfTheCompiler(part)) return false;
    if (end == std::string_view::npos) return true;
    name_space.remove_prefix(end + kSeparator.size());
  }
}

std::string StructName(std::string_view program) {
  std::string name;
  bool begins_word = true;
  for (const char c : program) {
    if (!IsLetter(c) && !IsDigit(c)) {
      begins_word = true;
      continue;
    }
    if (begins_word && !name.empty() && IsDigit(name.back()) && IsDigit(c)) name += '_';
    name += begins_word ? ToUpper(c) : c;
    begins_word = false;
  }
  return name;
}

void CheckGeneratedNames(std::span<const ProgramDefinition> definitions) {
  std::map<std::string, std::string> program_of;
  Mistakes mistakes;
  for (const ProgramDefinition& definition : definitions) {
    const std::string struct_name = StructName(definition.name);
    const auto [other, is_new] = program_of.emplace(struct_name, definition.name);
    if (!is_new)
      mistakes.Add(Error("programs \"" + other->second + "\" and \"" + definition.name +
                         "\" would both have the generated struct " + struct_name + "; rename one of them"));
    try {
      CheckStruct(definition, struct_name);
    } catch (const Error& error) {
      mistakes.Add(error.InProgram(definition.name));
    }
  }
  mistakes.ThrowIfThereAreAny();
}

}  // namespace precompiledseccomp::gen
