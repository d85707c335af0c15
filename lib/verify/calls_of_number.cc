// SPDX-License-Identifier: Apache-2.0

#include "verify/calls_of_number.h"

#include <cstddef>
#include <set>

#include "verify/smallest_difference.h"
#include "verify/sources.h"
#include "verify/weakness.h"

namespace precompiledseccomp::verify {

Workbench::Workbench(const Limits& of_a_question) : of_a_question_(of_a_question) {}

Workbench::Tools& Workbench::Begin() {
  if (!tools_ || tools_->budget.bytes() > of_a_question_.bytes / 2)
    tools_ = std::make_unique<Tools>(of_a_question_);
  tools_->budget.Permit(
      {.steps = tools_->budget.steps() + of_a_question_.steps, .bytes = of_a_question_.bytes});
  return *tools_;
}

CallsOfNumber::CallsOfNumber(const ResolvedPolicy& policy, std::uint32_t number, Workbench& workbench)
    : policy_(policy),
      number_(number),
      last_resort_(WeaknessOf(policy.LastResort(number))),
      tools_(workbench.Begin()) {
  for (const ResolvedRuleSet& set : policy.rule_sets)
    for (const ResolvedRule& rule : set.rules)
      if (rule.IsFor(number)) rules_.push_back({&set, &rule});
}

DiagramId CallsOfNumber::Matching(const OneRule& rule, Reader& reader) {
  const DiagramId holds = reader.Holds(rule.rule->condition);
  return rule.set->only_vsyscall ? tools_.sets.And(reader.IsVsyscall(), holds) : holds;
}

DiagramId CallsOfNumber::AtLeast(int weakness, Reader& reader) {
  DiagramId decision = last_resort_ >= weakness ? DiagramSets::All() : DiagramSets::None();
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    const DiagramId matches = Matching(*rule, reader);
    const bool is_weak = WeaknessOf(rule->rule->action) >= weakness;
    decision =
        is_weak ? tools_.sets.Or(matches, decision) : tools_.sets.And(tools_.sets.Not(matches), decision);
  }
  return decision;
}

std::vector<int> CallsOfNumber::Weaknesses() const {
  std::set<int> weaknesses = {last_resort_};
  for (const OneRule& rule : rules_) weaknesses.insert(WeaknessOf(rule.rule->action));
  return {weaknesses.begin(), weaknesses.end()};
}

std::optional<CallWithNumbers> CallsOfNumber::SmallestOf(DiagramId set) {
  auto& [budget, terms, order, diagrams, comparisons, sets] = tools_;
  const DiagramId is_no_member = diagrams.Answer(terms.Constant(0));
  const DiagramId is_member = diagrams.Answer(terms.Constant(1));
  const DiagramId membership = diagrams.Choose(set, is_member, is_no_member);
  const auto difference = SmallestDifference(membership, is_no_member, policy_.target.audit_arch, terms,
                                             order, diagrams, comparisons, budget);
  if (!difference) return std::nullopt;
  CallWithNumbers member;
  for (Source word = 0; word < kWords; ++word) SetWord(word, difference->witness[word], member.call);
  member.call.nr = static_cast<int>(number_);
  member.call.arch = policy_.target.audit_arch;
  for (std::size_t i = 0; i < terms.variables().size(); ++i)
    member.numbers[terms.variables()[i]] = difference->witness[kFirstVariable + i];
  return member;
}

}  // namespace precompiledseccomp::verify
