// SPDX-License-Identifier: Apache-2.0

#include "precompile/remarks.h"

#include <algorithm>
#include <cstddef>
#include <span>

namespace precompiledseccomp::precompile {
namespace {

// A rule of the policy; if it was resolved into several parts, the first of them.
struct WrittenRule {
  const ResolvedRule* rule;
  bool only_vsyscall;

  [[nodiscard]] bool IsForAnyCall() const { return rule->any_call && !only_vsyscall; }
  [[nodiscard]] bool DecidesAnyCall() const { return IsForAnyCall() && rule->condition.IsAlwaysTrue(); }
};

// Each at its place among all rules of the policy.
std::vector<WrittenRule> WrittenRules(const ResolvedPolicy& policy) {
  std::vector<WrittenRule> rules;
  for (const ResolvedRuleSet& set : policy.rule_sets)
    for (const ResolvedRule& rule : set.rules)
      if (!rule.continues_rule) rules.push_back({&rule, set.only_vsyscall});
  return rules;
}

bool LetsCallsRun(const Action& action) {
  return action.kind() == Action::Kind::kAllow || action.kind() == Action::Kind::kLog;
}

// Whether some call may run that no rule names, if these last rules of the policy are all there is for it.
bool UnnamedCallsMayRun(std::span<const WrittenRule> last_rules, const ResolvedPolicy& policy) {
  for (const WrittenRule& written : last_rules) {
    if (written.IsForAnyCall() && LetsCallsRun(written.rule->action)) return true;
    if (written.DecidesAnyCall()) return false;
  }
  return LetsCallsRun(policy.default_action) ||
         (policy.baseline && LetsCallsRun(policy.baseline->unknown_action));
}

}  // namespace

std::vector<RuleWithLeftOutCalls> RulesWithLeftOutCalls(const ResolvedPolicy& policy) {
  const std::vector<WrittenRule> written = WrittenRules(policy);
  // Behind a rule that decides every call, others have nothing to lose.
  const auto end = std::find_if(written.begin(), written.end(),
                                [](const WrittenRule& rule) { return rule.DecidesAnyCall(); });
  const auto reached = static_cast<std::size_t>(end - written.begin());
  std::vector<RuleWithLeftOutCalls> rules;
  for (std::size_t place = 0; place < written.size(); ++place) {
    const ResolvedRule& rule = *written[place].rule;
    if (rule.left_out.empty()) continue;
    rules.push_back(
        {.calls = rule.left_out,
         .action = rule.action.ToString(),
         .rule = place,
         .where = rule.where,
         .refuses_what_is_allowed = place < reached && !LetsCallsRun(rule.action) &&
                                    UnnamedCallsMayRun(std::span(written).subspan(place + 1), policy)});
  }
  return rules;
}

std::vector<RuleThatChecksAnyCall> RulesThatCheckAnyCall(const ResolvedPolicy& policy) {
  const std::vector<WrittenRule> written = WrittenRules(policy);
  std::vector<RuleThatChecksAnyCall> rules;
  for (std::size_t place = 0; place < written.size(); ++place)
    if (written[place].rule->any_call && !written[place].DecidesAnyCall())
      rules.push_back({.rule = place, .where = written[place].rule->where});
  return rules;
}

}  // namespace precompiledseccomp::precompile
