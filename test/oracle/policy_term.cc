// SPDX-License-Identifier: Apache-2.0

#include "oracle/policy_term.h"

#include <variant>
#include <vector>

namespace precompiledseccomp::testing {
namespace {

constexpr unsigned kVsyscallBit = 63;  // of the instruction pointer

z3::expr Of(const Word& word, Symbols& symbols) {
  return word.IsVariable() ? symbols.Variable(word.variable()) : symbols.Constant(word.constant());
}

// A condition as a term that is true or false. Operands and values are 32 bits wide for a low half, else 64.
struct ConditionTerm {
  Symbols& symbols;

  [[nodiscard]] z3::expr Of(const Operand& operand) const {
    const z3::expr& field = operand.source() == Operand::Source::kArgument ? symbols.argument(operand.index())
                                                                           : symbols.instruction_pointer();
    if (operand.bits() == 16) return z3::zext(field.extract(15, 0), 16);
    return operand.IsLowHalf() ? field.extract(31, 0) : field;
  }
  [[nodiscard]] z3::expr Of(const Value& value, const Operand& operand) const {
    const z3::expr low = testing::Of(value.low(), symbols);
    return operand.IsLowHalf() ? low : z3::concat(testing::Of(value.high(), symbols), low);
  }
  [[nodiscard]] z3::expr_vector Of(const std::vector<Condition>& conditions) const {
    z3::expr_vector terms(symbols.context());
    for (const Condition& condition : conditions) terms.push_back(std::visit(*this, condition.node()));
    return terms;
  }

  z3::expr operator()(const AlwaysTrue&) const { return symbols.context().bool_val(true); }

  z3::expr operator()(const Comparison& node) const {
    const z3::expr left = Of(node.operand);
    const z3::expr right = Of(node.value, node.operand);
    const bool is_signed = node.operand.IsSigned();
    switch (node.relation) {
      case Relation::kEqual:
        return left == right;
      case Relation::kNotEqual:
        return left != right;
      case Relation::kLess:
        return is_signed ? z3::slt(left, right) : z3::ult(left, right);
      case Relation::kLessOrEqual:
        return is_signed ? z3::sle(left, right) : z3::ule(left, right);
      case Relation::kGreater:
        return is_signed ? z3::sgt(left, right) : z3::ugt(left, right);
      case Relation::kGreaterOrEqual:
        return is_signed ? z3::sge(left, right) : z3::uge(left, right);
    }
    throw std::logic_error("no such relation");
  }

  z3::expr operator()(const MaskedEqual& node) const {
    return (Of(node.operand) & Of(node.mask, node.operand)) == Of(node.value, node.operand);
  }

  z3::expr operator()(const OneOf& node) const {
    z3::expr_vector equal(symbols.context());
    for (const Value& value : node.values) equal.push_back(Of(node.operand) == Of(value, node.operand));
    return z3::mk_or(equal);
  }

  // Every bit of the operand is one of the bits.
  z3::expr operator()(const NoOtherBits& node) const {
    const z3::expr bits = Of(node.bits, node.operand);
    return (Of(node.operand) | bits) == bits;
  }

  z3::expr operator()(const Conjunction& node) const { return z3::mk_and(Of(node.conditions())); }
  z3::expr operator()(const Disjunction& node) const { return z3::mk_or(Of(node.conditions())); }
  z3::expr operator()(const Negation& node) const {
    return !std::visit(*this, node.condition.front().node());
  }
};

// The action in the upper 16 bits, the lower 16 bits of its data in the lower ones.
z3::expr AnswerOf(const Action& action, Symbols& symbols) {
  const z3::expr kind = symbols.Constant(action.ReturnValueWithoutData()).extract(31, 16);
  return z3::concat(kind, Of(action.data(), symbols).extract(15, 0));
}

z3::expr AppliesTo(const ResolvedRuleSet& set, const ResolvedRule& rule, Symbols& symbols) {
  z3::expr_vector numbers(symbols.context());
  for (const std::uint32_t number : rule.numbers)
    numbers.push_back(symbols.number() == symbols.Constant(number));
  const z3::expr is_named = rule.any_call ? symbols.number() != symbols.Constant(~0U) : z3::mk_or(numbers);
  z3::expr applies = is_named && std::visit(ConditionTerm{symbols}, rule.condition.node());
  if (set.only_vsyscall)
    applies = applies && symbols.instruction_pointer().extract(kVsyscallBit, kVsyscallBit) == 1;
  return applies;
}

z3::expr IsOwnCall(const Target& target, Symbols& symbols) {
  const z3::expr& number = symbols.number();
  const z3::expr has_foreign_bits =
      (number & symbols.Constant(target.foreign_abi_bits)) != symbols.Constant(0);
  const z3::expr is_in_foreign_range = z3::uge(number, symbols.Constant(target.foreign_numbers.first)) &&
                                       z3::ule(number, symbols.Constant(target.foreign_numbers.last));
  const z3::expr is_skipped = number == symbols.Constant(~0U);
  return symbols.arch() == symbols.Constant(target.audit_arch) &&
         (is_skipped || !(has_foreign_bits || is_in_foreign_range));
}

}  // namespace

// From the last resort to the first rule: each is what happens if those before it do not apply.
z3::expr PolicyTerm(const ResolvedPolicy& policy, Symbols& symbols) {
  z3::expr answer = AnswerOf(policy.default_action, symbols);
  if (policy.baseline) {
    z3::expr_vector is_known(symbols.context());
    for (const NumberRange& known : policy.baseline->known)
      is_known.push_back(z3::uge(symbols.number(), symbols.Constant(known.first)) &&
                         z3::ule(symbols.number(), symbols.Constant(known.last)));
    answer = z3::ite(z3::mk_or(is_known), answer, AnswerOf(policy.baseline->unknown_action, symbols));
  }
  for (auto set = policy.rule_sets.rbegin(); set != policy.rule_sets.rend(); ++set)
    for (auto rule = set->rules.rbegin(); rule != set->rules.rend(); ++rule)
      answer = z3::ite(AppliesTo(*set, *rule, symbols), AnswerOf(rule->action, symbols), answer);
  return z3::ite(IsOwnCall(policy.target, symbols), answer,
                 AnswerOf(policy.bad_architecture_action, symbols));
}

}  // namespace precompiledseccomp::testing
