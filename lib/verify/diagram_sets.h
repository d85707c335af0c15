// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "verify/comparisons.h"
#include "verify/diagrams.h"
#include "verify/terms.h"

namespace precompiledseccomp::verify {

// The sets of calls that conditions are made of, as diagrams.
class DiagramSets {
 public:
  using Set = DiagramId;

  DiagramSets(Diagrams& diagrams, Comparisons& comparisons)
      : diagrams_(diagrams), comparisons_(comparisons) {}

  static Set All() { return Diagrams::kYes; }
  static Set None() { return Diagrams::kNo; }
  Set Not(Set set) { return diagrams_.Not(set); }
  Set And(Set left, Set right) { return diagrams_.And(left, right); }
  Set Or(Set left, Set right) { return diagrams_.Or(left, right); }
  Set Equal(TermId left, TermId right) { return comparisons_.Equal(left, right); }
  Set Greater(TermId left, TermId right) { return comparisons_.Greater(left, right); }
  Set AnyBitInCommon(TermId left, TermId right) { return comparisons_.AnyBitInCommon(left, right); }

 private:
  Diagrams& diagrams_;
  Comparisons& comparisons_;
};

}  // namespace precompiledseccomp::verify
