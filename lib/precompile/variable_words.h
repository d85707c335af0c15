// SPDX-License-Identifier: Apache-2.0
//
// Variables as the words that filters compare with: a 32-bit variable is one, a 64-bit one two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <precompiledseccomp/define.h>

#include "precompile/placeholders.h"

namespace precompiledseccomp::precompile {

struct VariableWord {
  std::size_t variable;  // index
  bool is_high_half;
};

// Of all variables, in order; of a 64-bit one the low half first.
std::vector<VariableWord> WordsOf(const std::vector<Variable>& variables);

// The name as in Word.
std::string WordName(const VariableWord& word, const std::vector<Variable>& variables);
// For people: `the high half of "address"`.
std::string TextOf(const VariableWord& word, const std::vector<Variable>& variables);

// The word's part of its variable's placeholder.
std::uint32_t ValueOf(const VariableWord& word, const Placeholders& values);

}  // namespace precompiledseccomp::precompile
