// SPDX-License-Identifier: Apache-2.0

#include "inspect/known_values.h"

#include <stdexcept>
#include <utility>

namespace precompiledseccomp::inspect {
namespace {

bool IsWordKnown(const Word& word, const VariableNumbers& numbers) {
  return !word.IsVariable() || numbers.count(word.variable()) != 0;
}

// One that a variable of each kind can have.
constexpr std::uint64_t kOfAnyKind = 1;

}  // namespace

KnownValues::KnownValues(const PrecompiledProgram& program, std::vector<std::optional<std::uint64_t>> values)
    : values_(std::move(values)) {
  for (const PrecompiledVariable& variable : program.variables)
    variables_.emplace_back(variable.name, variable.bits, variable.kind);
  if (variables_.size() != values_.size()) throw std::logic_error("there is not a value for each variable");
  for (std::size_t i = 0; i < variables_.size(); ++i)
    if (values_[i]) numbers_.merge(NumbersOf({variables_[i]}, {*values_[i]}));
}

bool KnownValues::IsKnown(const Value& value) const {
  return IsWordKnown(value.high(), numbers_) && IsWordKnown(value.low(), numbers_);
}

std::size_t KnownValues::VariableOf(const Value& value) const {
  const Word& word = value.low().IsVariable() ? value.low() : value.high();
  for (std::size_t i = 0; i < variables_.size(); ++i) {
    const std::string& name = variables_[i].name;
    const bool is_wide = variables_[i].bits == 64;
    if (is_wide ? word.variable() == LowHalfName(name) || word.variable() == HighHalfName(name)
                : word.variable() == name)
      return i;
  }
  throw std::logic_error("a policy has a variable \"" + word.variable() + "\" that is not its program's");
}

std::vector<std::uint64_t> KnownValues::CompletedWith(
    const std::vector<std::optional<std::uint64_t>>& others) const {
  std::vector<std::uint64_t> values;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const std::optional<std::uint64_t> other = i < others.size() ? others[i] : std::nullopt;
    values.push_back(values_[i] ? *values_[i] : other.value_or(kOfAnyKind));
  }
  return values;
}

}  // namespace precompiledseccomp::inspect
