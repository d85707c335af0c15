// SPDX-License-Identifier: Apache-2.0
//
// The reference. Nothing here is fast; everything should be plain.

#include <precompiledseccomp/evaluate.h>

#include <algorithm>
#include <variant>
#include <vector>

#include <precompiledseccomp/error.h>

namespace precompiledseccomp {
namespace {

constexpr std::uint64_t kLowHalf = 0xffffffff;
constexpr std::uint64_t kVsyscallBit = std::uint64_t{1} << 63;

// The bits that count.
std::uint64_t OperandOf(const Operand& operand, const seccomp_data& call) {
  if (operand.source() == Operand::Source::kParameter)
    throw Error("the parameter \"" + operand.parameter() +
                "\" is asked for, but which argument it is depends on the call: resolve the policy first");
  const std::uint64_t whole = operand.source() == Operand::Source::kInstructionPointer
                                  ? call.instruction_pointer
                                  : call.args[operand.index()];
  return whole & (~std::uint64_t{0} >> (64 - operand.bits()));
}

// In the order of signed numbers, the ones with the highest bit come first.
std::uint64_t PlaceInOrder(const Operand& operand, std::uint64_t number) {
  return operand.IsSigned() ? number ^ (std::uint64_t{1} << (operand.bits() - 1)) : number;
}

// A value as wide as the operand it belongs to: of a negative int, a low half's test sees the low 32 bits.
std::uint64_t ValueFor(const Operand& operand, const Value& value, const VariableNumbers& numbers) {
  const std::uint64_t bits = value.BitsWith(numbers);
  return operand.IsLowHalf() ? bits & kLowHalf : bits;
}

struct HoldsNode {
  const seccomp_data& call;
  const VariableNumbers& numbers;

  bool operator()(const AlwaysTrue&) const { return true; }

  bool operator()(const Comparison& node) const {
    const std::uint64_t left = OperandOf(node.operand, call);
    const std::uint64_t right = ValueFor(node.operand, node.value, numbers);
    const std::uint64_t left_place = PlaceInOrder(node.operand, left);
    const std::uint64_t right_place = PlaceInOrder(node.operand, right);
    switch (node.relation) {
      case Relation::kEqual:
        return left == right;
      case Relation::kNotEqual:
        return left != right;
      case Relation::kLess:
        return left_place < right_place;
      case Relation::kLessOrEqual:
        return left_place <= right_place;
      case Relation::kGreater:
        return left_place > right_place;
      case Relation::kGreaterOrEqual:
        return left_place >= right_place;
    }
    return false;
  }

  bool operator()(const MaskedEqual& node) const {
    return (OperandOf(node.operand, call) & ValueFor(node.operand, node.mask, numbers)) ==
           ValueFor(node.operand, node.value, numbers);
  }

  bool operator()(const OneOf& node) const {
    return std::any_of(node.values.begin(), node.values.end(), [&](const Value& value) {
      return OperandOf(node.operand, call) == ValueFor(node.operand, value, numbers);
    });
  }

  bool operator()(const NoOtherBits& node) const {
    return (OperandOf(node.operand, call) & ~ValueFor(node.operand, node.bits, numbers)) == 0;
  }

  bool operator()(const Conjunction& node) const {
    const std::vector<Condition> conditions = node.conditions();
    return std::all_of(conditions.begin(), conditions.end(),
                       [&](const Condition& condition) { return Holds(condition, call, numbers); });
  }

  bool operator()(const Disjunction& node) const {
    const std::vector<Condition> conditions = node.conditions();
    return std::any_of(conditions.begin(), conditions.end(),
                       [&](const Condition& condition) { return Holds(condition, call, numbers); });
  }

  bool operator()(const Negation& node) const { return !Holds(node.condition.front(), call, numbers); }
};

bool Applies(const ResolvedRule& rule, const seccomp_data& call, const VariableNumbers& numbers) {
  return rule.IsFor(static_cast<std::uint32_t>(call.nr)) && Holds(rule.condition, call, numbers);
}

}  // namespace

bool Baseline::Knows(std::uint32_t number) const {
  return std::any_of(known.begin(), known.end(), [&](const NumberRange& range) { return range.Has(number); });
}

const Action& ResolvedPolicy::LastResort(std::uint32_t number) const {
  return baseline && !baseline->Knows(number) ? baseline->unknown_action : default_action;
}

bool ResolvedRule::IsFor(std::uint32_t number) const {
  if (any_call) return number != Target::kSkippedCall;
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

bool Holds(const Condition& condition, const seccomp_data& call, const VariableNumbers& numbers) {
  return std::visit(HoldsNode{call, numbers}, condition.node());
}

const ResolvedRule* DecidingRule(const ResolvedPolicy& policy, const seccomp_data& call,
                                 const VariableNumbers& numbers) {
  if (!policy.target.Owns(call.arch, static_cast<std::uint32_t>(call.nr))) return nullptr;
  for (const ResolvedRuleSet& set : policy.rule_sets) {
    if (set.only_vsyscall && (call.instruction_pointer & kVsyscallBit) == 0) continue;
    for (const ResolvedRule& rule : set.rules)
      if (Applies(rule, call, numbers)) return &rule;
  }
  return nullptr;
}

std::uint32_t Evaluate(const ResolvedPolicy& policy, const seccomp_data& call,
                       const VariableNumbers& numbers) {
  const auto number = static_cast<std::uint32_t>(call.nr);
  if (!policy.target.Owns(call.arch, number)) return policy.bad_architecture_action.ReturnValue(numbers);
  if (const ResolvedRule* rule = DecidingRule(policy, call, numbers))
    return rule->action.ReturnValue(numbers);
  return policy.LastResort(number).ReturnValue(numbers);
}

}  // namespace precompiledseccomp
