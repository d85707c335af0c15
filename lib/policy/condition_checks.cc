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

// Whether it is a negative number of a type that is wider than int.
bool IsNegativeLong(const Value& value) {
  return value.IsConstant() && !value.ComesFromNegativeInt() && static_cast<std::int64_t>(value.bits()) < 0;
}

// Who names a parameter cannot choose another width.
std::string WayOutOfWidth(const Operand& operand, const Value& value, Written written) {
  if (operand.bits() == 32 && IsNegativeLong(value)) return "; give a negative number as an int";
  if (operand.bits() == 32 && written == Written::kAsArgument)
    return "; use the whole argument if the kernel reads all of it";
  return "";
}

void CheckFits(const Operand& operand, const Value& value, std::string_view what, Written written) {
  const bool fits_half = !operand.IsLowHalf() || value.FitsLowHalf();
  const bool fits_quarter =
      operand.bits() > 16 || value.low().IsVariable() || value.low().constant() <= 0xffff;
  if (fits_half && fits_quarter) return;
  throw Error(operand.ToString() + " is " + std::to_string(operand.bits()) + " bits wide; the " +
              std::string(what) + " " +
              (value.ComesFromNegativeInt() ? SignedText(value) : value.ToString()) + " does not fit" +
              WayOutOfWidth(operand, value, written));
}

// A mask, or a set of bits. Of an operand of 16 bits it must be a constant, as nothing in a filter cuts a
// variable; ~07777 and the like are cut.
void CheckMaskFits(const Operand& operand, const Value& value, std::string_view what, Written written) {
  if (operand.bits() == 16 && !value.IsConstant())
    throw Error(operand.ToString() + " is 16 bits wide, and a variable has 32: its " + std::string(what) +
                " must be a constant");
  if (operand.bits() != 16 || !value.ComesFromNegativeInt()) CheckFits(operand, value, what, written);
}

void CheckValue(const Operand& operand, const Value& value, Written written) {
  CheckFits(operand, value, "value", written);
  if (operand.IsLowHalf() || operand.IsSigned() || !value.ComesFromNegativeInt()) return;
  throw Error(operand.ToString() + " is compared with the negative int " + SignedText(value) +
              "; what its upper half holds depends on the caller; use " +
              (written == Written::kAsArgument ? "Param, Arg32, or a 64-bit constant"
                                               : "Arg32 if it is an int for this operation"));
}

bool IsOrdering(Relation relation) {
  return relation != Relation::kEqual && relation != Relation::kNotEqual;
}

void CheckOrdering(const Operand& operand, const Value& value, Written written) {
  if (!operand.IsSigned() && value.ComesFromNegativeInt()) {
    const bool has_choice = written == Written::kAsArgument && operand.source() == Operand::Source::kArgument;
    throw Error(operand.ToString() + " is ordered against the negative int " + SignedText(value) +
                ", but its orderings are unsigned" +
                (has_choice ? "; use Param or Signed()" : ", as the kernel's are"));
  }
  if (!operand.IsSigned() || !value.IsConstant() || value.ComesFromNegativeInt()) return;
  // A constant of 64 bits does not say whether it is meant to be negative.
  if (IsNegativeLong(value))
    throw Error(operand.ToString() + " is signed; " + value.ToString() +
                " is larger than any of its values, or a negative number that is to be given as an int");
  if (operand.bits() == 32 && value.bits() > std::numeric_limits<std::int32_t>::max())
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
  Written written;

  Outcome operator()(const Comparison& node) const {
    if (IsOrdering(node.relation)) CheckOrdering(node.operand, node.value, written);
    CheckValue(node.operand, node.value, written);
    return node.value.IsConstant() ? OutcomeOfOrdering(node.operand, node.relation, node.value)
                                   : Outcome::kOpen;
  }
  // A negative int is not ambiguous here: the mask says which of its bits count.
  Outcome operator()(const MaskedEqual& node) const {
    CheckMaskFits(node.operand, node.mask, "mask", written);
    CheckFits(node.operand, node.value, "value", written);
    if (!node.mask.IsConstant() || !node.value.IsConstant()) return Outcome::kOpen;
    const std::uint64_t mask = BitsFor(node.operand, node.mask) & AllBitsOf(node.operand);
    const std::uint64_t value = BitsFor(node.operand, node.value);
    if ((value & ~mask) != 0) return Outcome::kNever;
    return mask == 0 ? Outcome::kAlways : Outcome::kOpen;
  }
  Outcome operator()(const OneOf& node) const {
    for (const Value& value : node.values) CheckValue(node.operand, value, written);
    return Outcome::kOpen;
  }
  Outcome operator()(const NoOtherBits& node) const {
    CheckMaskFits(node.operand, node.bits, "set of bits", written);
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

void Check(const Condition::Node& node, Written written, bool is_negated) {
  if (std::visit(HasUnknownOperand{}, node)) return;
  const Outcome outcome = std::visit(OutcomeOf{written}, node);
  if (outcome == Outcome::kOpen) return;
  const Condition condition(node);
  const std::string text = is_negated ? (!condition).ToString() : condition.ToString();
  const bool is_always = (outcome == Outcome::kAlways) != is_negated;
  throw Error("the condition " + text + (is_always ? " is always true" : " is never true"));
}

}  // namespace

void CheckTest(const Condition::Node& node, Written written) {
  Check(node, written, false);
}
void CheckNegatedTest(const Condition::Node& node, Written written) {
  Check(node, written, true);
}

}  // namespace precompiledseccomp
