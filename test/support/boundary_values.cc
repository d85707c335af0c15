// SPDX-License-Identifier: Apache-2.0

#include "support/boundary_values.h"

#include <variant>

#include "support/halves.h"

namespace precompiledseccomp::testing {
namespace {

constexpr std::uint64_t kHighOne = std::uint64_t{1} << 32;

void CollectLeaves(const Condition& condition, std::vector<Condition>& leaves);

struct LeafCollector {
  const Condition& condition;
  std::vector<Condition>& leaves;

  void operator()(const Conjunction& node) const { All(node.conditions()); }
  void operator()(const Disjunction& node) const { All(node.conditions()); }
  void operator()(const Negation& node) const { All(node.condition); }
  template <typename Leaf>
  void operator()(const Leaf&) const {
    leaves.push_back(condition);
  }

  void All(const std::vector<Condition>& parts) const {
    for (const Condition& part : parts) CollectLeaves(part, leaves);
  }
};

void CollectLeaves(const Condition& condition, std::vector<Condition>& leaves) {
  std::visit(LeafCollector{condition, leaves}, condition.node());
}

std::uint64_t SignExtended(std::uint64_t low) {
  return static_cast<std::uint64_t>(
      static_cast<std::int64_t>(static_cast<std::int32_t>(static_cast<std::uint32_t>(low))));
}

// The neighbours of a constant, as a number of 64 bits and in each of its halves.
void AddAround(std::uint64_t value, std::vector<std::uint64_t>& values) {
  const std::uint64_t low = value & kLowHalf;
  const std::uint64_t high = value & kHighHalf;
  values.insert(values.end(), {value - 1, value, value + 1});
  values.insert(values.end(), {value ^ kHighOne, value ^ (std::uint64_t{1} << 63), low, low | kHighHalf,
                               SignExtended(low), low ^ 0x80000000});
  values.insert(values.end(), {high, high | kLowHalf, high + kHighOne, high - 1, value + kHighOne,
                               value - kHighOne, high + kHighOne + low + 1, high - kHighOne + low - 1});
}

void AddSingleBitFlips(std::uint64_t value, std::vector<std::uint64_t>& values) {
  for (int bit = 0; bit < 64; ++bit) values.push_back(value ^ (std::uint64_t{1} << bit));
}

struct BoundaryOfLeaf {
  std::vector<std::uint64_t>& values;

  void operator()(const Comparison& node) const { AddAround(node.value.bits(), values); }
  void operator()(const OneOf& node) const {
    for (const Value& value : node.values) AddAround(value.bits(), values);
  }
  void operator()(const MaskedEqual& node) const {
    const std::uint64_t mask = node.mask.bits();
    const std::uint64_t value = node.value.bits();
    AddAround(value, values);
    values.insert(values.end(), {value | ~mask, value ^ mask, mask, ~mask, value | kHighHalf});
    AddSingleBitFlips(value, values);
  }
  void operator()(const NoOtherBits& node) const {
    const std::uint64_t bits = node.bits.bits();
    AddAround(bits, values);
    values.push_back(~bits);
    AddSingleBitFlips(bits, values);
    AddSingleBitFlips(0, values);
  }
  template <typename Other>
  void operator()(const Other&) const {}
};

}  // namespace

std::size_t FieldOf(const Operand& operand) {
  return operand.source() == Operand::Source::kInstructionPointer ? kInstructionPointerField
                                                                  : static_cast<std::size_t>(operand.index());
}

void SetField(seccomp_data& call, std::size_t field, std::uint64_t value) {
  if (field == kInstructionPointerField)
    call.instruction_pointer = value;
  else
    call.args[field] = value;
}

std::vector<Condition> LeavesOf(const Condition& condition) {
  std::vector<Condition> leaves;
  CollectLeaves(condition, leaves);
  return leaves;
}

const Operand* OperandOf(const Condition& leaf) {
  if (const auto* node = std::get_if<Comparison>(&leaf.node())) return &node->operand;
  if (const auto* node = std::get_if<MaskedEqual>(&leaf.node())) return &node->operand;
  if (const auto* node = std::get_if<OneOf>(&leaf.node())) return &node->operand;
  if (const auto* node = std::get_if<NoOtherBits>(&leaf.node())) return &node->operand;
  return nullptr;
}

std::vector<Value> ValuesOf(const Condition& leaf) {
  if (const auto* node = std::get_if<Comparison>(&leaf.node())) return {node->value};
  if (const auto* node = std::get_if<MaskedEqual>(&leaf.node())) return {node->mask, node->value};
  if (const auto* node = std::get_if<OneOf>(&leaf.node())) return node->values;
  if (const auto* node = std::get_if<NoOtherBits>(&leaf.node())) return {node->bits};
  return {};
}

const std::vector<std::uint64_t>& ExtremeValues() {
  static const std::vector<std::uint64_t> values = {
      0,        1,           0x7fffffff,         0x80000000,
      kLowHalf, kHighOne,    kHighHalf,          kHighHalf | 0x80000000,
      ~0ULL,    1ULL << 63U, (1ULL << 63U) - 1U, 0x7fffffff00000000};
  return values;
}

std::vector<std::uint64_t> BoundaryValues(const Condition& leaf) {
  std::vector<std::uint64_t> values = ExtremeValues();
  std::visit(BoundaryOfLeaf{values}, leaf.node());
  return values;
}

void AddBoundaryValues(const Condition& condition, FieldValues& values) {
  for (const Condition& leaf : LeavesOf(condition)) {
    const Operand* operand = OperandOf(leaf);
    if (operand == nullptr) continue;
    const auto boundary = BoundaryValues(leaf);
    values[FieldOf(*operand)].insert(boundary.begin(), boundary.end());
  }
}

}  // namespace precompiledseccomp::testing
