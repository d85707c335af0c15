// SPDX-License-Identifier: Apache-2.0

#include "precompile/remarks.h"

#include <cstddef>

namespace precompiledseccomp::precompile {
namespace {

bool LetsCallsRun(const Action& action) {
  return action.kind() == Action::Kind::kAllow || action.kind() == Action::Kind::kLog;
}

}  // namespace

std::vector<RuleWithLeftOutCalls> RulesWithLeftOutCalls(const ResolvedPolicy& policy) {
  std::vector<RuleWithLeftOutCalls> rules;
  std::size_t place = 0;
  for (const ResolvedRuleSet& set : policy.rule_sets)
    for (const ResolvedRule& rule : set.rules) {
      if (rule.continues_rule) continue;
      if (!rule.left_out.empty())
        rules.push_back(
            {.calls = rule.left_out,
             .action = rule.action.ToString(),
             .rule = place,
             .where = rule.where,
             .refuses_what_is_allowed = !LetsCallsRun(rule.action) && LetsCallsRun(policy.default_action)});
      ++place;
    }
  return rules;
}

std::vector<RuleThatChecksAnyCall> RulesThatCheckAnyCall(const ResolvedPolicy& policy) {
  std::vector<RuleThatChecksAnyCall> rules;
  std::size_t place = 0;
  for (const ResolvedRuleSet& set : policy.rule_sets)
    for (const ResolvedRule& rule : set.rules) {
      if (rule.continues_rule) continue;
      const bool is_checked = set.only_vsyscall || !rule.condition.IsAlwaysTrue();
      if (rule.any_call && is_checked) rules.push_back({.rule = place, .where = rule.where});
      ++place;
    }
  return rules;
}

}  // namespace precompiledseccomp::precompile
