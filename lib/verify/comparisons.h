// SPDX-License-Identifier: Apache-2.0
//
// Comparisons of two terms, as sets of calls.
//
// If one word is compared with a constant, whatever its mask, the set is exact: a diagram over the word's
// four bytes. Any other comparison is a fact of its own (diagrams.h), of which nothing is known but that two
// terms cannot be equal and one greater. Facts can contradict each other in other ways (argument 0 equals the
// variable, and is 5, and the variable is not 5); where that matters, fact_solver.h finds it out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "verify/diagrams.h"
#include "verify/terms.h"

namespace precompiledseccomp::verify {

// left == right, or left > right, of terms that are not both constants.
struct Fact {
  enum class Relation : std::uint8_t { kEqual, kGreater };
  Relation relation = Relation::kEqual;
  TermId left = 0;
  TermId right = 0;
  friend auto operator<=>(const Fact&, const Fact&) = default;  // NOLINT: clang-tidy 14 wants a nullptr
};

class Comparisons {
 public:
  Comparisons(Terms& terms, Diagrams& diagrams) : terms_(terms), diagrams_(diagrams) {}

  DiagramId Equal(TermId left, TermId right);
  // Unsigned.
  DiagramId Greater(TermId left, TermId right);
  DiagramId GreaterOrEqual(TermId left, TermId right) { return diagrams_.Not(Greater(right, left)); }
  // (left & right) != 0
  DiagramId AnyBitInCommon(TermId left, TermId right);

  // left == right as a fact, also where it could be told exactly; not of two constants.
  DiagramId EqualAsFact(TermId left, TermId right);

  // The fact at LevelOfFact(i) is facts()[i].
  [[nodiscard]] const std::vector<Fact>& facts() const { return facts_; }

 private:
  DiagramId SetOf(const Fact& fact);

  Terms& terms_;
  Diagrams& diagrams_;
  std::vector<Fact> facts_;
  std::map<Fact, DiagramId> sets_;
};

}  // namespace precompiledseccomp::verify
