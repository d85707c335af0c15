// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>

#include <linux/seccomp.h>

#include <precompiledseccomp/value.h>

#include "support/random.h"
#include "verify/budget.h"
#include "verify/comparisons.h"
#include "verify/diagrams.h"
#include "verify/level_order.h"
#include "verify/terms.h"

// Decision diagrams, looked at for one call.
namespace precompiledseccomp::testing {

// Any order of levels: bytes are taken apart at random.
verify::LevelOrder RandomOrder(Random& random);

// What a proof works with.
struct Workplace {
  explicit Workplace(const verify::Limits& limits = {}) : budget(limits) {}
  explicit Workplace(verify::LevelOrder given_order) : budget({}), order(std::move(given_order)) {}

  verify::Budget budget;
  verify::Terms terms;
  verify::LevelOrder order;
  verify::Diagrams diagrams{budget};
  verify::Comparisons comparisons{terms, order, diagrams};

  // The value of a word of the call, or of a variable; the latter's are zero if they are not given.
  [[nodiscard]] std::uint32_t ValueOf(verify::Source source, const seccomp_data& call,
                                      const VariableNumbers& values) const;
  [[nodiscard]] std::uint32_t ValueOfTerm(verify::TermId term, const seccomp_data& call,
                                          const VariableNumbers& values) const;
  // The leaf that the call leads to.
  [[nodiscard]] verify::DiagramId LeafOf(verify::DiagramId node, const seccomp_data& call,
                                         const VariableNumbers& values = {}) const;
  // The answer of that leaf.
  [[nodiscard]] std::uint32_t AnswerOf(verify::DiagramId node, const seccomp_data& call,
                                       const VariableNumbers& values = {}) const;
  // Of a diagram that leads to yes and no.
  [[nodiscard]] bool Holds(verify::DiagramId node, const seccomp_data& call,
                           const VariableNumbers& values = {}) const {
    return LeafOf(node, call, values) == verify::Diagrams::kYes;
  }
};

}  // namespace precompiledseccomp::testing
