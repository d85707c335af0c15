// SPDX-License-Identifier: Apache-2.0
//
// What a filter answers, for all calls at once.
#pragma once

#include <cstdint>
#include <stdexcept>

#include "bpf/filter_with_holes.h"
#include "verify/budget.h"
#include "verify/comparisons.h"
#include "verify/diagrams.h"
#include "verify/terms.h"

namespace precompiledseccomp::verify {

// Thrown inside of this room only: an instruction of which the meaning is not followed.
class NotFollowed : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct FilterMeaning {
  DiagramId answer = Diagrams::kNo;
  std::uint64_t paths = 0;  // as in Proved
};

// For instructions that the kernel accepts. Throws NotFollowed and TooMuchWork.
FilterMeaning MeaningOfFilter(const bpf::FilterWithHoles& filter, bool big_endian, Terms& terms,
                              Diagrams& diagrams, Comparisons& comparisons, Budget& budget);

}  // namespace precompiledseccomp::verify
