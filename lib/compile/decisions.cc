// SPDX-License-Identifier: Apache-2.0

#include "compile/decisions.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "compile/lower_condition.h"
#include "compile/rules.h"
#include "policy/same.h"

namespace precompiledseccomp::compile {
namespace {

// Neighbouring rules with the same action are one rule whose conditions are joined by or; this is what lets
// the conditions of a call that an author listed one by one be searched as a set.
NodeId DecideByRules(const ResolvedPolicy& policy, const RuleIndices& indices, NodeId otherwise,
                     Graph& graph) {
  NodeId decision = otherwise;
  for (std::size_t end = indices.size(); end > 0;) {
    const ResolvedRule& last = RuleAt(policy, indices[end - 1]);
    const bool only_vsyscall = policy.rule_sets[indices[end - 1].set].only_vsyscall;
    std::size_t begin = end;
    while (begin > 0 && AreSame(RuleAt(policy, indices[begin - 1]).action, last.action) &&
           policy.rule_sets[indices[begin - 1].set].only_vsyscall == only_vsyscall)
      --begin;
    std::vector<Condition> conditions;
    for (std::size_t i = begin; i < end; ++i) conditions.push_back(RuleAt(policy, indices[i]).condition);
    const NodeId matched =
        LowerAnyOf(conditions, graph.AddAction(last.action), decision, policy.target, graph);
    decision = only_vsyscall ? LowerIsVsyscall(matched, decision, policy.target, graph) : matched;
    end = begin;
  }
  return decision;
}

bool IsUnknown(const ResolvedPolicy& policy, std::uint32_t number) {
  if (number == kUnnamedKnown) return false;
  return policy.baseline && !policy.baseline->Knows(number);
}

// What is left for a number when no rule has decided.
NodeId LastResort(const ResolvedPolicy& policy, std::uint32_t number, Graph& graph) {
  const bool is_unknown = IsUnknown(policy, number);
  return graph.AddAction(is_unknown ? policy.baseline->unknown_action : policy.default_action);
}

}  // namespace

Decisions DecisionsOfCalls(const ResolvedPolicy& policy, Graph& graph) {
  Decisions decisions;
  std::map<std::uint32_t, RuleIndices> rules = RulesByNumber(policy);
  if (const RuleIndices for_any_call = RulesForAnyCall(policy); !for_any_call.empty()) {
    std::vector<std::uint32_t> unnamed = UsualCalls(policy.target);
    for (const auto& [number, count] : policy.counts)
      if (number != Target::kSkippedCall) unnamed.push_back(number);
    unnamed.push_back(kUnnamedKnown);
    unnamed.push_back(kUnnamedUnknown);
    for (const std::uint32_t number : unnamed) rules.emplace(number, for_any_call);
  }
  // Calls that the same rules are for, which is most of them, are decided alike.
  std::map<std::pair<RuleIndices, NodeId>, NodeId> known;
  for (const auto& [number, indices] : rules) {
    const NodeId otherwise = LastResort(policy, number, graph);
    const auto [entry, is_new] = known.emplace(std::pair(indices, otherwise), otherwise);
    if (is_new) entry->second = DecideByRules(policy, indices, otherwise, graph);
    decisions[number] = entry->second;
  }
  return decisions;
}

NodeId DecisionOfUnnamed(const ResolvedPolicy& policy, const Decisions& decisions, std::uint32_t number,
                         Graph& graph) {
  const auto for_any_call = decisions.find(IsUnknown(policy, number) ? kUnnamedUnknown : kUnnamedKnown);
  const bool is_decided = number != Target::kSkippedCall && for_any_call != decisions.end();
  return is_decided ? for_any_call->second : LastResort(policy, number, graph);
}

}  // namespace precompiledseccomp::compile
