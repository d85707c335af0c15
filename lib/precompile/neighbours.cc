// SPDX-License-Identifier: Apache-2.0

#include "precompile/neighbours.h"

#include <utility>
#include <variant>
#include <vector>

namespace precompiledseccomp::precompile {
namespace {

// What a word is compared with: half of an operand, or nothing for the data of an action.
struct ComparedWith {
  bool is_action = true;
  Operand::Source source{};
  int index = 0;
  std::string parameter;
  bool is_high_half = false;
  friend auto operator<=>(const ComparedWith&,
                          const ComparedWith&) = default;  // NOLINT: clang-tidy 14 wants a nullptr
};

// Calls `visit(compared, word)` for each word of a condition.
template <typename Visit>
struct ConditionWords {
  const Visit& visit;

  void Add(const Operand& operand, const Value& value) const {
    ComparedWith compared{false, operand.source(), operand.index(), operand.parameter(), false};
    visit(compared, value.low());
    if (operand.IsLowHalf()) return;
    compared.is_high_half = true;
    visit(compared, value.high());
  }
  void Add(const std::vector<Condition>& conditions) const {
    for (const Condition& condition : conditions) std::visit(*this, condition.node());
  }

  void operator()(const AlwaysTrue&) const {}
  void operator()(const Comparison& node) const { Add(node.operand, node.value); }
  void operator()(const MaskedEqual& node) const {
    Add(node.operand, node.mask);
    Add(node.operand, node.value);
  }
  void operator()(const OneOf& node) const {
    for (const Value& value : node.values) Add(node.operand, value);
  }
  void operator()(const NoOtherBits& node) const { Add(node.operand, node.bits); }
  void operator()(const Conjunction& node) const { Add(node.conditions()); }
  void operator()(const Disjunction& node) const { Add(node.conditions()); }
  void operator()(const Negation& node) const { Add(node.condition); }
};

template <typename Visit>
void VisitWords(const Condition& condition, const Visit& visit) {
  std::visit(ConditionWords<Visit>{visit}, condition.node());
}

template <typename Visit>
void VisitWords(const Policy& policy, const Visit& visit) {
  visit(ComparedWith(), policy.default_action().data());
  visit(ComparedWith(), policy.bad_architecture_action().data());
  if (policy.unknown_action()) visit(ComparedWith(), policy.unknown_action()->data());
  for (const RuleSet& set : policy.rule_sets())
    for (const Rule& rule : set.rules()) {
      visit(ComparedWith(), rule.action.data());
      VisitWords(rule.condition, visit);
    }
}

}  // namespace

Neighbours CollectVariables(const Policy& policy) {
  std::map<ComparedWith, std::set<std::uint32_t>> constants;
  std::set<std::pair<ComparedWith, std::string>> variables;
  VisitWords(policy, [&](const ComparedWith& compared, const Word& word) {
    if (word.IsVariable())
      variables.emplace(compared, word.variable());
    else
      constants[compared].insert(word.constant());
  });
  Neighbours neighbours;
  for (const auto& [compared, variable] : variables)
    neighbours[variable].insert(constants[compared].begin(), constants[compared].end());
  return neighbours;
}

}  // namespace precompiledseccomp::precompile
