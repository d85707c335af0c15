// SPDX-License-Identifier: Apache-2.0

#include "verify/proof_in_order.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bpf/interpreter.h"
#include "verify/comparisons.h"
#include "verify/diagrams.h"
#include "verify/filter_meaning.h"
#include "verify/largest_rule.h"
#include "verify/policy_meaning.h"
#include "verify/smallest_difference.h"

namespace precompiledseccomp::verify {
namespace {

// Of a variable that neither answers nor conditions depend on, such as that of a hole which no call reaches,
// the number does not matter.
VariableNumbers NumbersOf(const Witness& witness, const Terms& terms, const bpf::FilterWithHoles& filter) {
  VariableNumbers numbers;
  for (const bpf::Hole& hole : filter.holes) numbers[hole.variable] = 0;
  for (std::size_t i = 0; i < terms.variables().size(); ++i)
    numbers[terms.variables()[i]] = witness[kFirstVariable + i];
  return numbers;
}

std::vector<sock_filter> Rendered(const bpf::FilterWithHoles& filter, const VariableNumbers& numbers) {
  std::vector<sock_filter> instructions = filter.instructions;
  for (const bpf::Hole& hole : filter.holes)
    instructions[hole.index].k = hole.OperandFor(numbers.at(hole.variable));
  return instructions;
}

// Runs filter and policy on what was found.
Refuted Refute(const ResolvedPolicy& policy, const bpf::FilterWithHoles& filter, const Witness& witness,
               const Terms& terms) {
  const VariableNumbers numbers = NumbersOf(witness, terms, filter);
  Refuted refuted;
  for (Source word = 0; word < kWords; ++word) SetWord(word, witness[word], refuted.call);
  refuted.values.assign(numbers.begin(), numbers.end());
  std::vector<bool> ran;
  refuted.filter_answer =
      bpf::Run(Rendered(filter, numbers), refuted.call, ran, policy.target.big_endian).result;
  refuted.policy_answer = Evaluate(policy, refuted.call, numbers);
  // Jumps go forward, so that the last instruction that ran is the last one in the program.
  refuted.instruction =
      static_cast<std::size_t>(std::find(ran.rbegin(), ran.rend(), true).base() - ran.begin()) - 1;
  if (refuted.filter_answer == refuted.policy_answer)
    throw std::logic_error("the prover is wrong, as filter and policy do not differ where it says: " +
                           Describe(refuted, policy.target));
  return refuted;
}

// Both may be different nodes and still answer alike, if they differ where facts contradict each other.
Verdict Compare(const ResolvedPolicy& policy, const bpf::FilterWithHoles& filter, LevelOrder& order,
                Terms& terms, Diagrams& diagrams, Budget& budget, LargestRule& largest) {
  Comparisons comparisons(terms, order, diagrams);
  const DiagramId wanted = MeaningOfPolicy(policy, terms, diagrams, comparisons, largest);
  const FilterMeaning found =
      MeaningOfFilter(filter, policy.target.big_endian, terms, diagrams, comparisons, budget);
  if (wanted != found.answer) {
    const auto difference = SmallestDifference(found.answer, wanted, policy.target.audit_arch, terms, order,
                                               diagrams, comparisons, budget);
    if (difference) {
      Refuted refuted = Refute(policy, filter, difference->witness, terms);
      if (!difference->is_smallest) throw SmallestNotFound(std::move(refuted));
      return refuted;
    }
  }
  return Proved{found.paths, diagrams.size(), budget.steps()};
}

}  // namespace

Verdict ProveInOrder(const ResolvedPolicy& policy, const bpf::FilterWithHoles& filter, LevelOrder order,
                     Terms& terms, Budget& budget) {
  Diagrams diagrams(budget);
  LargestRule largest;
  try {
    return Compare(policy, filter, order, terms, diagrams, budget, largest);
  } catch (const TooMuchWork& problem) {
    throw TooMuchWork(problem.what() + largest.Text(policy.target));
  }
}

}  // namespace precompiledseccomp::verify
