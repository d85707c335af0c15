// SPDX-License-Identifier: Apache-2.0
//
// A proof with diagrams of one order of levels. What it finds does not depend on the order; how much work it
// is does.
#pragma once

#include <stdexcept>
#include <utility>

#include "bpf/filter_with_holes.h"
#include "verify/budget.h"
#include "verify/level_order.h"
#include "verify/terms.h"
#include "verify/verify.h"

namespace precompiledseccomp::verify {

// They differ, but to find the smallest call that shows it is too much work.
class SmallestNotFound : public std::runtime_error {
 public:
  explicit SmallestNotFound(Refuted larger)
      : std::runtime_error("the smallest difference takes too much work"), larger_(std::move(larger)) {}

  [[nodiscard]] const Refuted& larger() const { return larger_; }

 private:
  Refuted larger_;
};

// For instructions that the kernel accepts. Terms stay what they are for proofs in other orders that follow.
// Throws TooMuchWork, which names the rule that takes most; SmallestNotFound; and NotFollowed
// (filter_meaning.h).
Verdict ProveInOrder(const ResolvedPolicy& policy, const bpf::FilterWithHoles& filter, LevelOrder order,
                     Terms& terms, Budget& budget);

}  // namespace precompiledseccomp::verify
