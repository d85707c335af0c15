// SPDX-License-Identifier: Apache-2.0

#include "precompile/words.h"

#include <array>
#include <utility>

#include "policy/substitute.h"

namespace precompiledseccomp::precompile {
namespace {

// ---- Looking at all words.

// What a word is compared with: half of an operand, or nothing for the data of an action.
struct Place {
  bool is_action = true;
  Operand::Source source{};
  int index = 0;
  bool is_high_half = false;
  friend auto operator<=>(const Place&, const Place&) = default;  // NOLINT: clang-tidy 14 wants a nullptr
};

// Calls `visit(place, word)` for each word of a condition.
template <typename Visit>
struct ConditionWords {
  const Visit& visit;

  void Add(const Operand& operand, const Value& value) const {
    Place place{false, operand.source(), operand.index(), false};
    visit(place, value.low());
    if (operand.IsLowHalf()) return;
    place.is_high_half = true;
    visit(place, value.high());
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
  void operator()(const Conjunction& node) const { Add(node.conditions); }
  void operator()(const Disjunction& node) const { Add(node.conditions); }
  void operator()(const Negation& node) const { Add(node.condition); }
};

template <typename Visit>
void VisitWords(const Condition& condition, const Visit& visit) {
  std::visit(ConditionWords<Visit>{visit}, condition.node());
}

template <typename Visit>
void VisitWords(const Policy& policy, const Visit& visit) {
  visit(Place(), policy.default_action().data());
  visit(Place(), policy.bad_architecture_action().data());
  if (policy.unknown_action()) visit(Place(), policy.unknown_action()->data());
  for (const RuleSet& set : policy.rule_sets())
    for (const Rule& rule : set.rules()) {
      visit(Place(), rule.action.data());
      VisitWords(rule.condition, visit);
    }
}

bool HasVariable(const Condition& condition) {
  bool found = false;
  VisitWords(condition, [&](const Place&, const Word& word) { found = found || word.IsVariable(); });
  return found;
}

}  // namespace

Neighbours CollectVariables(const Policy& policy) {
  std::map<Place, std::set<std::uint32_t>> constants;
  std::set<std::pair<Place, std::string>> variables;
  VisitWords(policy, [&](const Place& place, const Word& word) {
    if (word.IsVariable())
      variables.emplace(place, word.variable);
    else
      constants[place].insert(word.value);
  });
  Neighbours neighbours;
  for (const auto& [place, variable] : variables)
    neighbours[variable].insert(constants[place].begin(), constants[place].end());
  return neighbours;
}

Substitution::Substitution(ResolvedPolicy policy, const std::vector<Variable>& variables)
    : policy_(std::move(policy)), variables_(variables) {
  const auto add = [&](Action& action) {
    if (action.data().IsVariable()) actions_.push_back(&action);
  };
  add(policy_.default_action);
  add(policy_.bad_architecture_action);
  if (policy_.baseline) add(policy_.baseline->unknown_action);
  for (ResolvedRuleSet& set : policy_.rule_sets)
    for (ResolvedRule& rule : set.rules) {
      add(rule.action);
      if (HasVariable(rule.condition)) conditions_.push_back(&rule.condition);
    }
}

const ResolvedPolicy& Substitution::With(const StandIns& values) {
  const auto value_of = [&](const std::string& word) {
    for (std::size_t i = 0; i < variables_.size(); ++i) {
      const std::string& name = variables_[i].name;
      if (word == name || word == LowHalfName(name)) return static_cast<std::uint32_t>(values[i]);
      if (word == HighHalfName(name)) return static_cast<std::uint32_t>(values[i] >> 32);
    }
    throw Error("the policy uses the variable \"" + word + "\" of another definition");
  };
  for (Condition* const condition : conditions_) *condition = Substitute(*condition, value_of);
  for (Action* const action : actions_) *action = Substitute(*action, value_of);
  return policy_;
}

}  // namespace precompiledseccomp::precompile
