// SPDX-License-Identifier: Apache-2.0
//
// Whether a policy lets certain calls through, all of them.
#pragma once

#include <cstdint>
#include <optional>

#include <precompiledseccomp/condition.h>
#include <precompiledseccomp/evaluate.h>

#include "verify/calls_of_number.h"

namespace precompiledseccomp::verify {

// The smallest call of this number, of the target's own and not from the vsyscall page, that fulfils the
// condition and gets another answer than allow and log, with the values of the variables for which it does;
// nothing if there is none. The condition may have variables, the same as the policy's, and no parameters by
// name. Throws Error if it takes more work than `limits`.
std::optional<CallWithNumbers> FindRefusedCall(const ResolvedPolicy& policy, std::uint32_t number,
                                               const Condition& condition,
                                               const Limits& limits = kQuestionLimits);

}  // namespace precompiledseccomp::verify
