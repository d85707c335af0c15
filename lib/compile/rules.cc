// SPDX-License-Identifier: Apache-2.0

#include "compile/rules.h"

namespace precompiledseccomp::compile {

const ResolvedRule& RuleAt(const ResolvedPolicy& policy, const RuleIndex& index) {
  return policy.rule_sets[index.set].rules[index.rule];
}

std::map<std::uint32_t, RuleIndices> RulesByNumber(const ResolvedPolicy& policy) {
  std::map<std::uint32_t, RuleIndices> by_number;
  for (std::size_t set = 0; set < policy.rule_sets.size(); ++set)
    for (std::size_t rule = 0; rule < policy.rule_sets[set].rules.size(); ++rule)
      for (const std::uint32_t number : policy.rule_sets[set].rules[rule].numbers)
        by_number[number].push_back({set, rule});
  return by_number;
}

}  // namespace precompiledseccomp::compile
