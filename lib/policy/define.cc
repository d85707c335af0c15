// SPDX-License-Identifier: Apache-2.0

#include <precompiledseccomp/define.h>

#include <algorithm>

namespace precompiledseccomp {
namespace {

std::string DeclaredNames(const std::vector<Variable>& variables) {
  std::string names;
  for (const Variable& variable : variables) names += (names.empty() ? "" : ", ") + variable.name;
  return names.empty() ? "it declared none" : "it declared " + names;
}

}  // namespace

std::string LowHalfName(std::string_view variable) {
  return std::string(variable) + ".low";
}
std::string HighHalfName(std::string_view variable) {
  return std::string(variable) + ".high";
}

Values::Values(const Target& target, const std::vector<Variable>& variables,
               const std::vector<std::uint64_t>& numbers)
    : target_(&target), variables_(variables), numbers_(numbers) {
  if (variables_.size() != numbers_.size())
    throw Error(std::to_string(variables_.size()) + " variables were given " +
                std::to_string(numbers_.size()) + " values");
  for (std::size_t i = 0; i < variables_.size(); ++i)
    if (variables_[i].bits == 32 && numbers_[i] > UINT32_MAX)
      throw Error("the value " + std::to_string(numbers_[i]) + " does not fit the 32-bit variable \"" +
                  variables_[i].name + "\"");
}

Value Values::operator[](std::string_view name) const {
  return Find(name, 32);
}

Value Values::Uint64(std::string_view name) const {
  return Find(name, 64);
}

Value Values::Find(std::string_view name, int bits) const {
  const auto found = std::find_if(variables_.begin(), variables_.end(),
                                  [&](const Variable& variable) { return variable.name == name; });
  if (found == variables_.end())
    throw Error("the definition uses the variable \"" + std::string(name) + "\", which it did not declare; " +
                DeclaredNames(variables_));
  if (found->bits != bits)
    throw Error("the variable \"" + found->name + "\" has " + std::to_string(found->bits) + " bits; use " +
                (found->bits == 64 ? "Uint64(\"" + found->name + "\")" : "[\"" + found->name + "\"]"));

  const std::uint64_t number = numbers_[static_cast<std::size_t>(found - variables_.begin())];
  const auto low = static_cast<std::uint32_t>(number);
  if (bits == 32) return Value(Word{0, {}}, Word{low, found->name});
  return Value(Word{static_cast<std::uint32_t>(number >> 32), HighHalfName(found->name)},
               Word{low, LowHalfName(found->name)});
}

}  // namespace precompiledseccomp
