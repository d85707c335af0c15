// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/seccomp.h>

#include <precompiledseccomp/condition.h>

#include "support/random.h"

// Calls for which a condition has a wanted outcome. Random arguments hardly ever make a conjunction true, or
// reach the last of five hundred alternatives.
namespace precompiledseccomp::testing {

// Changes arguments and instruction pointer so that `condition` is likely to be `outcome`; it cannot always,
// for tests may contradict each other. Values are chosen at the boundaries of the tests.
void MakeLikely(const Condition& condition, bool outcome, Random& random, seccomp_data& call);

// The same for a single test `leaf` of `condition`, and so that its outcome matters: the other parts of a
// conjunction are made true, those of a disjunction false.
void AimAt(const Condition& condition, const Condition& leaf, bool outcome, Random& random,
           seccomp_data& call);

}  // namespace precompiledseccomp::testing
