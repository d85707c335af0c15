// SPDX-License-Identifier: Apache-2.0

#include "policy/condition_checks.h"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>

#include <precompiledseccomp/error.h>

namespace precompiledseccomp {
namespace {

enum class Outcome : std::uint8_t { kOpen, kNever, kAlways };

// All bits that an operand has.
std::uint64_t AllBitsOf(const Operand& operand) {
  return std::numeric_limits<std::uint64_t>::max() >> (64 - operand.bits());
}

// The bits of a constant as its operand sees them.
std::uint64_t BitsFor(const Operand& operand, const Value& value) {
  return operand.IsLowHalf() ? value.low().constant() : value.bits();
}

std::string SignedText(const Value& value) {
  return std::to_string(static_cast<std::int64_t>(value.bits()));
}

void CheckFits(const Operand& operand, const Value& value, std::string_view what) {
  const bool fits_half = !operand.IsLowHalf() || value.FitsLowHalf();
  const bool fits_quarter =
      operand.bits() > 16 || value.low().IsVariable() || value.low().constant() <= 0xffff;
  if (fits_half && fits_quarter) return;
  throw Error(operand.ToString() + " is " + std::to_string(operand.bits()) + " bits wide; the " +
              std::string(what) + " " +
              (value.ComesFromNegativeInt() ? SignedText(value) : value.ToString()) + " does not fit" +
              (operand.bits() == 32 ? "; use the whole argument if the kernel reads all of it" : ""));
}

// What the mask or the set of bits of a 16-bit operand can be: nothing in a filter cuts a variable to 16.
void CheckIsConstantFor16Bits(const Operand& operand, const Value& value, std::string_view what) {
  if (operand.bits() == 16 && !value.IsConstant())
    throw Error(operand.ToString() + " is 16 bits wide, and a variable has 32: its " + std::string(what) +
                " must be a constant");
}

void CheckValue(const Operand& operand, const Value& value) {
  CheckFits(operand, value, "value");
  if (!operand.IsLowHalf() && !operand.IsSigned() && value.ComesFromNegativeInt())
    throw Error(operand.ToString() + " is compared with the negative int " + SignedText(value) +
                "; what its upper half holds depends on the caller; use Param, Arg32, or a 64-bit constant");
}

bool IsOrdering(Relation relation) {
  return relation != Relation::kEqual && relation != Relation::kNotEqual;
}

void CheckOrdering(const Operand& operand, const Value& value) {
  if (!operand.IsSigned() && value.ComesFromNegativeInt())
    throw Error(operand.ToString() + " is ordered against the negative int " + SignedText(value) +
                ", but its orderings are unsigned; use Param or Signed()");
  const bool is_int = operand.IsSigned() && operand.bits() == 32;
  if (is_int && value.IsConstant() && !value.ComesFromNegativeInt() &&
      value.bits() > std::numeric_limits<std::int32_t>::max())
    throw Error(operand.ToString() + " is a signed number of 32 bits; " + value.ToString() +
                " is larger than any of them");
}

Outcome OutcomeOfOrdering(const Operand& operand, Relation relation, const Value& value) {
  const std::uint64_t all = AllBitsOf(operand);
  const std::uint64_t top = operand.IsSigned() ? all / 2 + 1 : 0;
  const std::uint64_t place = (BitsFor(operand, value) & all) ^ top;  // in the order of the operand's values
  switch (relation) {
    case Relation::kLess:
      return place == 0 ? Outcome::kNever : Outcome::kOpen;
    case Relation::kGreater:
      return place == all ? Outcome::kNever : Outcome::kOpen;
    case Relation::kGreaterOrEqual:
      return place == 0 ? Outcome::kAlways : Outcome::kOpen;
    case Relation::kLessOrEqual:
      return place == all ? Outcome::kAlways : Outcome::kOpen;
    case Relation::kEqual:
    case Relation::kNotEqual:
      break;
  }
  return Outcome::kOpen;
}

// Says what is wrong with the values, by exceptions, and otherwise what comes of the test whatever the call.
struct OutcomeOf {
  Outcome operator()(const Comparison& node) const {
    if (IsOrdering(node.relation)) CheckOrdering(node.operand, node.value);
    CheckValue(node.operand, node.value);
    return node.value.IsConstant() ? OutcomeOfOrdering(node.operand, node.relation, node.value)
                                   : Outcome::kOpen;
  }
  // A negative int is not ambiguous here: the mask says which of its bits count.
  Outcome operator()(const MaskedEqual& node) const {
    CheckFits(node.operand, node.mask, "mask");
    CheckIsConstantFor16Bits(node.operand, node.mask, "mask");
    CheckFits(node.operand, node.value, "value");
    if (!node.mask.IsConstant() || !node.value.IsConstant()) return Outcome::kOpen;
    const std::uint64_t mask = BitsFor(node.operand, node.mask);
    const std::uint64_t value = BitsFor(node.operand, node.value);
    if ((value & ~mask) != 0) return Outcome::kNever;
    return mask == 0 ? Outcome::kAlways : Outcome::kOpen;
  }
  Outcome operator()(const OneOf& node) const {
    for (const Value& value : node.values) CheckValue(node.operand, value);
    return Outcome::kOpen;
  }
  Outcome operator()(const NoOtherBits& node) const {
    const bool is_negative = node.bits.ComesFromNegativeInt();
    // ~3 and the like: of a mode, what is above its 16 bits does not matter.
    if (node.operand.bits() != 16 || !is_negative) CheckFits(node.operand, node.bits, "set of bits");
    CheckIsConstantFor16Bits(node.operand, node.bits, "set of bits");
    if (!node.bits.IsConstant()) return Outcome::kOpen;
    const std::uint64_t all = AllBitsOf(node.operand);
    return (BitsFor(node.operand, node.bits) & all) == all ? Outcome::kAlways : Outcome::kOpen;
  }
  template <typename Other>
  Outcome operator()(const Other& /*joined*/) const {
    return Outcome::kOpen;
  }
};

struct HasUnknownOperand {
  template <typename Node>
  bool operator()(const Node& node) const {
    if constexpr (requires { node.operand; })
      return node.operand.source() == Operand::Source::kParameter;
    else
      return false;
  }
};

void Check(const Condition& condition, bool is_negated) {
  if (std::visit(HasUnknownOperand{}, condition.node())) return;
  const Outcome outcome = std::visit(OutcomeOf{}, condition.node());
  if (outcome == Outcome::kOpen) return;
  const std::string text = is_negated ? (!condition).ToString() : condition.ToString();
  const bool is_always = (outcome == Outcome::kAlways) != is_negated;
  throw Error("the condition " + text + (is_always ? " is always true" : " is never true"));
}

}  // namespace

void CheckTest(const Condition& condition) {
  Check(condition, false);
}
void CheckNegatedTest(const Condition& condition) {
  Check(condition, true);
}

}  // namespace precompiledseccomp
