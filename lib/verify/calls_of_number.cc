// SPDX-License-Identifier: Apache-2.0

#include "verify/calls_of_number.h"

#include <cstddef>
#include <set>

#include "verify/smallest_difference.h"
#include "verify/sources.h"
#include "verify/weakness.h"

namespace precompiledseccomp::verify {
namespace {

int WeaknessOf(const Action& action) {
  return verify::WeaknessOf(action.ReturnValueWithoutData());
}

}  // namespace

CallsOfNumber::CallsOfNumber(const ResolvedPolicy& policy, std::uint32_t number, const Limits& limits)
    : policy_(policy),
      number_(number),
      last_resort_(WeaknessOf(policy.LastResort(number))),
      budget_(limits),
      diagrams_(budget_),
      comparisons_(terms_, order_, diagrams_),
      sets_(diagrams_, comparisons_) {
  for (const ResolvedRuleSet& set : policy.rule_sets)
    for (const ResolvedRule& rule : set.rules)
      if (rule.IsFor(number)) rules_.push_back({&set, &rule});
}

DiagramId CallsOfNumber::Matching(const OneRule& rule, Reader& reader) {
  const DiagramId holds = reader.Holds(rule.rule->condition);
  return rule.set->only_vsyscall ? sets_.And(reader.IsVsyscall(), holds) : holds;
}

DiagramId CallsOfNumber::AtLeast(int weakness, Reader& reader) {
  DiagramId decision = last_resort_ >= weakness ? DiagramSets::All() : DiagramSets::None();
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    const DiagramId matches = Matching(*rule, reader);
    const bool is_weak = WeaknessOf(rule->rule->action) >= weakness;
    decision = is_weak ? sets_.Or(matches, decision) : sets_.And(sets_.Not(matches), decision);
  }
  return decision;
}

std::vector<int> CallsOfNumber::Weaknesses() const {
  std::set<int> weaknesses = {last_resort_};
  for (const OneRule& rule : rules_) weaknesses.insert(WeaknessOf(rule.rule->action));
  return {weaknesses.begin(), weaknesses.end()};
}

std::optional<CallWithNumbers> CallsOfNumber::SmallestOf(DiagramId set) {
  const DiagramId is_no_member = diagrams_.Answer(terms_.Constant(0));
  const DiagramId is_member = diagrams_.Answer(terms_.Constant(1));
  const DiagramId membership = diagrams_.Choose(set, is_member, is_no_member);
  const auto difference = SmallestDifference(membership, is_no_member, policy_.target.audit_arch, terms_,
                                             order_, diagrams_, comparisons_, budget_);
  if (!difference) return std::nullopt;
  CallWithNumbers member;
  for (Source word = 0; word < kWords; ++word) SetWord(word, difference->witness[word], member.call);
  member.call.nr = static_cast<int>(number_);
  member.call.arch = policy_.target.audit_arch;
  for (std::size_t i = 0; i < terms_.variables().size(); ++i)
    member.numbers[terms_.variables()[i]] = difference->witness[kFirstVariable + i];
  return member;
}

}  // namespace precompiledseccomp::verify
