// SPDX-License-Identifier: Apache-2.0
//
// The calls of one number, as sets: for questions to a policy that are smaller than a proof.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <linux/seccomp.h>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/value.h>

#include "verify/budget.h"
#include "verify/comparisons.h"
#include "verify/condition_reader.h"
#include "verify/diagram_sets.h"
#include "verify/diagrams.h"
#include "verify/level_order.h"
#include "verify/limits.h"
#include "verify/terms.h"

namespace precompiledseccomp::verify {

// What such a question may cost.
inline constexpr Limits kQuestionLimits = {.steps = 2'000'000, .bytes = 50'000'000};

// A call, and values of the variables.
struct CallWithNumbers {
  seccomp_data call{};
  VariableNumbers numbers;
};

// All functions but the first ones throw TooMuchWork.
class CallsOfNumber {
 public:
  using Reader = ConditionReader<DiagramSets>;

  // The policy must outlive this.
  CallsOfNumber(const ResolvedPolicy& policy, std::uint32_t number, const Limits& limits);
  CallsOfNumber(const CallsOfNumber&) = delete;
  CallsOfNumber& operator=(const CallsOfNumber&) = delete;

  struct OneRule {
    const ResolvedRuleSet* set;
    const ResolvedRule* rule;
  };
  // Those that may decide, in order.
  [[nodiscard]] const std::vector<OneRule>& rules() const { return rules_; }

  // Reads conditions as they are, and with the seen bits alone.
  Reader AllBits() { return {terms_, sets_}; }
  Reader SeenBits(const Reader::Seen& seen) { return {terms_, sets_, seen}; }

  // Where the rule would decide if it were the first.
  DiagramId Matching(const OneRule& rule, Reader& reader);
  // Where the answer is as weak as that, or weaker (weakness.h).
  DiagramId AtLeast(int weakness, Reader& reader);
  // The weaknesses that answers have: of rules, and of what is answered where none decides. Ascending.
  [[nodiscard]] std::vector<int> Weaknesses() const;

  DiagramSets& sets() { return sets_; }
  Terms& terms() { return terms_; }

  // The smallest of the set, if it is not empty.
  std::optional<CallWithNumbers> SmallestOf(DiagramId set);

 private:
  const ResolvedPolicy& policy_;
  std::uint32_t number_;
  std::vector<OneRule> rules_;
  int last_resort_;  // how weak the answer is where no rule decides
  Budget budget_;
  Terms terms_;
  LevelOrder order_;
  Diagrams diagrams_;
  Comparisons comparisons_;
  DiagramSets sets_;
};

}  // namespace precompiledseccomp::verify
