// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/precompile.h>

namespace precompiledseccomp {
namespace {

constexpr std::size_t kLongestName = 200;

constexpr std::array<std::string_view, 92> kKeywords = {
    "alignas",     "alignof",  "and",        "and_eq",    "asm",       "auto",         "bitand",
    "bitor",       "bool",     "break",      "case",      "catch",     "char",         "char16_t",
    "char32_t",    "char8_t",  "class",      "co_await",  "co_return", "co_yield",     "compl",
    "concept",     "const",    "const_cast", "consteval", "constexpr", "constinit",    "continue",
    "decltype",    "default",  "delete",     "do",        "double",    "dynamic_cast", "else",
    "enum",        "explicit", "export",     "extern",    "false",     "float",        "for",
    "friend",      "goto",     "if",         "inline",    "int",       "long",         "mutable",
    "namespace",   "new",      "noexcept",   "not",       "not_eq",    "nullptr",      "operator",
    "or",          "or_eq",    "private",    "protected", "public",    "register",     "reinterpret_cast",
    "requires",    "return",   "short",      "signed",    "sizeof",    "static",       "static_assert",
    "static_cast", "struct",   "switch",     "template",  "this",      "thread_local", "throw",
    "true",        "try",      "typedef",    "typeid",    "typename",  "union",        "unsigned",
    "using",       "virtual",  "void",       "volatile",  "wchar_t",   "while",        "xor",
    "xor_eq",
};

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsProgramName(std::string_view name) {
  constexpr std::string_view kOthers = "_-./:+";
  return !name.empty() && name.size() <= kLongestName && IsLetter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           return IsLetter(c) || IsDigit(c) || kOthers.find(c) != std::string_view::npos;
         });
}

// Identifiers with two underscores in a row or an underscore before a capital are the compiler's; one with a
// leading underscore is not needed by anyone.
bool IsUsableIdentifier(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && IsLetter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return IsLetter(c) || IsDigit(c) || c == '_'; }) &&
         name.find("__") == std::string_view::npos &&
         std::find(kKeywords.begin(), kKeywords.end(), name) == kKeywords.end();
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
