// SPDX-License-Identifier: Apache-2.0
//
// Comparisons of two terms, as sets of calls.
//
// If one word is compared with a constant, whatever its mask, the set is exact: a diagram over the word's
// fields. Any other comparison is a fact of its own (level_order.h), of which nothing is known but that two
// terms cannot be equal and one greater. Facts can contradict each other in other ways (argument 0 equals the
// variable, and is 5, and the variable is not 5); where that matters, fact_solver.h finds it out.
#pragma once

#include "verify/diagrams.h"
#include "verify/level_order.h"
#include "verify/terms.h"

namespace precompiledseccomp::verify {

class Comparisons {
 public:
  Comparisons(Terms& terms, LevelOrder& order, Diagrams& diagrams)
      : terms_(terms), order_(order), diagrams_(diagrams) {}

  DiagramId Equal(TermId left, TermId right);
  // Unsigned.
  DiagramId Greater(TermId left, TermId right);
  DiagramId GreaterOrEqual(TermId left, TermId right) { return diagrams_.Not(Greater(right, left)); }
  // (left & right) != 0
  DiagramId AnyBitInCommon(TermId left, TermId right);

  // left == right as a fact, also where it could be told exactly; not of two constants.
  DiagramId EqualAsFact(TermId left, TermId right);
  // Where a fact holds.
  DiagramId SetOf(const Fact& fact);

 private:
  Terms& terms_;
  LevelOrder& order_;
  Diagrams& diagrams_;
};

}  // namespace precompiledseccomp::verify
