// SPDX-License-Identifier: Apache-2.0

#include "inspect/smallest_change.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <variant>

#include "inspect/cases.h"

namespace precompiledseccomp::inspect {
namespace {

constexpr std::size_t kChangeable = 6;  // arguments

using Candidates = std::array<std::set<std::uint64_t>, kChangeable>;

// Values of the argument that each test of a condition looks at, for which its outcome may be another one.
struct CandidateCollector {
  const seccomp_data& call;
  const KnownValues& known;
  Candidates& candidates;

  void operator()(const AlwaysTrue&) const {}

  void operator()(const Comparison& node) const { AddAround(node.operand, node.value); }
  void operator()(const OneOf& node) const {
    for (const Value& value : node.values) AddAround(node.operand, value);
  }

  void operator()(const MaskedEqual& node) const {
    if (!known.IsKnown(node.mask) || !known.IsKnown(node.value)) return;
    const std::uint64_t mask = node.mask.BitsWith(known.numbers());
    const std::uint64_t value = node.value.BitsWith(known.numbers());
    const std::uint64_t lowest = mask & (0 - mask);
    const std::uint64_t others = Current(node.operand) & ~mask;
    // As the test wants it, and as its negation does.
    for (const std::uint64_t bits : {value, value ^ lowest, std::uint64_t{0}, mask})
      Add(node.operand, others | bits);
    Add(node.operand, value);
  }

  void operator()(const NoOtherBits& node) const {
    if (!known.IsKnown(node.bits)) return;
    const std::uint64_t bits = node.bits.BitsWith(known.numbers());
    Add(node.operand, Current(node.operand) & bits);
    Add(node.operand, ~bits);
  }

  void operator()(const Conjunction& node) const { AddAll(node.conditions()); }
  void operator()(const Disjunction& node) const { AddAll(node.conditions()); }
  void operator()(const Negation& node) const { AddAll(node.condition); }

 private:
  void AddAll(const std::vector<Condition>& conditions) const {
    for (const Condition& condition : conditions) std::visit(*this, condition.node());
  }

  [[nodiscard]] std::uint64_t Current(const Operand& operand) const {
    return operand.source() == Operand::Source::kArgument ? call.args[operand.index()] : 0;
  }

  void AddAround(const Operand& operand, const Value& value) const {
    if (!known.IsKnown(value)) return;
    const std::uint64_t number = value.BitsWith(known.numbers());
    for (const std::uint64_t near : {number - 1, number, number + 1}) Add(operand, near);
  }

  // What is above the bits that count stays as it is, or is 0.
  void Add(const Operand& operand, std::uint64_t value) const {
    if (operand.source() != Operand::Source::kArgument) return;
    const std::uint64_t counting = ~std::uint64_t{0} >> (64 - operand.bits());
    std::set<std::uint64_t>& values = candidates[static_cast<std::size_t>(operand.index())];
    values.insert(value & counting);
    values.insert((Current(operand) & ~counting) | (value & counting));
  }
};

// The rules for the call's number alone: most policies have hundreds for others.
ResolvedPolicy ForNumber(const ResolvedPolicy& policy, std::uint32_t number) {
  ResolvedPolicy small = policy;
  for (ResolvedRuleSet& set : small.rule_sets)
    std::erase_if(set.rules, [&](const ResolvedRule& rule) { return !rule.IsFor(number); });
  return small;
}

bool Allows(const Action& action) {
  return action.kind() == Action::Kind::kAllow || action.kind() == Action::Kind::kLog;
}

bool IsAnyAllowed(const ResolvedPolicy& policy, const seccomp_data& call) {
  const auto number = static_cast<std::uint32_t>(call.nr);
  if (!policy.target.Owns(call.arch, number)) return false;
  if (Allows(policy.LastResort(number))) return true;
  return std::any_of(policy.rule_sets.begin(), policy.rule_sets.end(), [&](const ResolvedRuleSet& set) {
    return std::any_of(set.rules.begin(), set.rules.end(),
                       [&](const ResolvedRule& rule) { return rule.IsFor(number) && Allows(rule.action); });
  });
}

struct NewValue {
  std::size_t argument = 0;
  std::uint64_t value = 0;
  std::uint64_t distance = 0;
};

// Nearest first.
std::vector<NewValue> NewValues(const Candidates& candidates, const seccomp_data& call) {
  std::vector<NewValue> values;
  for (std::size_t argument = 0; argument < candidates.size(); ++argument) {
    const std::uint64_t current = call.args[argument];
    for (const std::uint64_t value : candidates[argument])
      if (value != current)
        values.push_back({argument, value, value > current ? value - current : current - value});
  }
  std::stable_sort(values.begin(), values.end(), [](const NewValue& left, const NewValue& right) {
    return left.distance < right.distance;
  });
  return values;
}

}  // namespace

ChangeSought SmallestChange(const ResolvedPolicy& policy, const seccomp_data& call,
                            const KnownValues& known) {
  // Of pairs; with fewer values, these are all.
  constexpr std::size_t kMostPairs = 20'000;
  ChangeSought sought;
  sought.is_any_allowed = IsAnyAllowed(policy, call);
  if (!sought.is_any_allowed) return sought;
  const ResolvedPolicy small = ForNumber(policy, static_cast<std::uint32_t>(call.nr));
  Candidates candidates;
  for (const ResolvedRuleSet& set : small.rule_sets)
    for (const ResolvedRule& rule : set.rules)
      std::visit(CandidateCollector{call, known, candidates}, rule.condition.node());
  const std::vector<NewValue> values = NewValues(candidates, call);

  Change change;
  const auto is_allowed = [&] { return IsSurelyAllowed(small, change.call, known); };
  for (const NewValue& one : values) {
    change = {call, {static_cast<int>(one.argument)}};
    change.call.args[one.argument] = one.value;
    if (!is_allowed()) continue;
    sought.found = change;
    return sought;
  }
  // In an order in which the more distant of the two comes nearer to the end.
  std::size_t tried = 0;
  for (std::size_t far = 1; far < values.size(); ++far)
    for (std::size_t near = 0; near < far && tried < kMostPairs; ++near) {
      const auto [low, high] = std::minmax(values[near].argument, values[far].argument);
      if (low == high) continue;
      ++tried;
      change = {call, {static_cast<int>(low), static_cast<int>(high)}};
      change.call.args[values[near].argument] = values[near].value;
      change.call.args[values[far].argument] = values[far].value;
      if (!is_allowed()) continue;
      sought.found = change;
      return sought;
    }
  return sought;
}

}  // namespace precompiledseccomp::inspect
