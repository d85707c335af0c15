// SPDX-License-Identifier: Apache-2.0

#include <variant>
#include <vector>

#include <precompiledseccomp/evaluate.h>

namespace precompiledseccomp {
namespace {

struct NodeWithNumbers {
  const VariableNumbers& numbers;

  [[nodiscard]] Value Get(const Value& value) const {
    return value.IsConstant() ? value : Value(value.BitsWith(numbers));
  }
  [[nodiscard]] std::vector<Condition> Get(const std::vector<Condition>& conditions) const {
    std::vector<Condition> results;
    results.reserve(conditions.size());
    for (const Condition& condition : conditions) results.push_back(WithNumbers(condition, numbers));
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
  Condition::Node operator()(const Conjunction& node) const { return Conjunction(Get(node.conditions())); }
  Condition::Node operator()(const Disjunction& node) const { return Disjunction(Get(node.conditions())); }
  Condition::Node operator()(const Negation& node) const { return Negation{Get(node.condition)}; }
};

}  // namespace

Condition WithNumbers(const Condition& condition, const VariableNumbers& numbers) {
  return Condition(std::visit(NodeWithNumbers{numbers}, condition.node()));
}

ResolvedPolicy WithNumbers(ResolvedPolicy policy, const VariableNumbers& numbers) {
  policy.default_action = policy.default_action.With(numbers);
  policy.bad_architecture_action = policy.bad_architecture_action.With(numbers);
  if (policy.baseline) policy.baseline->unknown_action = policy.baseline->unknown_action.With(numbers);
  if (policy.violation_report) {
    Value& descriptor = policy.violation_report->descriptor;
    descriptor = NodeWithNumbers{numbers}.Get(descriptor);
  }
  for (ResolvedRuleSet& set : policy.rule_sets)
    for (ResolvedRule& rule : set.rules) {
      rule.action = rule.action.With(numbers);
      rule.condition = WithNumbers(rule.condition, numbers);
    }
  return policy;
}

}  // namespace precompiledseccomp
