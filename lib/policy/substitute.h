// SPDX-License-Identifier: Apache-2.0
//
// Parts of a policy with other values for its variables.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <precompiledseccomp/action.h>
#include <precompiledseccomp/condition.h>

namespace precompiledseccomp {

// The value of a variable, by its name in Word::variable.
using ValueOfVariable = std::function<std::uint32_t(const std::string&)>;

Condition Substitute(const Condition& condition, const ValueOfVariable& value_of);
Action Substitute(const Action& action, const ValueOfVariable& value_of);

}  // namespace precompiledseccomp
