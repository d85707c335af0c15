// SPDX-License-Identifier: Apache-2.0

#include <precompiledseccomp/condition.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstddef>
#include <limits>
#include <ostream>
#include <string_view>
#include <utility>

#include <precompiledseccomp/error.h>

#include "policy/condition_checks.h"

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

// A signed number is written as one, and so is what came from one where nothing is known of the operand.
std::string ValueText(const Operand& operand, const Value& value) {
  if (!value.IsConstant()) return value.ToString();
  const bool is_unknown = operand.source() == Operand::Source::kParameter;
  if (value.ComesFromNegativeInt() && (operand.IsSigned() || is_unknown))
    return std::to_string(static_cast<std::int64_t>(value.bits()));
  return operand.IsLowHalf() ? Value(value.low().constant()).ToString() : value.ToString();
}

// What a low half's test would leave out without a word.
void CheckFits(const Operand& operand, const Value& value, std::string_view what) {
  if (operand.IsLowHalf() && !value.FitsLowHalf())
    throw Error(operand.ToString() + " is " + std::to_string(operand.bits()) + " bits wide; the " +
                std::string(what) + " " + value.ToString() + " does not fit; use the whole argument");
}

Condition Checked(Condition::Node node) {
  CheckTest(node);
  return Condition(std::move(node));
}

Condition Compare(const Operand& operand, Relation relation, const Value& value) {
  return Checked(Comparison{operand, relation, value});
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
  Text operator()(const Conjunction& node) const { return JoinedText(node.conditions(), " && "); }
  Text operator()(const Disjunction& node) const { return JoinedText(node.conditions(), " || "); }
  Text operator()(const Negation& node) const {
    return {"!(" + TextOf(node.condition.front()).text + ")", true};
  }
};

Text TextOf(const Condition& condition) {
  return std::visit(TextOfNode{}, condition.node());
}

// What would be left out without a word, or read although it is not there, is refused of nodes that were made
// by hand as well.
struct NodeCheck {
  void operator()(const AlwaysTrue&) const {}
  void operator()(const Comparison& node) const { CheckFits(node.operand, node.value, "value"); }
  void operator()(const MaskedEqual& node) const {
    CheckFits(node.operand, node.mask, "mask");
    CheckFits(node.operand, node.value, "value");
  }
  void operator()(const OneOf& node) const {
    if (node.values.empty()) throw Error("the set that " + node.operand.ToString() + " is to be in is empty");
    for (const Value& value : node.values) CheckFits(node.operand, value, "value");
  }
  void operator()(const NoOtherBits& node) const { CheckFits(node.operand, node.bits, "set of bits"); }
  void operator()(const Conjunction& /*node*/) const {}
  void operator()(const Disjunction& /*node*/) const {}
  void operator()(const Negation& node) const {
    if (node.condition.size() != 1)
      throw Error("a negation is of one condition, not of " + std::to_string(node.condition.size()));
  }
};

}  // namespace

// What a condition is, and how deep.
struct Condition::Tree {
  explicit Tree(Condition::Node of) : node(std::move(of)) {}
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  // Long chains hang on their last condition, one below the other: what only this holds is taken apart here,
  // for one destructor in the other would use up the stack.
  ~Tree() {
    std::vector<Condition> left = TakeParts();
    while (!left.empty()) {
      const Condition last = left.back();
      left.pop_back();
      if (last.tree_.use_count() != 1) continue;
      std::atomic_thread_fence(std::memory_order_acquire);  // another thread may have held it until now
      for (Condition& part : last.tree_->TakeParts()) left.push_back(part);
    }
  }

  [[nodiscard]] std::vector<Condition> TakeParts() {
    if (auto* joined = std::get_if<Conjunction>(&node)) return std::exchange(joined->parts_, {});
    if (auto* joined = std::get_if<Disjunction>(&node)) return std::exchange(joined->parts_, {});
    return {};
  }

  // The parts of `joined`, and in place of what is joined in the same way itself, its parts.
  template <typename Joined>
  static std::vector<Condition> Flat(const Joined& joined) {
    struct Position {
      const std::vector<Condition>* parts;
      std::size_t next;
    };
    std::vector<Condition> flat;
    std::vector<Position> open = {{&joined.parts_, 0}};
    while (!open.empty()) {
      Position& here = open.back();
      if (here.next == here.parts->size()) {
        open.pop_back();
        continue;
      }
      const Condition& part = (*here.parts)[here.next++];
      if (const auto* inner = std::get_if<Joined>(&part.node()))
        open.push_back({&inner->parts_, 0});
      else
        flat.push_back(part);
    }
    return flat;
  }

  // That of what is joined in the same way counts once.
  template <typename Joined>
  int DepthOfJoined(const Joined& joined) {
    if (joined.parts_.empty()) throw Error("a condition joins no parts: it needs at least one");
    int deepest = 0;
    for (const Condition& part : joined.parts_)
      deepest = std::max(deepest, part.depth() + (std::holds_alternative<Joined>(part.node()) ? 0 : 1));
    return deepest;
  }

  int Depth() {
    if (const auto* joined = std::get_if<Conjunction>(&node)) return DepthOfJoined(*joined);
    if (const auto* joined = std::get_if<Disjunction>(&node)) return DepthOfJoined(*joined);
    if (const auto* negation = std::get_if<Negation>(&node)) return 1 + negation->condition.front().depth();
    return 1;
  }

  // A condition that is joined with itself again and again is small, and has very many tests.
  std::size_t Tests() {
    if (const auto* joined = std::get_if<Conjunction>(&node)) return TestsOf(joined->parts_);
    if (const auto* joined = std::get_if<Disjunction>(&node)) return TestsOf(joined->parts_);
    if (const auto* negation = std::get_if<Negation>(&node)) return TestsOf(negation->condition);
    return 1;
  }
  static std::size_t TestsOf(const std::vector<Condition>& parts) {
    std::size_t tests = 0;
    for (const Condition& part : parts) tests += part.tree_->tests;
    return tests;
  }

  Condition::Node node;
  int depth = 1;
  std::size_t tests = 1;
};

Conjunction::Conjunction(std::vector<Condition> conditions) : parts_(std::move(conditions)) {}
Disjunction::Disjunction(std::vector<Condition> conditions) : parts_(std::move(conditions)) {}

std::vector<Condition> Conjunction::conditions() const {
  return Condition::Tree::Flat(*this);
}
std::vector<Condition> Disjunction::conditions() const {
  return Condition::Tree::Flat(*this);
}

Operand::Operand(Source source, int index, int bits, bool is_signed)
    : source_(source),
      index_(static_cast<std::uint8_t>(index)),
      bits_(static_cast<std::uint8_t>(bits)),
      is_signed_(is_signed) {
  if (index < 0 || index >= kArguments)
    throw Error("a system call has arguments 0 to 5, no argument " + std::to_string(index));
}

Operand Operand::Argument(int index, int bits, bool is_signed) {
  if ((bits != 64 && bits != 32 && bits != 16) || (bits == 16 && is_signed))
    throw Error("an operand has 64, 32 or 16 bits, the 16 without a sign, not " + std::to_string(bits) +
                (is_signed ? " with one" : ""));
  return {Source::kArgument, index, bits, is_signed};
}

Operand Arg(int index) {
  return Operand::Argument(index, 64, false);
}
Operand Arg32(int index) {
  return Operand::Argument(index, 32, false);
}
Operand InstructionPointer() {
  return {Operand::Source::kInstructionPointer, 0, 64, false};
}
Operand Param(std::string_view name) {
  if (name.empty()) throw Error("a parameter has an empty name");
  Operand operand(Operand::Source::kParameter, 0, 64, false);
  operand.parameter_ = std::make_shared<const std::string>(name);
  return operand;
}

const std::string& Operand::parameter() const {
  static const std::string kNone;
  return parameter_ == nullptr ? kNone : *parameter_;
}

Operand Operand::Signed() const {
  if (source_ == Source::kParameter)
    throw Error("Param(\"" + *parameter_ + "\") knows by itself whether it is signed; leave Signed() out");
  if (source_ == Source::kInstructionPointer) throw Error("the instruction pointer is not a signed number");
  return Argument(index_, bits_, true);
}

std::string Operand::ToString() const {
  if (source_ == Source::kInstructionPointer) return "instruction_pointer";
  if (source_ == Source::kParameter) {
    const bool looks_like_an_argument = parameter_->size() > 3 && parameter_->starts_with("arg") &&
                                        std::isdigit(static_cast<unsigned char>((*parameter_)[3])) != 0;
    return looks_like_an_argument ? "param." + *parameter_ : *parameter_;
  }
  const std::string argument = "arg" + std::to_string(index_);
  if (is_signed_) return argument + (bits_ == 64 ? ".long" : ".int");
  return argument + (bits_ == 64 ? "" : bits_ == 32 ? ".low" : ".low16");
}

Condition Operand::In(std::vector<Value> values) const {
  return Checked(OneOf{*this, std::move(values)});
}

Condition Operand::OnlyBits(const Value& bits) const {
  return Checked(NoOtherBits{*this, bits});
}

Condition Operand::NonNegativeFd() const {
  constexpr std::int32_t most = std::numeric_limits<std::int32_t>::max();
  // With a sign, "not above INT_MAX" would let -1 through.
  const bool may_be_signed = is_signed_ || source_ == Source::kParameter;
  return may_be_signed ? OnlyBits(most) : *this <= most;
}

Condition MaskedOperand::AnySet() const {
  return *this != 0;
}
Condition MaskedOperand::AllSet() const {
  return *this == mask;
}
Condition MaskedOperand::In(const std::vector<Value>& values) const {
  if (values.empty()) throw Error("the set that (" + operand.ToString() + " & ...) is to be in is empty");
  std::vector<Condition> equal;
  equal.reserve(values.size());
  for (const Value& value : values) equal.push_back(*this == value);
  return AnyOf(std::move(equal));
}

Condition::Condition(Node node) : tree_(std::make_shared<Tree>(std::move(node))) {
  std::visit(NodeCheck{}, tree_->node);
  tree_->depth = tree_->Depth();
  if (tree_->depth > kMaximumDepth)
    throw Error("a condition is nested more than " + std::to_string(kMaximumDepth) + " levels deep");
  tree_->tests = tree_->Tests();
  if (tree_->tests > kMaximumTests)
    throw Error("a condition has more than " + std::to_string(kMaximumTests) + " tests");
}

const Condition::Node& Condition::node() const {
  return tree_->node;
}
int Condition::depth() const {
  return tree_->depth;
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
  return Checked(MaskedEqual{masked.operand, masked.mask, value});
}

Condition operator!=(const MaskedOperand& masked, const Value& value) {
  const MaskedEqual equal = {masked.operand, masked.mask, value};
  CheckNegatedTest(equal);
  return !Condition(equal);
}

Condition operator&&(const Condition& left, const Condition& right) {
  return Condition(Conjunction({left, right}));
}
Condition operator||(const Condition& left, const Condition& right) {
  return Condition(Disjunction({left, right}));
}

Condition operator!(const Condition& condition) {
  if (const auto* negation = std::get_if<Negation>(&condition.node())) return negation->condition.front();
  return Condition(Negation{{condition}});
}

Condition AllOf(std::vector<Condition> conditions) {
  if (conditions.empty()) throw Error("AllOf() needs at least one condition; use Always() for none");
  return Condition(Conjunction(std::move(conditions)));
}

Condition AnyOf(std::vector<Condition> conditions) {
  if (conditions.empty())
    throw Error("AnyOf() needs at least one condition: an empty one would never be true");
  return Condition(Disjunction(std::move(conditions)));
}

std::ostream& operator<<(std::ostream& out, const Condition& condition) {
  return out << condition.ToString();
}

}  // namespace precompiledseccomp
