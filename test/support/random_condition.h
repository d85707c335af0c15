// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <precompiledseccomp/condition.h>
#include <precompiledseccomp/define.h>

#include "support/random.h"

namespace precompiledseccomp::testing {

// What random conditions of one policy are made of. Few operands and few constants: so that several tests
// look at the same word, and constants are equal, neighbours, or share a half.
struct Ingredients {
  std::vector<Operand> operands;
  std::vector<std::uint64_t> constants;
  int deepest = 3;  // nesting of and, or, not
};

Ingredients RandomIngredients(Random& random);

// The variables that random conditions and actions use: three of 32 bits, one of 64.
const std::vector<Variable>& RandomVariables();

// A condition of any kind. With `values`, about every fourth constant is a variable instead. Which ones
// depends on `random` alone, never on the values themselves: the same `random` gives the same condition for
// any values.
Condition RandomCondition(const Ingredients& ingredients, const Values* values, Random& random);

}  // namespace precompiledseccomp::testing
