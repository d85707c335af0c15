// SPDX-License-Identifier: Apache-2.0

#include "target/parameters.h"

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

#include "target/parameter_tables.h"

namespace precompiledseccomp {
namespace {

struct Class {
  std::string_view name;
  int bits;
  bool is_signed;
  bool is_pointer;
};

constexpr std::array kClasses = {
    Class{"s32", 32, true, false}, Class{"u32", 32, false, false}, Class{"u16", 16, false, false},
    Class{"s64", 64, true, false}, Class{"u64", 64, false, false}, Class{"ptr", 64, false, true},
};

void SetClass(Parameter& parameter, std::string_view name) {
  const auto* const found =
      std::find_if(kClasses.begin(), kClasses.end(), [&](const Class& c) { return c.name == name; });
  if (found == kClasses.end()) throw std::logic_error("no class of parameters: " + std::string(name));
  parameter.bits = found->bits;
  parameter.is_signed = found->is_signed;
  parameter.is_pointer = found->is_pointer;
}

// What stands before the first `separator`, or all; takes both from the text.
std::string_view TakeFirst(std::string_view& text, std::string_view separator) {
  const std::string_view first = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), first.size() + separator.size()));
  return first;
}

// "s32 fd, ptr buf" as parameters.
std::vector<Parameter> Parse(std::string_view text) {
  std::vector<Parameter> parameters;
  while (!text.empty()) {
    const std::string_view first = TakeFirst(text, ", ");
    const std::size_t space = first.find(' ');
    if (space == std::string_view::npos) throw std::logic_error("no parameter: " + std::string(first));
    Parameter& parameter = parameters.emplace_back();
    parameter.name = first.substr(space + 1);
    parameter.index = static_cast<int>(parameters.size()) - 1;
    SetClass(parameter, first.substr(0, space));
  }
  return parameters;
}

// The row of a table that is sorted by name of the call, or null.
template <typename Row>
const Row* FindRow(std::span<const Row> rows, std::string_view call) {
  const auto found = std::lower_bound(rows.begin(), rows.end(), call,
                                      [](const Row& row, std::string_view c) { return row.call < c; });
  return found != rows.end() && found->call == call ? &*found : nullptr;
}

// The text of the call's parameters on that target, from the most special table that has it.
std::optional<std::string_view> FindText(const Target& target, std::string_view call) {
  for (const ParametersOnTarget& row : ParametersOnTargets())
    if (row.target == target.name && row.call == call) return row.parameters;
  if (const ParametersOfCall* const row = FindRow(DeclaredParameters(), call)) return row->parameters;
  for (const ParametersOfCall& row : FurtherParameters())
    if (row.call == call) return row.parameters;
  return std::nullopt;
}

// Nothing if no parameter has that name.
std::optional<Parameter> WithName(const std::vector<Parameter>& parameters, std::string_view name) {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const Parameter& parameter) { return parameter.name == name; });
  return found == parameters.end() ? std::nullopt : std::optional(*found);
}

// The kernel's name of what the manual page of that call calls `manual`.
std::optional<std::string_view> KernelName(std::string_view call, std::string_view manual) {
  const ManualNamesOfCall* const row = FindRow(ManualNames(), call);
  std::string_view names = row != nullptr ? row->names : "";
  while (!names.empty()) {
    std::string_view kernel = TakeFirst(names, " ");
    if (TakeFirst(kernel, "=") == manual) return kernel;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<Parameter>> ParametersOf(const Target& target, std::string_view call) {
  const auto text = FindText(target, call);
  if (!text) return std::nullopt;
  std::vector<Parameter> parameters = Parse(*text);
  for (const EffectiveClass& row : EffectiveClasses())
    for (Parameter& parameter : parameters)
      if (row.call == call && row.parameter == parameter.name) SetClass(parameter, row.effective);
  return parameters;
}

std::optional<Parameter> FindParameter(const Target& target, std::string_view call, std::string_view name) {
  const auto parameters = ParametersOf(target, call);
  if (!parameters) return std::nullopt;
  if (const auto found = WithName(*parameters, name)) return found;
  if (const auto kernel = KernelName(call, name)) return WithName(*parameters, *kernel);
  for (const ManualName& row : ManualNamesOfAnyCall())
    if (row.manual == name)
      if (const auto found = WithName(*parameters, row.kernel)) return found;
  return std::nullopt;
}

std::string ParameterNames(const std::vector<Parameter>& parameters) {
  std::string names;
  for (const Parameter& parameter : parameters) {
    if (!names.empty()) names += ", ";
    names += parameter.name;
  }
  return names;
}

}  // namespace precompiledseccomp
