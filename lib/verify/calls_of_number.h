// SPDX-License-Identifier: Apache-2.0
//
// The calls of one number, as sets: for questions to a policy that are smaller than a proof.
#pragma once

#include <cstdint>
#include <memory>
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

// What one question may cost. If it would take more, there is no answer.
inline constexpr Limits kQuestionLimits = {.steps = 2'000'000, .bytes = 50'000'000};

// What questions are answered with. Several can share it, one after the other, and need not make terms and
// diagrams anew, which would take most of their time.
class Workbench {
 public:
  explicit Workbench(const Limits& of_a_question = kQuestionLimits);

  struct Tools {
    explicit Tools(const Limits& limits)
        : budget(limits),
          diagrams(budget),
          comparisons(terms, order, diagrams),
          sets(diagrams, comparisons) {}
    Budget budget;
    Terms terms;
    LevelOrder order;
    Diagrams diagrams;
    Comparisons comparisons;
    DiagramSets sets;
  };

  // For the next question. What was made for earlier ones lives until then.
  Tools& Begin();
  // To be called when a question was too much work: what was being made is in no state to go on with.
  void Clear() { tools_.reset(); }

 private:
  Limits of_a_question_;
  std::unique_ptr<Tools> tools_;
};

// A call, and values of the variables.
struct CallWithNumbers {
  seccomp_data call{};
  VariableNumbers numbers;
};

// All functions throw TooMuchWork.
class CallsOfNumber {
 public:
  using Reader = ConditionReader<DiagramSets>;

  // A question to the policy. The policy must outlive this, and no other question begins while it does.
  CallsOfNumber(const ResolvedPolicy& policy, std::uint32_t number, Workbench& workbench);

  struct OneRule {
    const ResolvedRuleSet* set;
    const ResolvedRule* rule;
  };
  // Those that may decide, in order.
  [[nodiscard]] const std::vector<OneRule>& rules() const { return rules_; }

  // Reads conditions as they are, and with the seen bits alone.
  Reader AllBits() { return {tools_.terms, tools_.sets}; }
  Reader SeenBits(const Reader::Seen& seen) { return {tools_.terms, tools_.sets, seen}; }

  // Where the rule would decide if it were the first.
  DiagramId Matching(const OneRule& rule, Reader& reader);
  // Where the answer is as weak as that, or weaker (weakness.h).
  DiagramId AtLeast(int weakness, Reader& reader);
  // The weaknesses that answers have: of rules, and of what is answered where none decides. Ascending.
  [[nodiscard]] std::vector<int> Weaknesses() const;

  DiagramSets& sets() { return tools_.sets; }
  Terms& terms() { return tools_.terms; }

  // The smallest of the set, if it is not empty.
  std::optional<CallWithNumbers> SmallestOf(DiagramId set);

 private:
  const ResolvedPolicy& policy_;
  std::uint32_t number_;
  std::vector<OneRule> rules_;
  int last_resort_;  // how weak the answer is where no rule decides
  Workbench::Tools& tools_;
};

}  // namespace precompiledseccomp::verify
