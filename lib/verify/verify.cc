// SPDX-License-Identifier: Apache-2.0
//
// What the filter answers and what the policy says are two functions of a call; as decision diagrams, equal
// functions are one node (diagrams.h). Where they are not, the difference is looked for
// (smallest_difference.h), run in the interpreter and put to the policy's evaluator, before it is reported.
//
//   sources.h              what answers may depend on
//   terms.h                32-bit values of which the bits are not known yet
//   diagrams.h             functions of a call
//   pages.h                where diagrams are kept
//   comparisons.h          comparisons of terms, as sets of calls
//   filter_meaning.h       the filter's answers
//   policy_meaning.h       the policy's answers
//   joint_tests.h          which tests of a policy have to hold together, and are looked at first
//   smallest_difference.h  where the answers differ
//   fact_solver.h          whether facts about variables can hold together
//   byte_set.h             values of a byte
//   budget.h               how much work that may be

#include "verify/verify.h"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>

#include "bpf/acceptance.h"
#include "bpf/interpreter.h"
#include "verify/filter_meaning.h"
#include "verify/policy_meaning.h"
#include "verify/smallest_difference.h"

namespace precompiledseccomp::verify {
namespace {

void CheckHoles(const bpf::FilterWithHoles& filter) {
  for (const bpf::Hole& hole : filter.holes)
    if (hole.index >= filter.instructions.size())
      throw std::invalid_argument("the variable \"" + hole.variable +
                                  "\" stands outside of the instructions");
}

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
  for (const bpf::Hole& hole : filter.holes) instructions[hole.index].k = numbers.at(hole.variable);
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

Verdict ProveAccepted(const ResolvedPolicy& policy, const bpf::FilterWithHoles& filter,
                      const Limits& limits) {
  Budget budget(limits);
  Terms terms;
  LevelOrder order;
  Diagrams diagrams(budget);
  Comparisons comparisons(terms, order, diagrams);
  try {
    const DiagramId wanted = MeaningOfPolicy(policy, terms, diagrams, comparisons);
    const FilterMeaning found =
        MeaningOfFilter(filter, policy.target.big_endian, terms, diagrams, comparisons, budget);
    if (wanted != found.answer) {
      const auto difference = SmallestDifference(found.answer, wanted, policy.target.audit_arch, terms, order,
                                                 diagrams, comparisons, budget);
      if (difference) return Refute(policy, filter, difference->witness, terms);
    }
    return Proved{found.paths, diagrams.size(), budget.steps()};
  } catch (const TooMuchWork& problem) {
    return Undecided{Undecided::Reason::kTooMuchWork, problem.what()};
  } catch (const NotFollowed& problem) {
    return Undecided{Undecided::Reason::kInstruction, problem.what()};
  }
}

}  // namespace

Verdict Prove(const ResolvedPolicy& policy, const bpf::FilterWithHoles& filter, const Limits& limits) {
  CheckHoles(filter);
  if (const auto reason = bpf::ReasonForRefusal(filter.instructions))
    return Undecided{Undecided::Reason::kInstruction, "the kernel refuses the filter: " + *reason};
  return ProveAccepted(policy, filter, limits);
}

}  // namespace precompiledseccomp::verify
