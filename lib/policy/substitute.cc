// SPDX-License-Identifier: Apache-2.0

#include "policy/substitute.h"

#include <utility>
#include <variant>
#include <vector>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/evaluate.h>

namespace precompiledseccomp {
namespace {

struct Substitution {
  const ValueOfVariable& value_of;

  [[nodiscard]] Word Get(const Word& word) const {
    return word.IsVariable() ? Word{value_of(word.variable), word.variable} : word;
  }
  [[nodiscard]] Value Get(const Value& value) const {
    return value.IsConstant() ? value : Value(Get(value.high()), Get(value.low()));
  }
  [[nodiscard]] std::vector<Condition> Get(const std::vector<Condition>& conditions) const {
    std::vector<Condition> results;
    results.reserve(conditions.size());
    for (const Condition& condition : conditions) results.push_back(Substitute(condition, value_of));
    return results;
  }

  Condition::Node operator()(const AlwaysTrue& node) const { return node; }
  Condition::Node operator()(const Comparison& node) const {
    return Comparison{node.operand, node.relation, Get(node.value)};
  }
  Condition::Node operator()(const MaskedEqual& node) const {
    return MaskedEqual{node.operand, Get(node.mask), Get(node.value)};
  }
  Condition::Node operator()(const OneOf& node) const {
    OneOf result{node.operand, {}};
    for (const Value& value : node.values) result.values.push_back(Get(value));
    return result;
  }
  Condition::Node operator()(const NoOtherBits& node) const {
    return NoOtherBits{node.operand, Get(node.bits)};
  }
  Condition::Node operator()(const Conjunction& node) const { return Conjunction{Get(node.conditions)}; }
  Condition::Node operator()(const Disjunction& node) const { return Disjunction{Get(node.conditions)}; }
  Condition::Node operator()(const Negation& node) const { return Negation{Get(node.condition)}; }
};

}  // namespace

Condition Substitute(const Condition& condition, const ValueOfVariable& value_of) {
  return Condition(std::visit(Substitution{value_of}, condition.node()));
}

Action Substitute(const Action& action, const ValueOfVariable& value_of) {
  const Value data(Word(), Substitution{value_of}.Get(action.data()));
  switch (action.kind()) {
    case Action::Kind::kErrno:
      return Action::Errno(data);
    case Action::Kind::kTrap:
      return Action::Trap(data);
    case Action::Kind::kTrace:
      return Action::Trace(data);
    default:
      return action;  // takes no data
  }
}

ResolvedPolicy WithValues(ResolvedPolicy policy, const std::map<std::string, std::uint32_t>& values) {
  const auto value_of = [&](const std::string& variable) {
    const auto value = values.find(variable);
    if (value == values.end()) throw Error("there is no value for the variable \"" + variable + "\"");
    return value->second;
  };
  policy.default_action = Substitute(policy.default_action, value_of);
  policy.bad_architecture_action = Substitute(policy.bad_architecture_action, value_of);
  if (policy.baseline)
    policy.baseline->unknown_action = Substitute(policy.baseline->unknown_action, value_of);
  for (ResolvedRuleSet& set : policy.rule_sets)
    for (ResolvedRule& rule : set.rules) {
      rule.action = Substitute(rule.action, value_of);
      rule.condition = Substitute(rule.condition, value_of);
    }
  return policy;
}

}  // namespace precompiledseccomp
