// SPDX-License-Identifier: Apache-2.0

#include "verify/plain_tests.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include <precompiledseccomp/value.h>

namespace precompiledseccomp::verify {
namespace {

constexpr std::uint64_t kUpperHalf = kWholeArgument << 32;
constexpr std::uint64_t kNegative = kWholeArgument << 31;  // the highest bit of an int, and what repeats it

// The bits that the operand has, and the kernel does not look at.
std::uint64_t IgnoredBitsOf(const Operand& operand, const LookedAt& looked_at) {
  if (operand.source() != Operand::Source::kArgument) return 0;
  return (kWholeArgument >> (64 - operand.bits())) & ~looked_at[static_cast<std::size_t>(operand.index())];
}

// Whether none of these bits can be one in the value. Those of a variable can, if nothing is known of it.
bool HasNone(std::uint64_t bits, const Value& value) {
  const auto has_none = [](const Word& word, std::uint64_t of_word) {
    return static_cast<std::uint32_t>(of_word) == 0 ||
           (!word.IsVariable() && (word.constant() & static_cast<std::uint32_t>(of_word)) == 0);
  };
  return has_none(value.high(), bits >> 32) && has_none(value.low(), bits);
}

// Whether the value, as an int, is not negative; of a variable, that is known.
bool IsNoNegativeInt(const Value& value) {
  if (value.high().IsVariable() || value.high().constant() != 0) return false;
  return value.low().IsVariable() || (value.low().constant() & static_cast<std::uint32_t>(kNegative)) == 0;
}

// A visitor of conditions: whether something is so of all tests of operands which have ignored bits. `IsSo`
// has an operator for each kind of test, and is told whether a negation turns the test around.
template <typename IsSo>
struct OfAllTests {
  const LookedAt& looked_at;
  bool is_negated = false;

  bool operator()(const AlwaysTrue& /*node*/) const { return true; }
  bool operator()(const Conjunction& node) const { return All(node.conditions(), is_negated); }
  bool operator()(const Disjunction& node) const { return All(node.conditions(), is_negated); }
  bool operator()(const Negation& node) const { return All(node.condition, !is_negated); }
  template <typename Test>
  bool operator()(const Test& test) const {
    const std::uint64_t ignored = IgnoredBitsOf(test.operand, looked_at);
    return ignored == 0 || IsSo()(test, ignored, is_negated);
  }

 private:
  [[nodiscard]] bool All(const std::vector<Condition>& conditions, bool are_negated) const {
    return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& condition) {
      return std::visit(OfAllTests{looked_at, are_negated}, condition.node());
    });
  }
};

struct LooksElsewhere {
  template <typename Test>
  bool operator()(const Test& /*test*/, std::uint64_t /*ignored*/, bool /*is_negated*/) const {
    return false;
  }
  bool operator()(const MaskedEqual& test, std::uint64_t ignored, bool /*is_negated*/) const {
    return HasNone(ignored, test.mask);
  }
};

// Without the ignored bits, a number is smaller or the same. Where a value has none of them, "equal" and
// "less" can become true of it, and cannot become false; it is the other way round for their opposites.
struct StaysTrueWithout {
  bool operator()(const Comparison& test, std::uint64_t ignored, bool is_negated) const {
    if (test.operand.IsSigned() || !HasNone(ignored, test.value)) return false;
    switch (test.relation) {
      case Relation::kEqual:
      case Relation::kLess:
      case Relation::kLessOrEqual:
        return !is_negated;
      default:
        return is_negated;
    }
  }
  bool operator()(const MaskedEqual& test, std::uint64_t ignored, bool is_negated) const {
    if (HasNone(ignored, test.mask)) return true;
    return !is_negated && HasNone(ignored, test.value);
  }
  bool operator()(const OneOf& test, std::uint64_t ignored, bool is_negated) const {
    return !is_negated && std::all_of(test.values.begin(), test.values.end(),
                                      [&](const Value& value) { return HasNone(ignored, value); });
  }
  bool operator()(const NoOtherBits& /*test*/, std::uint64_t /*ignored*/, bool is_negated) const {
    return !is_negated;
  }
};

// A negative int is above all that are not negative, whatever its upper half is, and equals none of them.
struct IgnoresSign {
  bool operator()(const Comparison& test, std::uint64_t /*ignored*/, bool /*is_negated*/) const {
    return !test.operand.IsSigned() && IsNoNegativeInt(test.value);
  }
  bool operator()(const MaskedEqual& test, std::uint64_t ignored, bool /*is_negated*/) const {
    return HasNone(ignored & kUpperHalf, test.mask);
  }
  bool operator()(const OneOf& test, std::uint64_t /*ignored*/, bool /*is_negated*/) const {
    return std::all_of(test.values.begin(), test.values.end(), IsNoNegativeInt);
  }
  bool operator()(const NoOtherBits& test, std::uint64_t /*ignored*/, bool /*is_negated*/) const {
    return IsNoNegativeInt(test.bits);
  }
};

}  // namespace

bool TestsIgnoredBits(const Condition& condition, const LookedAt& looked_at) {
  return !std::visit(OfAllTests<LooksElsewhere>{looked_at}, condition.node());
}

bool HoldsWithoutIgnoredBits(const Condition& condition, const LookedAt& looked_at) {
  return std::visit(OfAllTests<StaysTrueWithout>{looked_at}, condition.node());
}

bool IgnoresSigns(const Condition& condition, const LookedAt& looked_at) {
  return std::visit(OfAllTests<IgnoresSign>{looked_at}, condition.node());
}

}  // namespace precompiledseccomp::verify
