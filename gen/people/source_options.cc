// SPDX-License-Identifier: Apache-2.0

#include "people/source_options.h"

#include <algorithm>
#include <cstddef>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/target.h>

#include "base/near_misses.h"
#include "inspect/number_text.h"

namespace precompiledseccomp::gen {
namespace {

std::chrono::seconds LimitOf(const GivenWords& given) {
  constexpr std::uint64_t kADay = 86400;
  const std::string text = TextOf(given.options, "definition-seconds");
  if (text.empty()) return SourceRequest().limit;
  return std::chrono::seconds(NumberOf("definition-seconds", text, kADay, std::to_string(kADay)));
}

std::size_t IndexOf(const PrecompiledProgram& program, const std::string& name, const std::string& setting) {
  const auto found = std::find_if(program.variables.begin(), program.variables.end(),
                                  [&](const PrecompiledVariable& variable) { return variable.name == name; });
  if (found != program.variables.end()) return static_cast<std::size_t>(found - program.variables.begin());
  std::vector<std::string> names;
  std::string all;
  for (const PrecompiledVariable& variable : program.variables) {
    names.push_back(variable.name);
    all += (all.empty() ? "; there are " : ", ") + variable.name;
  }
  const std::string near = NearMisses(name, names, 2 + name.size() / 4);
  throw UsageError("--set " + setting + ": there is no variable \"" + name + "\"" +
                   (near.empty() ? all : "; did you mean " + near + "?"));
}

// Negative numbers of a 32-bit variable are the ints of the same 32 bits.
std::uint64_t ValueFor(const PrecompiledVariable& variable, const std::string& text,
                       const std::string& setting) {
  const std::optional<inspect::NumberFromText> number = inspect::ReadNumber(text);
  if (!number)
    throw UsageError("--set " + setting + ": \"" + text +
                     "\" is no number of at most 64 bits, such as 3, 0x1f or -1");
  if (variable.bits == 64) return number->bits;
  const bool is_int = number->is_negative && number->bits >= static_cast<std::uint64_t>(INT64_C(-0x80000000));
  if (number->is_negative && !is_int)
    throw UsageError("--set " + setting + ": the value " + text + " does not fit the 32-bit variable \"" +
                     variable.name + "\"");
  return is_int ? number->bits & UINT32_MAX : number->bits;
}

}  // namespace

Target TargetOf(const GivenWords& given) {
  const std::string name = TextOf(given.options, "arch");
  if (name.empty()) return NativeTarget();
  const Target* const target = FindTarget(name);
  if (target == nullptr) throw UsageError("--arch \"" + name + "\" is unknown; known are " + TargetNames());
  return *target;
}

std::vector<Option> SourceOptions() {
  return {
      {"arch", OptionKind::kText, "ARCH",
       "the architecture that the filter is for: " + TargetNames() + "\n(default: this machine's)"},
      {"set", OptionKind::kTexts, "VARIABLE=VALUE",
       "the value of a variable: decimal, hexadecimal (0x1f), or negative; once for\neach variable"},
      {"definition-seconds", OptionKind::kText, "NUMBER",
       "how long a module may take to be loaded, to list its programs, and to answer\nfor one of them "
       "(default: " +
           std::to_string(SourceRequest().limit.count()) + ")"},
  };
}

Source SourceOf(const GivenWords& given, const std::string& text) {
  return ReadSource({.text = text, .target = TargetOf(given), .limit = LimitOf(given)});
}

std::vector<std::optional<std::uint64_t>> ValuesOf(const GivenWords& given,
                                                   const PrecompiledProgram& program) {
  std::vector<std::optional<std::uint64_t>> values(program.variables.size());
  if (given.options.count("set") == 0) return values;
  for (const std::string& setting : given.options["set"].as<std::vector<std::string>>()) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos)
      throw UsageError("--set " + setting + ": give a variable and its value, as in fd=3");
    const std::size_t index = IndexOf(program, setting.substr(0, equals), setting);
    const PrecompiledVariable& variable = program.variables[index];
    if (values[index]) throw UsageError("--set " + setting + ": \"" + variable.name + "\" is set twice");
    values[index] = ValueFor(variable, setting.substr(equals + 1), setting);
    try {
      CheckNumber(Variable(variable.name, variable.bits, variable.kind), *values[index]);
    } catch (const Error& error) {
      throw UsageError("--set " + setting + ": " + error.problem());
    }
  }
  return values;
}

std::string UnsetVariables(const PrecompiledProgram& program,
                           const std::vector<std::optional<std::uint64_t>>& values) {
  std::string names;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!values[i]) names += (names.empty() ? "\"" : ", \"") + program.variables[i].name + "\"";
  return names;
}

}  // namespace precompiledseccomp::gen
