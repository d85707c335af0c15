// SPDX-License-Identifier: Apache-2.0

#include <precompiledseccomp/define.h>

#include <algorithm>
#include <cstddef>

namespace precompiledseccomp {
namespace {

std::string DeclaredNames(const std::vector<Variable>& variables) {
  std::string names;
  for (const Variable& variable : variables) names += (names.empty() ? "" : ", ") + variable.name;
  return names.empty() ? "it declared none" : "it declared " + names;
}

// What is wrong with a number of at most 32 bits; "" if nothing is.
std::string ProblemOf(Variable::Kind kind, std::uint64_t number) {
  constexpr std::uint64_t kLargestErrno = 4095;
  switch (kind) {
    case Variable::Kind::kInteger:
      break;
    case Variable::Kind::kFd:
      if (number > INT32_MAX) return "a file descriptor, which is not negative";
      break;
    case Variable::Kind::kPid:
      if (number == 0 || number > INT32_MAX) return "a process id, which is positive";
      break;
    case Variable::Kind::kErrno:
      if (number == 0 || number > kLargestErrno) return "an error number, which is 1 to 4095";
      break;
    case Variable::Kind::kAnswerData:
      if (number > UINT16_MAX) return "the data of an answer, which is 0 to 65535";
      break;
  }
  return "";
}

}  // namespace

std::string LowHalfName(std::string_view variable) {
  return std::string(variable) + ".low";
}
std::string HighHalfName(std::string_view variable) {
  return std::string(variable) + ".high";
}

void CheckNumber(const Variable& variable, std::uint64_t number) {
  if (variable.bits == 64) return;
  if (number > UINT32_MAX)
    throw Error("the value " + std::to_string(number) + " does not fit the 32-bit variable \"" +
                variable.name + "\"");
  const std::string problem = ProblemOf(variable.kind, number);
  if (!problem.empty())
    throw Error("the variable \"" + variable.name + "\" is " + problem + "; its value is " +
                std::to_string(static_cast<std::int32_t>(number)));
}

VariableNumbers NumbersOf(const std::vector<Variable>& variables, const std::vector<std::uint64_t>& numbers) {
  if (variables.size() != numbers.size())
    throw Error(std::to_string(variables.size()) + " variables were given " + std::to_string(numbers.size()) +
                " values");
  VariableNumbers words;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const auto low = static_cast<std::uint32_t>(numbers[i]);
    const auto high = static_cast<std::uint32_t>(numbers[i] >> 32);
    const std::string& name = variables[i].name;
    if (variables[i].bits == 64) {
      words[LowHalfName(name)] = low;
      words[HighHalfName(name)] = high;
    } else if (high == 0) {
      words[name] = low;
    } else {
      throw Error("the value " + std::to_string(numbers[i]) + " does not fit the 32-bit variable \"" + name +
                  "\"");
    }
  }
  return words;
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

  if (bits == 32) return Value(Word(), Word::Variable(found->name));
  return Value(Word::Variable(HighHalfName(found->name)), Word::Variable(LowHalfName(found->name)));
}

}  // namespace precompiledseccomp
