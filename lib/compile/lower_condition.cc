// SPDX-License-Identifier: Apache-2.0

#include "compile/lower_condition.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <precompiledseccomp/error.h>

#include "bpf/instructions.h"
#include "compile/search_tree.h"

namespace precompiledseccomp::compile {
namespace {

using Kind = Test::Kind;
using Transform = Subject::Transform;

// Nothing is known about how often each value of a set is asked for: all weigh the same, and a test that is
// made counts as much as one that is there.
constexpr double kCostOfATest = 1;

constexpr std::uint32_t k16Bits = 0xffff;

// The values of one word that lead to `yes`.
using WordSet = std::set<std::uint32_t>;

std::vector<Condition> PartsOfAnd(const Condition& condition) {
  const auto* conjunction = std::get_if<Conjunction>(&condition.node());
  if (conjunction != nullptr) return conjunction->conditions();
  return {condition};
}

// That an operand, or those of its bits that a constant mask has, is one of some values.
struct ValueSet {
  Operand operand;
  std::optional<Value> mask;
  std::vector<Value> values;
};

// If a condition says nothing but what its operand equals: that.
std::optional<ValueSet> SetOf(const Condition& condition) {
  if (const auto* one_of = std::get_if<OneOf>(&condition.node()))
    return ValueSet{one_of->operand, {}, one_of->values};
  if (const auto* masked = std::get_if<MaskedEqual>(&condition.node())) {
    if (!masked->mask.IsConstant() || !masked->value.IsConstant()) return std::nullopt;
    return ValueSet{masked->operand, masked->mask, {masked->value}};
  }
  const auto* comparison = std::get_if<Comparison>(&condition.node());
  if (comparison == nullptr || comparison->relation != Relation::kEqual) return std::nullopt;
  return ValueSet{comparison->operand, {}, {comparison->value}};
}

// What is the same in sets of values that can be one: which bits of which operand they are of. The operand's
// sign does not matter to what it equals.
using BitsOfOperand = std::tuple<Operand::Source, int, int, std::optional<std::uint64_t>>;

BitsOfOperand BitsOf(const ValueSet& set) {
  const auto mask = set.mask ? std::optional(set.mask->bits()) : std::nullopt;
  return {set.operand.source(), set.operand.index(), set.operand.bits(), mask};
}

// What stands between two ors: that an operand is one of some values, if there is a set, and the rest.
struct Alternative {
  std::vector<Condition> parts;  // joined by and
  std::optional<ValueSet> set;
  std::vector<Condition> rest;  // the parts without it
  NodeId rest_id;               // these, lowered to be compared: equal for equal ones
};

class Lowering {
 public:
  Lowering(const Target& target, Graph& graph) : target_(target), graph_(graph) {}

  NodeId LowerAny(const Condition& condition, NodeId yes, NodeId no) {
    return std::visit([&](const auto& node) { return Lower(node, yes, no); }, condition.node());
  }

  NodeId LowerAnyOf(const std::vector<Condition>& conditions, NodeId yes, NodeId no) {
    std::vector<Condition> flat;
    for (const Condition& condition : conditions) {
      const auto* const disjunction = std::get_if<Disjunction>(&condition.node());
      const std::vector<Condition> parts = disjunction ? disjunction->conditions() : std::vector{condition};
      flat.insert(flat.end(), parts.begin(), parts.end());
    }
    return LowerFlat(flat, yes, no);
  }

  NodeId AnyBitSet(std::uint32_t offset, std::uint32_t bits, NodeId yes, NodeId no) {
    return graph_.AddBranch({Plain(offset), Kind::kAnyBitSet, {bits, 0}}, yes, no);
  }

  [[nodiscard]] std::uint32_t OffsetOf(const Operand& operand, bpf::Half half) const {
    if (operand.source() == Operand::Source::kParameter)
      throw Error("the parameter " + operand.ToString() + " is compiled before it is resolved");
    if (operand.source() == Operand::Source::kInstructionPointer)
      return bpf::InstructionPointerOffset(half, target_.big_endian);
    return bpf::ArgumentOffset(operand.index(), half, target_.big_endian);
  }

 private:
  static Subject Plain(std::uint32_t offset) { return {offset, Transform::kNone, {}}; }
  static Subject Masked(std::uint32_t offset, std::uint32_t mask) {
    return {offset, Transform::kAnd, {mask, 0}};
  }

  // What counts of the low half.
  [[nodiscard]] Subject Low(const Operand& operand) const {
    const std::uint32_t offset = OffsetOf(operand, bpf::Half::kLow);
    return operand.bits() == 16 ? Masked(offset, k16Bits) : Plain(offset);
  }
  [[nodiscard]] Subject High(const Operand& operand) const {
    return Plain(OffsetOf(operand, bpf::Half::kHigh));
  }

  NodeId Compare(const Subject& subject, Kind kind, const Word& word, NodeId yes, NodeId no) {
    return graph_.AddBranch({subject, kind, graph_.ImmediateFor(word)}, yes, no);
  }

  NodeId IsNegative(const Subject& word, NodeId yes, NodeId no) {
    return graph_.AddBranch({word, Kind::kGreaterOrEqual, {kHighestBit, 0}}, yes, no);
  }

  NodeId Lower(const AlwaysTrue&, NodeId yes, NodeId /*no*/) { return yes; }

  NodeId Lower(const Comparison& node, NodeId yes, NodeId no) {
    switch (node.relation) {
      case Relation::kEqual:
        return Equal(node.operand, node.value, yes, no);
      case Relation::kNotEqual:
        return Equal(node.operand, node.value, no, yes);
      case Relation::kGreater:
        return Greater(node.operand, Kind::kGreater, node.value, yes, no);
      case Relation::kGreaterOrEqual:
        return Greater(node.operand, Kind::kGreaterOrEqual, node.value, yes, no);
      case Relation::kLessOrEqual:
        return Greater(node.operand, Kind::kGreater, node.value, no, yes);
      case Relation::kLess:
        return Greater(node.operand, Kind::kGreaterOrEqual, node.value, no, yes);
    }
    throw Error("a comparison has an unknown relation");
  }

  // high == value.high && low == value.low. The high half comes first: it is the one that tests of an
  // argument share.
  NodeId Equal(const Operand& operand, const Value& value, NodeId yes, NodeId no) {
    const NodeId low = Compare(Low(operand), Kind::kEqual, value.low(), yes, no);
    return operand.IsLowHalf() ? low : Compare(High(operand), Kind::kEqual, value.high(), low, no);
  }

  // high > value.high || (high == value.high && low > value.low), or >= in the low half.
  NodeId Greater(const Operand& operand, Kind low_kind, const Value& value, NodeId yes, NodeId no) {
    if (operand.IsLowHalf() && operand.IsSigned())
      return GreaterSigned(Low(operand), low_kind, value.low(), {yes, no, no});
    const NodeId low = Compare(Low(operand), low_kind, value.low(), yes, no);
    if (operand.IsLowHalf()) return low;
    if (operand.IsSigned()) return GreaterSigned(High(operand), Kind::kGreater, value.high(), {yes, low, no});
    const bool high_is_zero = !value.high().IsVariable() && value.high().constant() == 0;
    // Above zero is the same as not zero: one test of the high half is enough.
    if (high_is_zero) return Compare(High(operand), Kind::kEqual, value.high(), low, yes);
    const NodeId not_greater = Compare(High(operand), Kind::kEqual, value.high(), low, no);
    return Compare(High(operand), Kind::kGreater, value.high(), yes, not_greater);
  }

  // Where a comparison of a word with a signed number leads. What is equal is of interest only if the kind is
  // kGreater.
  struct Outcomes {
    NodeId greater;
    NodeId equal;
    NodeId less;
  };

  // Among numbers of one sign the order is the unsigned one, so that one test more is enough for a constant:
  // that of the sign. With a variable, both sides have their highest bit turned around:
  //
  //     ld word; xor #0x80000000; jgt variable ^ 0x80000000
  NodeId GreaterSigned(const Subject& word, Kind kind, const Word& value, const Outcomes& outcomes) {
    const auto not_greater = [&](const Subject& subject, const Immediate& operand) {
      const bool is_told_apart = kind == Kind::kGreater && outcomes.equal != outcomes.less;
      if (!is_told_apart) return outcomes.less;
      return graph_.AddBranch({subject, Kind::kEqual, operand}, outcomes.equal, outcomes.less);
    };
    if (value.IsVariable()) {
      const Subject turned = {word.offset, Transform::kXor, {kHighestBit, 0}};
      const Immediate operand = graph_.FlippedImmediateFor(value);
      return graph_.AddBranch({turned, kind, operand}, outcomes.greater, not_greater(turned, operand));
    }
    const Immediate operand = graph_.ImmediateFor(value);
    const bool is_negative = (operand.value & kHighestBit) != 0;
    const NodeId otherwise = not_greater(word, operand);
    if (is_negative)
      return IsNegative(word, graph_.AddBranch({word, kind, operand}, outcomes.greater, otherwise),
                        outcomes.greater);
    const NodeId greater = IsNegative(word, outcomes.less, outcomes.greater);
    // Above zero is the same as not zero.
    if (operand.value == 0 && kind == Kind::kGreater)
      return graph_.AddBranch({word, Kind::kEqual, operand}, outcomes.equal, greater);
    return graph_.AddBranch({word, kind, operand}, greater, otherwise);
  }

  //     ld word; and mask; jeq value
  NodeId MaskedWord(const Subject& subject, const Word& value, NodeId yes, NodeId no) {
    return graph_.AddBranch({subject, Kind::kEqual, graph_.ImmediateFor(value)}, yes, no);
  }

  // The bits of `mask` of what counts of a half.
  Subject MaskedBy(const Word& mask, const Subject& half) {
    Immediate operand = graph_.ImmediateFor(mask);
    if (!half.IsPlain()) {
      if (!operand.IsConstant()) throw Error("a variable is the mask of an operand of 16 bits");
      operand.value &= half.operand.value;
    }
    // Comparisons of a mask's bits say nothing of the word, and this mask has all of it.
    if (operand == Immediate{UINT32_MAX}) return half;
    return {half.offset, Transform::kAnd, operand};
  }

  NodeId Lower(const MaskedEqual& node, NodeId yes, NodeId no) {
    const NodeId low = MaskedWord(MaskedBy(node.mask.low(), Low(node.operand)), node.value.low(), yes, no);
    if (node.operand.IsLowHalf()) return low;
    return MaskedWord(MaskedBy(node.mask.high(), High(node.operand)), node.value.high(), low, no);
  }

  // word & ~bits == 0; of a variable, whose complement is not at hand:  ld word; or bits; jeq bits
  NodeId OnlyBitsInWord(const Subject& half, const Word& bits, NodeId yes, NodeId no) {
    const std::uint32_t that_count = half.IsPlain() ? UINT32_MAX : half.operand.value;
    if (!bits.IsVariable()) return AnyBitSet(half.offset, ~bits.constant() & that_count, no, yes);
    if (!half.IsPlain()) throw Error("a variable is the set of bits of an operand of 16 bits");
    const Immediate operand = graph_.ImmediateFor(bits);
    return graph_.AddBranch({{half.offset, Transform::kOr, operand}, Kind::kEqual, operand}, yes, no);
  }

  NodeId Lower(const NoOtherBits& node, NodeId yes, NodeId no) {
    const NodeId low = OnlyBitsInWord(Low(node.operand), node.bits.low(), yes, no);
    return node.operand.IsLowHalf() ? low : OnlyBitsInWord(High(node.operand), node.bits.high(), low, no);
  }

  NodeId Lower(const OneOf& node, NodeId yes, NodeId no) {
    return MemberOf({node.operand, {}, node.values}, yes, no);
  }

  // Constants are searched, grouped by their high half; variables, which have no order, are tried in turn
  // behind them.
  NodeId MemberOf(const ValueSet& set, NodeId yes, NodeId no) {
    NodeId otherwise = no;
    std::map<std::uint32_t, WordSet> lows_by_high;
    for (auto value = set.values.rbegin(); value != set.values.rend(); ++value) {
      const bool constant = set.operand.IsLowHalf() ? !value->low().IsVariable() : value->IsConstant();
      if (!constant)
        otherwise = Equal(set.operand, *value, yes, otherwise);
      else
        lows_by_high[set.operand.IsLowHalf() ? 0 : value->high().constant()].insert(value->low().constant());
    }
    if (lows_by_high.empty()) return otherwise;
    const Subject low = set.mask ? MaskedBy(set.mask->low(), Low(set.operand)) : Low(set.operand);
    if (set.operand.IsLowHalf()) return MemberOfWords(low, lows_by_high.begin()->second, yes, otherwise);
    const Subject high = set.mask ? MaskedBy(set.mask->high(), High(set.operand)) : High(set.operand);
    std::map<std::uint32_t, NodeId> node_by_high;
    for (const auto& [of_high, lows] : lows_by_high)
      node_by_high[of_high] = MemberOfWords(low, lows, yes, otherwise);
    return Search(high, node_by_high, otherwise);
  }

  NodeId MemberOfWords(const Subject& subject, const WordSet& set, NodeId yes, NodeId no) {
    std::map<std::uint32_t, NodeId> nodes;
    for (const std::uint32_t member : set) nodes[member] = yes;
    return Search(subject, nodes, no);
  }

  // Searches for the values of `nodes`; any other leads to `otherwise`. Values that a mask makes impossible
  // go where their neighbours go.
  NodeId Search(const Subject& subject, const std::map<std::uint32_t, NodeId>& nodes, NodeId otherwise) {
    const std::uint32_t mask = subject.IsPlain() ? UINT32_MAX : subject.operand.value;
    std::vector<ValueRange> ranges;
    std::uint64_t next = 0;
    std::uint64_t next_possible = 0;
    for (const auto& [value, node] : nodes) {
      if ((value & ~mask) != 0) continue;
      if (value > next_possible) ranges.push_back({static_cast<std::uint32_t>(next), otherwise, 1});
      ranges.push_back({value, node, 1});
      next = std::uint64_t{value} + 1;
      // Carries pass the bits that the mask lacks.
      next_possible = value == mask ? next : ((value | ~mask) + 1) & mask;
    }
    if (next <= mask) ranges.push_back({static_cast<std::uint32_t>(next), otherwise, 1});
    return BuildSearch(subject, ranges, kCostOfATest, graph_).root;
  }

  NodeId Lower(const Conjunction& node, NodeId yes, NodeId no) {
    return LowerAll(node.conditions(), yes, no);
  }

  NodeId LowerAll(const std::vector<Condition>& conditions, NodeId yes, NodeId no) {
    NodeId result = yes;
    for (auto condition = conditions.rbegin(); condition != conditions.rend(); ++condition)
      result = LowerAny(*condition, result, no);
    return result;
  }

  NodeId Lower(const Disjunction& node, NodeId yes, NodeId no) {
    return LowerFlat(node.conditions(), yes, no);
  }

  // Joined by or; none of them is so itself.
  NodeId LowerFlat(const std::vector<Condition>& conditions, NodeId yes, NodeId no) {
    if (is_comparing_) return LowerInTurn(conditions, yes, no);
    const std::vector<Alternative> alternatives = AlternativesOf(conditions, yes, no);
    NodeId result = no;
    for (auto alternative = alternatives.rbegin(); alternative != alternatives.rend(); ++alternative) {
      result = LowerAlternative(*alternative, yes, result);
    }
    return result;
  }

  // A mask that no other alternative has stays where its author wrote it.
  NodeId LowerAlternative(const Alternative& alternative, NodeId yes, NodeId no) {
    const std::optional<ValueSet>& set = alternative.set;
    if (!set || (set->mask && set->values.size() == 1)) return LowerAll(alternative.parts, yes, no);
    return MemberOf(*set, LowerAll(alternative.rest, yes, no), no);
  }

  NodeId LowerInTurn(const std::vector<Condition>& conditions, NodeId yes, NodeId no) {
    NodeId result = no;
    for (auto condition = conditions.rbegin(); condition != conditions.rend(); ++condition)
      result = LowerAny(*condition, yes, result);
    return result;
  }

  // What a rest decides, to be compared with others. Alternatives within it are not looked at for what they
  // have in common: each level of nesting would double the time that this takes, and more.
  NodeId LowerToCompare(const std::vector<Condition>& rest, NodeId yes, NodeId no) {
    is_comparing_ = true;
    const NodeId id = LowerAll(rest, yes, no);
    is_comparing_ = false;
    return id;
  }

  // Alternatives that differ in nothing but what one operand equals are one, with a set of values: a set is
  // searched, single values are tried in turn.
  std::vector<Alternative> AlternativesOf(const std::vector<Condition>& conditions, NodeId yes, NodeId no) {
    std::vector<Alternative> alternatives;
    std::map<std::pair<BitsOfOperand, NodeId>, std::size_t> by_rest;
    for (const Condition& condition : conditions) {
      const std::vector<Condition> parts = PartsOfAnd(condition);
      std::optional<Alternative> first;
      bool is_joined = false;
      for (std::size_t i = 0; i < parts.size() && !is_joined; ++i) {
        std::optional<ValueSet> set = SetOf(parts[i]);
        if (!set) continue;
        std::vector<Condition> rest = parts;
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
        const NodeId rest_id = LowerToCompare(rest, yes, no);
        const auto known = by_rest.find({BitsOf(*set), rest_id});
        is_joined = known != by_rest.end();
        if (is_joined) {
          std::vector<Value>& values = alternatives[known->second].set->values;
          values.insert(values.end(), set->values.begin(), set->values.end());
        }
        const bool is_better = !first || (first->set->mask && !set->mask);
        if (is_better) first = Alternative{parts, std::move(set), std::move(rest), rest_id};
      }
      if (is_joined) continue;
      if (first) by_rest.emplace(std::pair(BitsOf(*first->set), first->rest_id), alternatives.size());
      alternatives.push_back(first ? std::move(*first) : Alternative{parts, std::nullopt, {}, 0});
    }
    return alternatives;
  }

  NodeId Lower(const Negation& node, NodeId yes, NodeId no) {
    return LowerAny(node.condition.front(), no, yes);
  }

  const Target& target_;
  Graph& graph_;
  bool is_comparing_ = false;  // instead of lowering what will stay
};

}  // namespace

NodeId Lower(const Condition& condition, NodeId yes, NodeId no, const Target& target, Graph& graph) {
  return Lowering(target, graph).LowerAny(condition, yes, no);
}

NodeId LowerAnyOf(const std::vector<Condition>& conditions, NodeId yes, NodeId no, const Target& target,
                  Graph& graph) {
  return Lowering(target, graph).LowerAnyOf(conditions, yes, no);
}

NodeId LowerIsVsyscall(NodeId yes, NodeId no, const Target& target, Graph& graph) {
  Lowering lowering(target, graph);
  return lowering.AnyBitSet(lowering.OffsetOf(InstructionPointer(), bpf::Half::kHigh), kHighestBit, yes, no);
}

}  // namespace precompiledseccomp::compile
