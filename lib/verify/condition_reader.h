// SPDX-License-Identifier: Apache-2.0
//
// Reads a condition as a set of calls: comparisons of terms, joined. What a set is, is for the reader's user:
// `Sets` has a type Set, and the functions Equal, Greater and AnyBitInCommon of two terms, And, Or, Not, All
// and None.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include <precompiledseccomp/condition.h>
#include <precompiledseccomp/error.h>

#include "bpf/filter_with_holes.h"
#include "verify/sources.h"
#include "verify/terms.h"

namespace precompiledseccomp::verify {

template <typename Sets>
class ConditionReader {
 public:
  using Set = typename Sets::Set;

  // Of each word, the bits that conditions see; the others are zero to them.
  using Seen = std::array<std::uint32_t, kWords>;

  ConditionReader(Terms& terms, Sets& sets) : terms_(terms), sets_(sets) { seen_.fill(UINT32_MAX); }
  ConditionReader(Terms& terms, Sets& sets, const Seen& seen) : terms_(terms), sets_(sets), seen_(seen) {}

  Set Holds(const Condition& condition) { return std::visit(*this, condition.node()); }

  Set operator()(const AlwaysTrue&) { return Sets::All(); }

  Set operator()(const Comparison& node) {
    const Halves left = HalvesOf(node.operand);
    const Halves right = HalvesOf(node.operand, node.value);
    const Halves first = InOrder(node.operand, left);
    const Halves second = InOrder(node.operand, right);
    switch (node.relation) {
      case Relation::kEqual:
        return Equal(left, right);
      case Relation::kNotEqual:
        return sets_.Not(Equal(left, right));
      case Relation::kLess:
        return Greater(second, first);
      case Relation::kLessOrEqual:
        return sets_.Not(Greater(first, second));
      case Relation::kGreater:
        return Greater(first, second);
      case Relation::kGreaterOrEqual:
        return sets_.Not(Greater(second, first));
    }
    return Sets::None();
  }

  Set operator()(const MaskedEqual& node) {
    const Halves operand = HalvesOf(node.operand);
    const Halves mask = HalvesOf(node.operand, node.mask);
    const Halves masked{terms_.And(operand.high, mask.high), terms_.And(operand.low, mask.low)};
    return Equal(masked, HalvesOf(node.operand, node.value));
  }

  Set operator()(const OneOf& node) {
    return AnyOfRange(node.values.size(), [&](std::size_t i) {
      const Halves operand = HalvesOf(node.operand);
      return Equal(operand, HalvesOf(node.operand, node.values[i]));
    });
  }

  // No bit but these: with them all set, it is them.
  Set operator()(const NoOtherBits& node) {
    const Halves operand = HalvesOf(node.operand);
    const Halves bits = HalvesOf(node.operand, node.bits);
    const Halves joined{terms_.Or(operand.high, bits.high), terms_.Or(operand.low, bits.low)};
    return Equal(joined, bits);
  }

  Set operator()(const Conjunction& node) {
    const std::vector<Condition> conditions = node.conditions();
    return sets_.Not(
        AnyOfRange(conditions.size(), [&](std::size_t i) { return sets_.Not(Holds(conditions[i])); }));
  }

  Set operator()(const Disjunction& node) {
    const std::vector<Condition> conditions = node.conditions();
    return AnyOfRange(conditions.size(), [&](std::size_t i) { return Holds(conditions[i]); });
  }

  Set operator()(const Negation& node) { return sets_.Not(Holds(node.condition.front())); }

  Set IsVsyscall() {
    const TermId high_half = terms_.Word(InstructionPointerWord(true));
    return sets_.AnyBitInCommon(high_half, terms_.Constant(bpf::kHighestBit));
  }

  TermId TermOf(const precompiledseccomp::Word& word) {
    return word.IsVariable() ? terms_.Variable(word.variable()) : terms_.Constant(word.constant());
  }

 private:
  struct Halves {
    TermId high;
    TermId low;
  };

  // Without the sign: what is negative comes first when the highest bit is turned around.
  Halves InOrder(const Operand& operand, const Halves& halves) {
    if (!operand.IsSigned()) return halves;
    const TermId highest_bit = terms_.Constant(bpf::kHighestBit);
    if (operand.IsLowHalf()) return {halves.high, terms_.Xor(halves.low, highest_bit)};
    return {terms_.Xor(halves.high, highest_bit), halves.low};
  }

  // Where only the low half counts, the high ones are zero.
  Halves HalvesOf(const Operand& operand) {
    if (operand.source() == Operand::Source::kParameter)
      throw Error("the parameter " + operand.ToString() + " is looked at before it is resolved");
    const bool is_argument = operand.source() == Operand::Source::kArgument;
    const auto word = [&](bool high_half) {
      const Source source =
          is_argument ? ArgumentWord(operand.index(), high_half) : InstructionPointerWord(high_half);
      const TermId all = terms_.Word(source);
      return seen_[source] == UINT32_MAX ? all : terms_.And(all, terms_.Constant(seen_[source]));
    };
    const TermId high = operand.IsLowHalf() ? terms_.Constant(0) : word(true);
    const TermId low = word(false);
    return {high, operand.bits() == 16 ? terms_.And(low, terms_.Constant(0xffff)) : low};
  }
  Halves HalvesOf(const Operand& operand, const Value& value) {
    return {operand.IsLowHalf() ? terms_.Constant(0) : TermOf(value.high()), TermOf(value.low())};
  }

  Set Equal(const Halves& left, const Halves& right) {
    const Set equal_high = sets_.Equal(left.high, right.high);
    return sets_.And(equal_high, sets_.Equal(left.low, right.low));
  }
  Set Greater(const Halves& left, const Halves& right) {
    const Set equal_high = sets_.Equal(left.high, right.high);
    const Set low_decides = sets_.And(equal_high, sets_.Greater(left.low, right.low));
    return sets_.Or(sets_.Greater(left.high, right.high), low_decides);
  }

  // The union of the sets 0 to count - 1, joined in pairs, as sets of thousands would else be gone through
  // thousands of times.
  template <typename SetOf>
  Set AnyOfRange(std::size_t count, const SetOf& set_of, std::size_t begin = 0) {
    if (count == 0) return Sets::None();
    if (count == 1) return set_of(begin);
    const Set left = AnyOfRange(count / 2, set_of, begin);
    return sets_.Or(left, AnyOfRange(count - count / 2, set_of, begin + count / 2));
  }

  Terms& terms_;
  Sets& sets_;
  Seen seen_;
};

}  // namespace precompiledseccomp::verify
