// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "support/random.h"
#include "verify/verify.h"

namespace precompiledseccomp::testing {

// A filter that answers all calls as `filter` does, by other means: values go through X and scratch
// memory, are masked with all bits and changed twice, constants are calculated, comparisons are with X, and
// jumps lead to the next instruction. Takes filters that use neither X nor scratch memory, as compiled ones
// are. Nothing if a conditional jump would reach too far.
std::optional<bpf::FilterWithHoles> Disguised(const bpf::FilterWithHoles& filter, Random& random);

}  // namespace precompiledseccomp::testing
