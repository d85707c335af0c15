// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/precompile.h>

#include "base/identifiers.h"

namespace precompiledseccomp {
namespace {

bool IsProgramName(std::string_view name) {
  constexpr std::string_view kOthers = "_-./:+";
  return !name.empty() && name.size() <= kLongestName && IsLetter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           return IsLetter(c) || IsDigit(c) || kOthers.find(c) != std::string_view::npos;
         });
}

// A name for a message: what cannot be printed in one line is replaced.
std::string Printable(std::string_view name) {
  std::string text(name.substr(0, kLongestName));
  for (char& c : text)
    if (c < ' ' || c > '~') c = '?';
  return text;
}

void CheckVariables(const ProgramDefinition& definition) {
  std::set<std::string> names;
  for (const Variable& variable : definition.variables) {
    const std::string shown = "variable \"" + Printable(variable.name) + "\"";
    if (!IsUsableIdentifier(variable.name))
      throw Error(shown +
                  " is no usable name: give a C++ identifier that is no keyword and begins with a letter");
    if (variable.bits != 32 && variable.bits != 64)
      throw Error(shown + " has " + std::to_string(variable.bits) + " bits; variables have 32 or 64");
    if (!names.insert(variable.name).second) throw Error(shown + " is declared twice");
  }
}

}  // namespace

void CheckNames(const std::vector<ProgramDefinition>& definitions) {
  std::set<std::string> names;
  for (const ProgramDefinition& definition : definitions) {
    if (!IsProgramName(definition.name))
      throw Error("the program name \"" + Printable(definition.name) +
                  "\" is not usable: give 1 to 200 letters, digits and _ - . / : +, beginning with a letter");
    if (!names.insert(definition.name).second)
      throw Error("two programs have the name \"" + definition.name + "\"");
    try {
      CheckVariables(definition);
      if (!definition.policy) throw Error("the definition has no function");
    } catch (const Error& error) {
      throw error.InProgram(definition.name);
    }
  }
}

}  // namespace precompiledseccomp
