// SPDX-License-Identifier: Apache-2.0

#include "compile/rules.h"

namespace precompiledseccomp::compile {

const ResolvedRule& RuleAt(const ResolvedPolicy& policy, const RuleIndex& index) {
  return policy.rule_sets[index.set].rules[index.rule];
}

std::map<std::uint32_t, RuleIndices> RulesByNumber(const ResolvedPolicy& policy) {
  std::map<std::uint32_t, RuleIndices> by_number;
  for (const ResolvedRuleSet& set : policy.rule_sets)
    for (const ResolvedRule& rule : set.rules)
      for (const std::uint32_t number : rule.numbers) by_number[number] = {};
  for (std::size_t set = 0; set < policy.rule_sets.size(); ++set)
    for (std::size_t rule = 0; rule < policy.rule_sets[set].rules.size(); ++rule) {
      const ResolvedRule& resolved = policy.rule_sets[set].rules[rule];
      for (const std::uint32_t number : resolved.numbers) by_number[number].push_back({set, rule});
      if (!resolved.any_call) continue;
      for (auto& [number, indices] : by_number)
        if (number != Target::kSkippedCall) indices.push_back({set, rule});
    }
  return by_number;
}

RuleIndices RulesForAnyCall(const ResolvedPolicy& policy) {
  RuleIndices indices;
  for (std::size_t set = 0; set < policy.rule_sets.size(); ++set)
    for (std::size_t rule = 0; rule < policy.rule_sets[set].rules.size(); ++rule)
      if (policy.rule_sets[set].rules[rule].any_call) indices.push_back({set, rule});
  return indices;
}

}  // namespace precompiledseccomp::compile
