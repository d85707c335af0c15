// SPDX-License-Identifier: Apache-2.0

#include "inspect/remaining_condition.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <precompiledseccomp/evaluate.h>

#include "inspect/number_text.h"

namespace precompiledseccomp::inspect {
namespace {

// The bits of the call that a test looks at.
std::uint64_t BitsOf(const Operand& operand, const seccomp_data& call) {
  const std::uint64_t whole = operand.source() == Operand::Source::kInstructionPointer
                                  ? call.instruction_pointer
                                  : call.args[operand.index()];
  return whole & (~std::uint64_t{0} >> (64 - operand.bits()));
}

// ---- Making it smaller.

struct Reducer {
  const Condition& condition;
  const PartlyKnownCall& call;
  const KnownValues& known;

  Remaining operator()(const AlwaysTrue&) const { return true; }

  Remaining operator()(const Comparison& node) const {
    if (!known.IsKnown(node.value)) return condition;
    const bool is_equality = node.relation == Relation::kEqual || node.relation == Relation::kNotEqual;
    if (is_equality && Excludes(node.operand, node.value.BitsWith(known.numbers()), UINT64_MAX))
      return node.relation == Relation::kNotEqual;
    return Test(IsKnown(node.operand, UINT64_MAX));
  }

  Remaining operator()(const MaskedEqual& node) const {
    if (!known.IsKnown(node.mask) || !known.IsKnown(node.value)) return condition;
    const std::uint64_t mask = node.mask.BitsWith(known.numbers());
    if (Excludes(node.operand, node.value.BitsWith(known.numbers()), mask)) return false;
    return Test(IsKnown(node.operand, mask));
  }

  Remaining operator()(const NoOtherBits& node) const {
    if (!known.IsKnown(node.bits)) return condition;
    const std::uint64_t others = ~node.bits.BitsWith(known.numbers());
    if (Excludes(node.operand, 0, others)) return false;
    return Test(IsKnown(node.operand, others));
  }

  Remaining operator()(const OneOf& node) const {
    OneOf open{node.operand, {}};
    for (const Value& value : node.values) {
      const std::optional<bool> is_equal = Equals(node.operand, value);
      if (!is_equal)
        open.values.push_back(value);
      else if (*is_equal)
        return true;
    }
    if (open.values.empty()) return false;
    return Condition(open);
  }

  Remaining operator()(const Conjunction& node) const {
    return Joined<Conjunction>(node.conditions(), false);
  }
  Remaining operator()(const Disjunction& node) const { return Joined<Disjunction>(node.conditions(), true); }

  Remaining operator()(const Negation& node) const {
    const Remaining inner = RemainingOf(node.condition.front(), call, known);
    if (const bool* const holds = std::get_if<bool>(&inner)) return !*holds;
    return Condition(Negation{{std::get<Condition>(inner)}});
  }

 private:
  [[nodiscard]] Remaining Test(bool is_known) const {
    if (is_known) return Holds(condition, call.call, known.numbers());
    return condition;
  }

  // Of these bits of an operand, those that are known.
  [[nodiscard]] std::uint64_t KnownOf(const Operand& operand, std::uint64_t bits) const {
    const std::uint64_t known_bits = operand.source() == Operand::Source::kInstructionPointer
                                         ? call.known_pointer
                                         : call.known[static_cast<std::size_t>(operand.index())];
    return known_bits & bits & (~std::uint64_t{0} >> (64 - operand.bits()));
  }
  [[nodiscard]] bool IsKnown(const Operand& operand, std::uint64_t bits) const {
    return KnownOf(operand, bits) == (bits & (~std::uint64_t{0} >> (64 - operand.bits())));
  }
  // Whether what is known of it is enough for (operand & mask) not to be the value.
  [[nodiscard]] bool Excludes(const Operand& operand, std::uint64_t value, std::uint64_t mask) const {
    return ((BitsOf(operand, call.call) ^ value) & KnownOf(operand, mask)) != 0;
  }
  [[nodiscard]] std::optional<bool> Equals(const Operand& operand, const Value& value) const {
    if (!known.IsKnown(value)) return std::nullopt;
    const std::uint64_t bits = value.BitsWith(known.numbers());
    if (Excludes(operand, bits, UINT64_MAX)) return false;
    if (!IsKnown(operand, UINT64_MAX)) return std::nullopt;
    return BitsOf(operand, call.call) == bits;
  }

  // `decisive` is the outcome of a part that makes all others irrelevant.
  template <typename Join>
  [[nodiscard]] Remaining Joined(const std::vector<Condition>& parts, bool decisive) const {
    std::vector<Condition> open;
    for (const Condition& part : parts) {
      Remaining remaining = RemainingOf(part, call, known);
      if (auto* const left = std::get_if<Condition>(&remaining))
        open.push_back(std::move(*left));
      else if (std::get<bool>(remaining) == decisive)
        return decisive;
    }
    if (open.empty()) return !decisive;
    if (open.size() == 1) return open.front();
    return Condition(Join(std::move(open)));
  }
};

// ---- As text.

std::string ValueText(const Value& value, const KnownValues& known) {
  if (!known.IsKnown(value)) return "$" + known.variables()[known.VariableOf(value)].name;
  return ShortNumber(value.BitsWith(known.numbers()));
}

// What a relation becomes when its sides are exchanged, so that the variable comes first.
const char* Mirrored(Relation relation) {
  switch (relation) {
    case Relation::kEqual:
      return " == ";
    case Relation::kNotEqual:
      return " != ";
    case Relation::kLess:
      return " > ";
    case Relation::kLessOrEqual:
      return " >= ";
    case Relation::kGreater:
      return " < ";
    case Relation::kGreaterOrEqual:
      return " <= ";
  }
  return "";
}

struct Writer {
  const seccomp_data& call;
  const KnownValues& known;

  std::string operator()(const AlwaysTrue&) const { return "true"; }

  std::string operator()(const Comparison& node) const {
    const bool is_ordering = node.relation != Relation::kEqual && node.relation != Relation::kNotEqual;
    const std::uint64_t bits = BitsOf(node.operand, call);
    const bool is_signed = is_ordering && node.operand.IsSigned();
    return ValueText(node.value, known) + Mirrored(node.relation) +
           (is_signed ? SignedText(node.operand, bits) : ShortNumber(bits));
  }

  std::string operator()(const OneOf& node) const {
    std::string text;
    for (const Value& value : node.values)
      text += (text.empty() ? "" : " || ") + ValueText(value, known) +
              " == " + ShortNumber(BitsOf(node.operand, call));
    return text;
  }

  // Appended: GCC 12 warns of `"literal" + string` when it optimises (its bug 105651).
  std::string operator()(const MaskedEqual& node) const {
    return Bracketed(ShortNumber(BitsOf(node.operand, call)) + " & " + ValueText(node.mask, known))
        .append(" == ")
        .append(ValueText(node.value, known));
  }

  std::string operator()(const NoOtherBits& node) const {
    return Bracketed(ShortNumber(BitsOf(node.operand, call)) + " & ~" + ValueText(node.bits, known))
        .append(" == 0");
  }

  std::string operator()(const Conjunction& node) const { return Joined(node.conditions(), " && "); }
  std::string operator()(const Disjunction& node) const { return Joined(node.conditions(), " || "); }
  std::string operator()(const Negation& node) const {
    return std::string("!").append(Bracketed(TextOfTree(node.condition.front())));
  }

 private:
  static std::string Bracketed(const std::string& text) { return std::string("(").append(text).append(")"); }

  // Whether it would be read otherwise beside others.
  static bool NeedsBrackets(const Condition& condition) {
    const auto* const one_of = std::get_if<OneOf>(&condition.node());
    return std::holds_alternative<Conjunction>(condition.node()) ||
           std::holds_alternative<Disjunction>(condition.node()) ||
           (one_of != nullptr && one_of->values.size() > 1);
  }

  static std::string SignedText(const Operand& operand, std::uint64_t bits) {
    return operand.bits() == 32 ? std::to_string(static_cast<std::int32_t>(bits))
                                : std::to_string(static_cast<std::int64_t>(bits));
  }

  [[nodiscard]] std::string TextOfTree(const Condition& condition) const {
    return std::visit(*this, condition.node());
  }

  [[nodiscard]] std::string Joined(const std::vector<Condition>& parts, const char* join) const {
    std::string text;
    for (const Condition& part : parts) {
      const std::string inner = TextOfTree(part);
      text += (text.empty() ? "" : join) + (NeedsBrackets(part) ? Bracketed(inner) : inner);
    }
    return text;
  }
};

// ---- Values to try.

// The outcome of comparisons of a variable with numbers changes at these numbers, and at the ends of signed
// and unsigned order: so the numbers, their neighbours and the ends are all that there is to try. Masks can
// make any bit matter.
struct Collector {
  const seccomp_data& call;
  const KnownValues& known;
  ValuesToTry& to_try;

  void operator()(const AlwaysTrue&) const {}

  void operator()(const Comparison& node) const { AddAround(node.value, BitsOf(node.operand, call)); }

  void operator()(const OneOf& node) const {
    for (const Value& value : node.values) AddAround(value, BitsOf(node.operand, call));
  }

  void operator()(const MaskedEqual& node) const {
    to_try.are_complete = false;
    const std::uint64_t bits = BitsOf(node.operand, call);
    AddAround(node.mask, bits);
    AddAround(node.value, bits);
    if (known.IsKnown(node.value)) {
      const std::uint64_t wanted = node.value.BitsWith(known.numbers());
      for (const std::uint64_t mask : {wanted, wanted | ~bits}) AddAround(node.mask, mask);
    }
    if (known.IsKnown(node.mask)) AddAround(node.value, bits & node.mask.BitsWith(known.numbers()));
  }

  void operator()(const NoOtherBits& node) const {
    to_try.are_complete = false;
    AddAround(node.bits, BitsOf(node.operand, call));
  }

  void operator()(const Conjunction& node) const { AddAll(node.conditions()); }
  void operator()(const Disjunction& node) const { AddAll(node.conditions()); }
  void operator()(const Negation& node) const { AddAll(node.condition); }

 private:
  void AddAll(const std::vector<Condition>& conditions) const {
    for (const Condition& condition : conditions) std::visit(*this, condition.node());
  }

  void AddAround(const Value& value, std::uint64_t number) const {
    if (known.IsKnown(value)) return;
    const std::size_t place = known.VariableOf(value);
    const bool is_wide = known.variables()[place].bits == 64;
    const std::uint64_t most = is_wide ? UINT64_MAX : UINT32_MAX;
    std::set<std::uint64_t>& values = to_try.values[place];
    values.insert({0, 1, most, most / 2, most / 2 + 1});
    for (const std::uint64_t near : {number - 1, number, number + 1})
      if (near <= most) values.insert(near);
  }
};

}  // namespace

Remaining RemainingOf(const Condition& condition, const seccomp_data& call, const KnownValues& known) {
  return RemainingOf(condition, PartlyKnownCall::Whole(call), known);
}

Remaining RemainingOf(const Condition& condition, const PartlyKnownCall& call, const KnownValues& known) {
  return std::visit(Reducer{condition, call, known}, condition.node());
}

std::string RemainingText(const Condition& condition, const seccomp_data& call, const KnownValues& known) {
  return std::visit(Writer{call, known}, condition.node());
}

void AddValuesToTry(const Condition& condition, const seccomp_data& call, const KnownValues& known,
                    ValuesToTry& to_try) {
  std::visit(Collector{call, known, to_try}, condition.node());
}

}  // namespace precompiledseccomp::inspect
