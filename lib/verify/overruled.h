// SPDX-License-Identifier: Apache-2.0
//
// What earlier rules leave a rule to decide.
#pragma once

#include <cstdint>
#include <optional>

#include <precompiledseccomp/evaluate.h>

#include "verify/calls_of_number.h"

namespace precompiledseccomp::verify {

struct LeftToARule {
  bool has_some = true;  // whether there is a call of the number that it decides
  // If there is none: a call, the smallest, that it was for and that gets a weaker answer (weakness.h).
  std::optional<CallWithNumbers> overruled = std::nullopt;
};

// What is left to a rule, which is one of the policy's and for that number. If it would take
// too much to find out, something is.
LeftToARule FindWhatIsLeft(const ResolvedPolicy& policy, const ResolvedRule& rule, std::uint32_t number,
                           Workbench& workbench);

}  // namespace precompiledseccomp::verify
