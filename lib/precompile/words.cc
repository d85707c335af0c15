// SPDX-License-Identifier: Apache-2.0

#include "precompile/words.h"

namespace precompiledseccomp::precompile {
namespace {

struct Collector {
  WordsOfPolicy& words;

  void Add(const Word& word) const {
    if (word.IsVariable())
      words.variables.insert(word.variable);
    else
      words.constants.insert(word.value);
  }
  void Add(const Value& value) const {
    Add(value.high());
    Add(value.low());
  }
  void Add(const Action& action) const { Add(action.data()); }
  void Add(const std::vector<Condition>& conditions) const {
    for (const Condition& condition : conditions) std::visit(*this, condition.node());
  }

  void operator()(const AlwaysTrue&) const {}
  void operator()(const Comparison& node) const { Add(node.value); }
  void operator()(const MaskedEqual& node) const {
    Add(node.mask);
    Add(node.value);
  }
  void operator()(const OneOf& node) const {
    for (const Value& value : node.values) Add(value);
  }
  void operator()(const NoOtherBits& node) const { Add(node.bits); }
  void operator()(const Conjunction& node) const { Add(node.conditions); }
  void operator()(const Disjunction& node) const { Add(node.conditions); }
  void operator()(const Negation& node) const { Add(node.condition); }
};

}  // namespace

WordsOfPolicy CollectWords(const ResolvedPolicy& policy) {
  WordsOfPolicy words;
  const Collector collector{words};
  collector.Add(policy.default_action);
  collector.Add(policy.bad_architecture_action);
  if (policy.baseline) collector.Add(policy.baseline->unknown_action);
  for (const ResolvedRuleSet& set : policy.rule_sets)
    for (const ResolvedRule& rule : set.rules) {
      collector.Add(rule.action);
      std::visit(collector, rule.condition.node());
    }
  return words;
}

}  // namespace precompiledseccomp::precompile
