// SPDX-License-Identifier: Apache-2.0

#include "compile/lower_condition.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include <precompiledseccomp/error.h>

#include "bpf/instructions.h"
#include "compile/search_tree.h"
#include "policy/same.h"

namespace precompiledseccomp::compile {
namespace {

using Kind = Test::Kind;
using Transform = Subject::Transform;

// Nothing is known about how often each value of a set is asked for: all weigh the same, and a test that is
// made counts as much as one that is there.
constexpr double kCostOfATest = 1;

// The values of one word that lead to `yes`.
using WordSet = std::set<std::uint32_t>;

// The conditions that an or (Disjunction) or an and (Conjunction) joins, however it is nested.
template <typename Junction>
void Flatten(const std::vector<Condition>& conditions, std::vector<const Condition*>& flat) {
  for (const Condition& condition : conditions) {
    if (const auto* inner = std::get_if<Junction>(&condition.node()))
      Flatten<Junction>(inner->conditions, flat);
    else
      flat.push_back(&condition);
  }
}

std::vector<const Condition*> PartsOfAnd(const Condition& condition) {
  std::vector<const Condition*> parts;
  if (const auto* conjunction = std::get_if<Conjunction>(&condition.node()))
    Flatten<Conjunction>(conjunction->conditions, parts);
  else
    parts.push_back(&condition);
  return parts;
}

// If a condition says nothing but what its operand equals: that.
std::optional<OneOf> SetOf(const Condition& condition) {
  if (const auto* one_of = std::get_if<OneOf>(&condition.node())) return *one_of;
  const auto* comparison = std::get_if<Comparison>(&condition.node());
  if (comparison == nullptr || comparison->relation != Relation::kEqual) return std::nullopt;
  return OneOf{comparison->operand, {comparison->value}};
}

// What stands between two ors: that an operand is one of some values, if there is a set, and the rest.
struct Alternative {
  std::optional<OneOf> set;
  std::vector<const Condition*> rest;  // joined by and
  NodeId rest_id;                      // the rest, lowered to be compared: equal for equal ones
};

class Lowering {
 public:
  Lowering(const Target& target, Graph& graph) : target_(target), graph_(graph) {}

  NodeId LowerAny(const Condition& condition, NodeId yes, NodeId no) {
    return std::visit([&](const auto& node) { return Lower(node, yes, no); }, condition.node());
  }

  NodeId AnyBitSet(std::uint32_t offset, std::uint32_t bits, NodeId yes, NodeId no) {
    return graph_.AddBranch({Plain(offset), Kind::kAnyBitSet, {bits, 0}}, yes, no);
  }

  [[nodiscard]] std::uint32_t OffsetOf(const Operand& operand, bpf::Half half) const {
    if (operand.source() == Operand::Source::kInstructionPointer)
      return bpf::InstructionPointerOffset(half, target_.big_endian);
    return bpf::ArgumentOffset(operand.index(), half, target_.big_endian);
  }

 private:
  static Subject Plain(std::uint32_t offset) { return {offset, Transform::kNone, {}}; }

  [[nodiscard]] std::uint32_t Low(const Operand& operand) const { return OffsetOf(operand, bpf::Half::kLow); }
  [[nodiscard]] std::uint32_t High(const Operand& operand) const {
    return OffsetOf(operand, bpf::Half::kHigh);
  }

  NodeId Compare(std::uint32_t offset, Kind kind, const Word& word, NodeId yes, NodeId no) {
    return graph_.AddBranch({Plain(offset), kind, graph_.ImmediateFor(word)}, yes, no);
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
    const NodeId low = Compare(Low(operand), low_kind, value.low(), yes, no);
    if (operand.IsLowHalf()) return low;
    const bool high_is_zero = !value.high().IsVariable() && value.high().constant() == 0;
    // Above zero is the same as not zero: one test of the high half is enough.
    if (high_is_zero) return Compare(High(operand), Kind::kEqual, value.high(), low, yes);
    const NodeId not_greater = Compare(High(operand), Kind::kEqual, value.high(), low, no);
    return Compare(High(operand), Kind::kGreater, value.high(), yes, not_greater);
  }

  //     ld word; and mask; jeq value
  NodeId MaskedWord(std::uint32_t offset, const Word& mask, const Word& value, NodeId yes, NodeId no) {
    const Subject masked{offset, Transform::kAnd, graph_.ImmediateFor(mask)};
    return graph_.AddBranch({masked, Kind::kEqual, graph_.ImmediateFor(value)}, yes, no);
  }

  NodeId Lower(const MaskedEqual& node, NodeId yes, NodeId no) {
    const NodeId low = MaskedWord(Low(node.operand), node.mask.low(), node.value.low(), yes, no);
    if (node.operand.IsLowHalf()) return low;
    return MaskedWord(High(node.operand), node.mask.high(), node.value.high(), low, no);
  }

  // word & ~bits == 0; of a variable, whose complement is not at hand:  ld word; or bits; jeq bits
  NodeId OnlyBitsInWord(std::uint32_t offset, const Word& bits, NodeId yes, NodeId no) {
    if (!bits.IsVariable()) return AnyBitSet(offset, ~bits.constant(), no, yes);
    const Immediate operand = graph_.ImmediateFor(bits);
    return graph_.AddBranch({{offset, Transform::kOr, operand}, Kind::kEqual, operand}, yes, no);
  }

  NodeId Lower(const NoOtherBits& node, NodeId yes, NodeId no) {
    const NodeId low = OnlyBitsInWord(Low(node.operand), node.bits.low(), yes, no);
    return node.operand.IsLowHalf() ? low : OnlyBitsInWord(High(node.operand), node.bits.high(), low, no);
  }

  // Constants are searched, grouped by their high half; variables, which have no order, are tried in turn
  // behind them.
  NodeId Lower(const OneOf& node, NodeId yes, NodeId no) {
    NodeId otherwise = no;
    std::map<std::uint32_t, WordSet> lows_by_high;
    for (auto value = node.values.rbegin(); value != node.values.rend(); ++value) {
      const bool constant = node.operand.IsLowHalf() ? !value->low().IsVariable() : value->IsConstant();
      if (!constant)
        otherwise = Equal(node.operand, *value, yes, otherwise);
      else
        lows_by_high[node.operand.IsLowHalf() ? 0 : value->high().constant()].insert(value->low().constant());
    }
    if (lows_by_high.empty()) return otherwise;
    if (node.operand.IsLowHalf())
      return MemberOfSet(Low(node.operand), lows_by_high.begin()->second, yes, otherwise);
    std::map<std::uint32_t, NodeId> node_by_high;
    for (const auto& [high, lows] : lows_by_high)
      node_by_high[high] = MemberOfSet(Low(node.operand), lows, yes, otherwise);
    return Search(High(node.operand), node_by_high, otherwise);
  }

  NodeId MemberOfSet(std::uint32_t offset, const WordSet& set, NodeId yes, NodeId no) {
    std::map<std::uint32_t, NodeId> nodes;
    for (const std::uint32_t member : set) nodes[member] = yes;
    return Search(offset, nodes, no);
  }

  // Searches a word for the values of `nodes`; any other leads to `otherwise`.
  NodeId Search(std::uint32_t offset, const std::map<std::uint32_t, NodeId>& nodes, NodeId otherwise) {
    std::vector<ValueRange> ranges;
    std::uint64_t next = 0;
    for (const auto& [value, node] : nodes) {
      if (value > next) ranges.push_back({static_cast<std::uint32_t>(next), otherwise, 1});
      ranges.push_back({value, node, 1});
      next = std::uint64_t{value} + 1;
    }
    if (next <= UINT32_MAX) ranges.push_back({static_cast<std::uint32_t>(next), otherwise, 1});
    return BuildSearch(Plain(offset), ranges, kCostOfATest, graph_).root;
  }

  NodeId Lower(const Conjunction& node, NodeId yes, NodeId no) {
    NodeId result = yes;
    for (auto condition = node.conditions.rbegin(); condition != node.conditions.rend(); ++condition)
      result = LowerAny(*condition, result, no);
    return result;
  }

  NodeId LowerAll(const std::vector<const Condition*>& conditions, NodeId yes, NodeId no) {
    NodeId result = yes;
    for (auto condition = conditions.rbegin(); condition != conditions.rend(); ++condition)
      result = LowerAny(**condition, result, no);
    return result;
  }

  NodeId Lower(const Disjunction& node, NodeId yes, NodeId no) {
    if (is_comparing_) return LowerInTurn(node, yes, no);
    const std::vector<Alternative> alternatives = AlternativesOf(node, yes, no);
    NodeId result = no;
    for (auto alternative = alternatives.rbegin(); alternative != alternatives.rend(); ++alternative) {
      const NodeId rest = LowerAll(alternative->rest, yes, result);
      result = alternative->set ? Lower(*alternative->set, rest, result) : rest;
    }
    return result;
  }

  NodeId LowerInTurn(const Disjunction& node, NodeId yes, NodeId no) {
    NodeId result = no;
    for (auto condition = node.conditions.rbegin(); condition != node.conditions.rend(); ++condition)
      result = LowerAny(*condition, yes, result);
    return result;
  }

  // What a rest decides, to be compared with others. Alternatives within it are not looked at for what they
  // have in common: each level of nesting would double the time that this takes, and more.
  NodeId LowerToCompare(const std::vector<const Condition*>& rest, NodeId yes, NodeId no) {
    is_comparing_ = true;
    const NodeId id = LowerAll(rest, yes, no);
    is_comparing_ = false;
    return id;
  }

  // Alternatives that differ in nothing but what one operand equals are one, with a set of values: a set is
  // searched, single values are tried in turn.
  std::vector<Alternative> AlternativesOf(const Disjunction& node, NodeId yes, NodeId no) {
    std::vector<const Condition*> conditions;
    Flatten<Disjunction>(node.conditions, conditions);
    std::vector<Alternative> alternatives;
    for (const Condition* condition : conditions) {
      const std::vector<const Condition*> parts = PartsOfAnd(*condition);
      std::optional<Alternative> first;
      bool is_joined = false;
      for (std::size_t i = 0; i < parts.size() && !is_joined; ++i) {
        std::optional<OneOf> set = SetOf(*parts[i]);
        if (!set) continue;
        std::vector<const Condition*> rest = parts;
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
        const NodeId rest_id = LowerToCompare(rest, yes, no);
        is_joined = JoinWithEqual(*set, rest_id, alternatives);
        if (!first) first = Alternative{std::move(set), std::move(rest), rest_id};
      }
      if (is_joined) continue;
      alternatives.push_back(first ? std::move(*first) : Alternative{std::nullopt, parts, 0});
    }
    return alternatives;
  }

  // Adds the values of `set` to an alternative with the same operand and the same rest, if there is one.
  static bool JoinWithEqual(const OneOf& set, NodeId rest_id, std::vector<Alternative>& alternatives) {
    for (Alternative& alternative : alternatives) {
      if (!alternative.set || !AreSame(alternative.set->operand, set.operand) ||
          alternative.rest_id != rest_id)
        continue;
      std::vector<Value>& values = alternative.set->values;
      values.insert(values.end(), set.values.begin(), set.values.end());
      return true;
    }
    return false;
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

NodeId LowerIsVsyscall(NodeId yes, NodeId no, const Target& target, Graph& graph) {
  constexpr std::uint32_t kTopBit = 0x80000000;
  Lowering lowering(target, graph);
  return lowering.AnyBitSet(lowering.OffsetOf(InstructionPointer(), bpf::Half::kHigh), kTopBit, yes, no);
}

}  // namespace precompiledseccomp::compile
