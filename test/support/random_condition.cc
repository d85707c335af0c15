// SPDX-License-Identifier: Apache-2.0

#include "support/random_condition.h"

#include <array>

#include "support/halves.h"

namespace precompiledseccomp::testing {
namespace {

std::uint64_t RandomConstant(Random& random) {
  static const std::vector<std::uint64_t> extremes = {0,
                                                      1,
                                                      2,
                                                      0x7fffffff,
                                                      0x80000000,
                                                      0xfffffffe,
                                                      0xffffffff,
                                                      0x100000000,
                                                      0x100000001,
                                                      0x7fffffffffffffff,
                                                      0x8000000000000000,
                                                      0xffffffff80000000,
                                                      0xffffffff00000000,
                                                      ~0ULL - 1,
                                                      ~0ULL};
  switch (random.Below(6)) {
    case 0:
      return random.OneOf(extremes);
    case 1:
      return random.Below(16);
    case 2:
      return random.Word32();
    case 3:
      return random.Word64();
    case 4:  // an address
      return 0x7f0000000000 + random.Below(0x100000) * 4096;
    default:
      return std::uint64_t{1} << random.Below(64);
  }
}

std::uint64_t RandomMask(Random& random) {
  switch (random.Below(6)) {
    case 0:
      return std::uint64_t{1} << random.Below(64);
    case 1:
      return kLowHalf;
    case 2:
      return ~kLowHalf;
    case 3:  // a run of bits
      return ((std::uint64_t{1} << random.Between(1, 40)) - 1) << random.Below(32);
    case 4:  // a few bits
      return random.Word64() & random.Word64() & random.Word64();
    default:  // few low bits, as in real flags
      return random.Between(1, 255);
  }
}

class Generator {
 public:
  Generator(const Ingredients& ingredients, const Values* values, Random& random)
      : ingredients_(ingredients), values_(values), random_(random) {}

  Condition Make(int depth) {
    if (depth == 0 || random_.OneIn(4)) return Leaf();
    switch (random_.Below(5)) {
      case 0:
        return !Make(depth - 1);
      case 1:
      case 2:
        return AllOf(Parts(depth));
      default:
        return AnyOf(Parts(depth));
    }
  }

 private:
  std::vector<Condition> Parts(int depth) {
    std::vector<Condition> parts;
    const std::size_t count = random_.OneIn(12) ? random_.Between(8, 24) : random_.Between(1, 4);
    for (std::size_t i = 0; i < count; ++i) parts.push_back(Make(count > 4 ? 0 : depth - 1));
    return parts;
  }

  Condition Leaf() {
    const Operand& operand = random_.OneOf(ingredients_.operands);
    switch (random_.Below(12)) {
      case 0:
        return MaskedMembership(operand);
      case 1:
        return operand == AnyValue(operand);
      case 2:
        return operand != AnyValue(operand);
      case 3:
      case 4:
      case 5:
        return Ordering(operand);
      case 6:
      case 7:
        return MaskedEquality(operand);
      case 8:
      case 9:
        return operand.In(Members(operand));
      case 10:
        return Condition(NoOtherBits{operand, WantsVariableMask(operand)
                                                  ? Variable(operand)
                                                  : Value(Fitting(operand, RandomMask(random_)))});
      default:
        return random_.OneIn(8) || operand.bits() == 16 ? Always() : operand.NonNegativeFd();
    }
  }

  // Rules that could never match are refused: what compares with an end of the range could be one.
  Condition Ordering(const Operand& operand) {
    const auto relation = random_.OneOf<Relation>(
        {Relation::kLess, Relation::kLessOrEqual, Relation::kGreater, Relation::kGreaterOrEqual});
    if (WantsVariable()) return Condition(Comparison{operand, relation, Variable(operand)});
    std::uint64_t constant = Constant(operand);
    const std::uint64_t all = Fitting(operand, ~std::uint64_t{0});
    const std::uint64_t least = operand.IsSigned() ? all / 2 + 1 : 0;
    if (relation == Relation::kLess && constant == least) ++constant;
    if (relation == Relation::kGreater && constant == (least ^ all)) --constant;
    return Condition(Comparison{operand, relation, constant});
  }

  // Some bits of the operand, and several values that they may have.
  Condition MaskedMembership(const Operand& operand) {
    const std::uint64_t mask = Fitting(operand, RandomMask(random_));
    std::vector<Condition> equal;
    for (std::size_t i = 0, count = random_.Between(1, 6); i < count; ++i)
      equal.emplace_back(
          MaskedEqual{operand, mask, WantsVariable() ? Variable(operand) : Value(Constant(operand) & mask)});
    return AnyOf(std::move(equal));
  }

  Condition MaskedEquality(const Operand& operand) {
    const bool equal = !random_.OneIn(3);
    const bool variable_mask = WantsVariableMask(operand) && random_.OneIn(2);
    const bool variable_value = WantsVariable();
    const std::uint64_t mask_bits = RandomMask(random_);
    const Value mask = variable_mask ? Variable(operand) : Value(Fitting(operand, mask_bits));
    // A constant outside of a constant mask is refused; against variables anything goes.
    const std::uint64_t bits = variable_mask ? Constant(operand) : Constant(operand) & mask_bits;
    const Value value = variable_value ? Variable(operand) : Value(Fitting(operand, bits));
    const Condition condition(MaskedEqual{operand, mask, value});
    return equal ? condition : !condition;
  }

  std::vector<Value> Members(const Operand& operand) {
    std::vector<Value> members;
    const std::uint64_t start = Constant(operand);
    const std::uint64_t bit = std::uint64_t{1} << random_.Below(static_cast<std::size_t>(operand.bits()) - 1);
    switch (random_.Below(4)) {
      case 0:  // a run
        for (std::size_t i = 0, count = random_.Between(1, 9); i < count; ++i)
          members.emplace_back(Fitting(operand, start + i));
        break;
      case 1:  // a bit pattern
        for (const std::uint64_t pattern : {std::uint64_t{0}, std::uint64_t{1}, bit, bit | 1})
          members.emplace_back(Fitting(operand, (start & ~bit & ~std::uint64_t{1}) | pattern));
        break;
      case 2:  // scattered
        for (std::size_t i = 0, count = random_.Between(1, 30); i < count; ++i)
          members.emplace_back(Fitting(operand, random_.OneIn(2) ? random_.Word32() : random_.Word64()));
        break;
      default:
        for (std::size_t i = 0, count = random_.Between(1, 6); i < count; ++i)
          members.push_back(AnyValue(operand));
    }
    if (WantsVariable()) members.push_back(Variable(operand));
    return members;
  }

  Value AnyValue(const Operand& operand) {
    return WantsVariable() ? Variable(operand) : Value(Constant(operand));
  }

  bool WantsVariableMask(const Operand& operand) { return operand.bits() != 16 && WantsVariable(); }
  bool WantsVariable() { return values_ != nullptr && random_.OneIn(4); }

  Value Variable(const Operand& operand) {
    const std::size_t choice = random_.Below(operand.IsLowHalf() ? 3 : 4);
    const precompiledseccomp::Variable& variable = RandomVariables()[choice];
    return variable.bits == 64 ? values_->Uint64(variable.name) : (*values_)[variable.name];
  }

  std::uint64_t Constant(const Operand& operand) {
    return Fitting(operand, random_.OneOf(ingredients_.constants));
  }

  static std::uint64_t Fitting(const Operand& operand, std::uint64_t bits) {
    return bits & (~std::uint64_t{0} >> (64 - operand.bits()));
  }

  const Ingredients& ingredients_;
  const Values* values_;
  Random& random_;
};

}  // namespace

Ingredients RandomIngredients(Random& random) {
  Ingredients ingredients;
  for (std::size_t i = 0, count = random.Between(1, 3); i < count; ++i) {
    const int index = static_cast<int>(random.Below(6));
    if (!random.OneIn(3)) ingredients.operands.push_back(Arg(index));
    if (!random.OneIn(3)) ingredients.operands.push_back(Arg32(index));
    if (random.OneIn(4)) ingredients.operands.push_back(Arg(index).Signed());
    if (random.OneIn(4)) ingredients.operands.push_back(Arg32(index).Signed());
    if (random.OneIn(4)) ingredients.operands.push_back(Operand::Argument(index, 16, false));
  }
  if (ingredients.operands.empty() || random.OneIn(4)) ingredients.operands.push_back(InstructionPointer());

  for (std::size_t i = 0, count = random.Between(1, 5); i < count; ++i) {
    const std::uint64_t constant = RandomConstant(random);
    ingredients.constants.push_back(constant);
    if (random.OneIn(2)) ingredients.constants.push_back(constant + 1);
    if (random.OneIn(3)) ingredients.constants.push_back(constant & kLowHalf);
    if (random.OneIn(4)) ingredients.constants.push_back(constant ^ (std::uint64_t{1} << 32));
  }
  ingredients.deepest = static_cast<int>(random.Between(0, 4));
  return ingredients;
}

const std::vector<Variable>& RandomVariables() {
  static const std::vector<Variable> variables = {"a", "b", "c", Uint64("w")};
  return variables;
}

Condition RandomCondition(const Ingredients& ingredients, const Values* values, Random& random) {
  return Generator(ingredients, values, random).Make(ingredients.deepest);
}

}  // namespace precompiledseccomp::testing
