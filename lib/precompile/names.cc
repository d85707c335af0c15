// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/precompile.h>

#include "base/identifiers.h"
#include "base/mistakes.h"

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

void CheckVariable(const Variable& variable, std::set<std::string>& names) {
  const std::string shown = "variable \"" + Printable(variable.name) + "\"";
  if (!IsUsableIdentifier(variable.name))
    throw Error(shown +
                " is no usable name: give a C++ identifier that is no keyword and begins with a letter");
  if (variable.bits != 32 && variable.bits != 64)
    throw Error(shown + " has " + std::to_string(variable.bits) + " bits; variables have 32 or 64");
  if (variable.bits != 32 && variable.kind != Variable::Kind::kInteger)
    throw Error(shown + " has " + std::to_string(variable.bits) + " bits; what is no mere integer has 32");
  if (!names.insert(variable.name).second) throw Error(shown + " is declared twice");
}

void CheckDefinition(const ProgramDefinition& definition) {
  std::set<std::string> names;
  Mistakes mistakes;
  for (const Variable& variable : definition.variables) mistakes.Try([&] { CheckVariable(variable, names); });
  if (!definition.policy) mistakes.Add(Error("the definition has no function"));
  mistakes.ThrowIfThereAreAny();
}

void CheckProgramName(const std::string& name, std::set<std::string>& names) {
  if (!IsProgramName(name))
    throw Error("the program name \"" + Printable(name) +
                "\" is not usable: give 1 to 200 letters, digits and _ - . / : +, beginning with a letter");
  if (!names.insert(name).second) throw Error("two programs have the name \"" + name + "\"");
}

}  // namespace

void CheckNames(const std::vector<ProgramDefinition>& definitions) {
  std::set<std::string> names;
  Mistakes mistakes;
  for (const ProgramDefinition& definition : definitions) {
    mistakes.Try([&] { CheckProgramName(definition.name, names); });
    try {
      CheckDefinition(definition);
    } catch (const Error& error) {
      mistakes.Add(error.InProgram(Printable(definition.name)));
    }
  }
  mistakes.ThrowIfThereAreAny();
}

}  // namespace precompiledseccomp
