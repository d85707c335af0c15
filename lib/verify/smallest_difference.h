// SPDX-License-Identifier: Apache-2.0
//
// The smallest call, and values of the variables, for which two functions of calls differ.
#pragma once

#include <cstdint>
#include <optional>

#include "verify/budget.h"
#include "verify/comparisons.h"
#include "verify/diagrams.h"
#include "verify/fact_solver.h"
#include "verify/level_order.h"
#include "verify/terms.h"

namespace precompiledseccomp::verify {

struct Difference {
  Witness witness;
  bool is_smallest = true;  // otherwise, to go on looking would exceed the limits
};

// Nothing if the functions are equal: as nodes, or because the paths on which they differ contradict
// themselves. Smallest is meant as in Refuted. Throws TooMuchWork if not even a larger one is found.
std::optional<Difference> SmallestDifference(DiagramId left, DiagramId right, std::uint32_t own_architecture,
                                             const Terms& terms, const LevelOrder& order, Diagrams& diagrams,
                                             Comparisons& comparisons, Budget& budget);

}  // namespace precompiledseccomp::verify
