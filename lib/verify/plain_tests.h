// SPDX-License-Identifier: Apache-2.0
//
// What can be said of most conditions without diagrams: that bits which the kernel does not look at can only
// make them false, and that a sign in them makes no difference.
#pragma once

#include <precompiledseccomp/condition.h>

#include "verify/looked_at.h"

namespace precompiledseccomp::verify {

// Whether some test looks at bits that the kernel does not look at.
bool TestsIgnoredBits(const Condition& condition, const LookedAt& looked_at);

// Whether the condition, where it is true of a call, is true of it without the bits that are not looked at,
// too, for all values of variables. False also where that is not easy to see.
bool HoldsWithoutIgnoredBits(const Condition& condition, const LookedAt& looked_at);

// Whether the condition is the same for a negative number in any of the 32-bit arguments and for that with
// its sign in all of the upper half, if no variable is negative. False also where that is not easy to see.
bool IgnoresSigns(const Condition& condition, const LookedAt& looked_at);

}  // namespace precompiledseccomp::verify
