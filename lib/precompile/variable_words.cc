// SPDX-License-Identifier: Apache-2.0

#include "precompile/variable_words.h"

namespace precompiledseccomp::precompile {

std::vector<VariableWord> WordsOf(const std::vector<Variable>& variables) {
  std::vector<VariableWord> words;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    words.push_back({i, false});
    if (variables[i].bits == 64) words.push_back({i, true});
  }
  return words;
}

std::string WordName(const VariableWord& word, const std::vector<Variable>& variables) {
  const Variable& variable = variables[word.variable];
  if (variable.bits == 32) return variable.name;
  return word.is_high_half ? HighHalfName(variable.name) : LowHalfName(variable.name);
}

std::string TextOf(const VariableWord& word, const std::vector<Variable>& variables) {
  const Variable& variable = variables[word.variable];
  if (variable.bits == 32) return "\"" + variable.name + "\"";
  return "the " + std::string(word.is_high_half ? "high" : "low") + " half of \"" + variable.name + "\"";
}

std::uint32_t ValueOf(const VariableWord& word, const Placeholders& values) {
  const std::uint64_t value = values[word.variable];
  return static_cast<std::uint32_t>(word.is_high_half ? value >> 32 : value);
}

}  // namespace precompiledseccomp::precompile
