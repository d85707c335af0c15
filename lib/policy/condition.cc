// SPDX-License-Identifier: Apache-2.0

#include <precompiledseccomp/condition.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <ostream>
#include <string_view>
#include <utility>

#include <precompiledseccomp/error.h>

namespace precompiledseccomp {
namespace {

constexpr int kArguments = 6;

// Prints a condition as its parts are; and how tightly it binds, so that operators are bracketed where C++
// needs it.
struct Text {
  std::string text;
  bool is_atom;
};

std::string_view RelationText(Relation relation) {
  switch (relation) {
    case Relation::kEqual:
      return "==";
    case Relation::kNotEqual:
      return "!=";
    case Relation::kLess:
      return "<";
    case Relation::kLessOrEqual:
      return "<=";
    case Relation::kGreater:
      return ">";
    case Relation::kGreaterOrEqual:
      return ">=";
  }
  throw Error("a comparison has an unknown relation");
}

// The bits of a constant as its operand sees them.
std::uint64_t BitsFor(const Operand& operand, const Value& value) {
  return operand.IsLowHalf() ? value.low().constant() : value.bits();
}

std::string ValueText(const Operand& operand, const Value& value) {
  return operand.IsLowHalf() && value.IsConstant() ? Value(value.low().constant()).ToString()
                                                   : value.ToString();
}

void CheckFits(const Operand& operand, const Value& value, std::string_view what) {
  if (operand.IsLowHalf() && !value.FitsLowHalf())
    throw Error(operand.ToString() + " is 32 bits wide; the " + std::string(what) + " " + value.ToString() +
                " does not fit; use the whole argument");
}

void CheckValue(const Operand& operand, const Value& value) {
  CheckFits(operand, value, "value");
  if (!operand.IsLowHalf() && value.ComesFromNegativeInt())
    throw Error(operand.ToString() + " is compared with the negative int " +
                std::to_string(static_cast<std::int64_t>(value.bits())) +
                "; what its upper half holds depends on the caller; use Arg32, or a 64-bit constant");
}

void CheckNotImpossible(bool impossible, const Condition& condition) {
  if (impossible) throw Error("the condition " + condition.ToString() + " is never true");
}

Condition Compare(const Operand& operand, Relation relation, const Value& value) {
  CheckValue(operand, value);
  Condition condition(Comparison{operand, relation, value});
  if (value.IsConstant()) {
    const std::uint64_t largest = operand.IsLowHalf() ? std::numeric_limits<std::uint32_t>::max()
                                                      : std::numeric_limits<std::uint64_t>::max();
    CheckNotImpossible(relation == Relation::kLess && BitsFor(operand, value) == 0, condition);
    CheckNotImpossible(relation == Relation::kGreater && BitsFor(operand, value) == largest, condition);
  }
  return condition;
}

Condition CompareMasked(const MaskedOperand& masked, const Value& value) {
  const auto& [operand, mask] = masked;
  CheckFits(operand, mask, "mask");
  // A negative int is not ambiguous here: the mask says which of its bits count.
  CheckFits(operand, value, "value");
  return Condition(MaskedEqual{operand, mask, value});
}

bool HasBitsOutsideMask(const MaskedOperand& masked, const Value& value) {
  return masked.mask.IsConstant() && value.IsConstant() &&
         (BitsFor(masked.operand, value) & ~BitsFor(masked.operand, masked.mask)) != 0;
}

// Appends `condition` to `conditions`, or what it joins if it is itself of the kind `Joined`: a chain stays
// flat.
template <typename Joined>
void AppendFlat(const Condition& condition, std::vector<Condition>& conditions) {
  if (const auto* joined = std::get_if<Joined>(&condition.node()))
    conditions.insert(conditions.end(), joined->conditions.begin(), joined->conditions.end());
  else
    conditions.push_back(condition);
}

template <typename Joined>
Condition Join(const Condition& left, const Condition& right) {
  Joined joined;
  AppendFlat<Joined>(left, joined.conditions);
  AppendFlat<Joined>(right, joined.conditions);
  return Condition(std::move(joined));
}

int DeepestOf(const std::vector<Condition>& conditions) {
  int deepest = 0;
  for (const Condition& condition : conditions) deepest = std::max(deepest, condition.depth());
  return deepest;
}

Text TextOf(const Condition& condition);

std::string Bracketed(const Condition& condition) {
  const Text text = TextOf(condition);
  return text.is_atom ? text.text : "(" + text.text + ")";
}

Text JoinedText(const std::vector<Condition>& conditions, std::string_view separator) {
  std::string text;
  for (const Condition& condition : conditions) {
    if (!text.empty()) text += separator;
    text += Bracketed(condition);
  }
  return {text, conditions.size() == 1};
}

struct TextOfNode {
  Text operator()(const AlwaysTrue&) const { return {"always", true}; }
  Text operator()(const Comparison& node) const {
    return {node.operand.ToString() + " " + std::string(RelationText(node.relation)) + " " +
                ValueText(node.operand, node.value),
            true};
  }
  Text operator()(const MaskedEqual& node) const {
    return {"(" + node.operand.ToString() + " & " + ValueText(node.operand, node.mask) +
                ") == " + ValueText(node.operand, node.value),
            true};
  }
  Text operator()(const OneOf& node) const {
    std::string text;
    for (const Value& value : node.values)
      text += (text.empty() ? "" : ", ") + ValueText(node.operand, value);
    return {node.operand.ToString() + " in {" + text + "}", true};
  }
  Text operator()(const NoOtherBits& node) const {
    return {node.operand.ToString() + " has only bits " + ValueText(node.operand, node.bits), true};
  }
  Text operator()(const Conjunction& node) const { return JoinedText(node.conditions, " && "); }
  Text operator()(const Disjunction& node) const { return JoinedText(node.conditions, " || "); }
  Text operator()(const Negation& node) const {
    return {"!(" + TextOf(node.condition.front()).text + ")", true};
  }
};

Text TextOf(const Condition& condition) {
  return std::visit(TextOfNode{}, condition.node());
}

// What the operators and functions of condition.h check is also checked of nodes that were made by hand: else
// half of a value would be left out without a word, or a list that cannot be empty would be read.
struct NodeCheck {
  void operator()(const AlwaysTrue&) const {}
  void operator()(const Comparison& node) const { CheckFits(node.operand, node.value, "value"); }
  void operator()(const MaskedEqual& node) const {
    CheckFits(node.operand, node.mask, "mask");
    CheckFits(node.operand, node.value, "value");
  }
  void operator()(const OneOf& node) const {
    CheckNotEmpty(node.values.size());
    for (const Value& value : node.values) CheckFits(node.operand, value, "value");
  }
  void operator()(const NoOtherBits& node) const { CheckFits(node.operand, node.bits, "set of bits"); }
  void operator()(const Conjunction& node) const { CheckNotEmpty(node.conditions.size()); }
  void operator()(const Disjunction& node) const { CheckNotEmpty(node.conditions.size()); }
  void operator()(const Negation& node) const {
    if (node.condition.size() != 1)
      throw Error("a negation is of one condition, not of " + std::to_string(node.condition.size()));
  }

  static void CheckNotEmpty(std::size_t parts) {
    if (parts == 0) throw Error("a condition joins no parts: it needs at least one");
  }
};

struct DepthOfNode {
  int operator()(const Conjunction& node) const { return 1 + DeepestOf(node.conditions); }
  int operator()(const Disjunction& node) const { return 1 + DeepestOf(node.conditions); }
  int operator()(const Negation& node) const { return 1 + DeepestOf(node.condition); }
  template <typename Leaf>
  int operator()(const Leaf&) const {
    return 1;
  }
};

}  // namespace

Operand::Operand(Source source, int index, bool low_half)
    : source_(source), index_(static_cast<std::uint8_t>(index)), low_half_(low_half) {
  if (index < 0 || index >= kArguments)
    throw Error("a system call has arguments 0 to 5, no argument " + std::to_string(index));
}

Operand Arg(int index) {
  return {Operand::Source::kArgument, index, false};
}
Operand Arg32(int index) {
  return {Operand::Source::kArgument, index, true};
}
Operand InstructionPointer() {
  return {Operand::Source::kInstructionPointer, 0, false};
}

std::string Operand::ToString() const {
  if (source_ == Source::kInstructionPointer) return "instruction_pointer";
  return "arg" + std::to_string(index_) + (low_half_ ? ".low" : "");
}

Condition Operand::In(std::vector<Value> values) const {
  if (values.empty()) throw Error("the set that " + ToString() + " is to be in is empty");
  for (const Value& value : values) CheckValue(*this, value);
  return Condition(OneOf{*this, std::move(values)});
}

Condition Operand::OnlyBits(const Value& bits) const {
  CheckFits(*this, bits, "set of bits");
  return Condition(NoOtherBits{*this, bits});
}

Condition Operand::NonNegativeFd() const {
  return *this <= std::numeric_limits<std::int32_t>::max();
}

Condition::Condition(Node node) : node_(std::move(node)), depth_(std::visit(DepthOfNode{}, node_)) {
  std::visit(NodeCheck{}, node_);
  if (depth_ > kMaximumDepth)
    throw Error("a condition is nested more than " + std::to_string(kMaximumDepth) + " levels deep");
}

std::string Condition::ToString() const {
  return TextOf(*this).text;
}

Condition Always() {
  return Condition(AlwaysTrue{});
}

Condition operator==(const Operand& operand, const Value& value) {
  return Compare(operand, Relation::kEqual, value);
}
Condition operator!=(const Operand& operand, const Value& value) {
  return Compare(operand, Relation::kNotEqual, value);
}
Condition operator<(const Operand& operand, const Value& value) {
  return Compare(operand, Relation::kLess, value);
}
Condition operator<=(const Operand& operand, const Value& value) {
  return Compare(operand, Relation::kLessOrEqual, value);
}
Condition operator>(const Operand& operand, const Value& value) {
  return Compare(operand, Relation::kGreater, value);
}
Condition operator>=(const Operand& operand, const Value& value) {
  return Compare(operand, Relation::kGreaterOrEqual, value);
}

MaskedOperand operator&(const Operand& operand, const Value& mask) {
  return {operand, mask};
}

Condition operator==(const MaskedOperand& masked, const Value& value) {
  Condition condition = CompareMasked(masked, value);
  CheckNotImpossible(HasBitsOutsideMask(masked, value), condition);
  return condition;
}

Condition operator!=(const MaskedOperand& masked, const Value& value) {
  return !CompareMasked(masked, value);
}

Condition operator&&(const Condition& left, const Condition& right) {
  return Join<Conjunction>(left, right);
}
Condition operator||(const Condition& left, const Condition& right) {
  return Join<Disjunction>(left, right);
}

Condition operator!(const Condition& condition) {
  if (const auto* negation = std::get_if<Negation>(&condition.node())) return negation->condition.front();
  return Condition(Negation{{condition}});
}

Condition AllOf(std::vector<Condition> conditions) {
  if (conditions.empty()) throw Error("AllOf() needs at least one condition; use Always() for none");
  return Condition(Conjunction{std::move(conditions)});
}

Condition AnyOf(std::vector<Condition> conditions) {
  if (conditions.empty())
    throw Error("AnyOf() needs at least one condition: an empty one would never be true");
  return Condition(Disjunction{std::move(conditions)});
}

std::ostream& operator<<(std::ostream& out, const Condition& condition) {
  return out << condition.ToString();
}

}  // namespace precompiledseccomp
