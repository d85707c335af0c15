// SPDX-License-Identifier: Apache-2.0

#include "compile/canonical_form.h"

#include <bit>
#include <limits>

namespace precompiledseccomp::compile {
namespace {

using Kind = Test::Kind;
using Transform = Subject::Transform;

constexpr std::uint32_t kAllOnes = std::numeric_limits<std::uint32_t>::max();

Canonical Known(bool answer) {
  return {{}, false, answer ? Canonical::Answer::kYes : Canonical::Answer::kNo};
}

Canonical Exchanged(Test test, Kind kind, std::uint32_t operand) {
  test.kind = kind;
  test.operand = {operand, 0};
  return {test, true, Canonical::Answer::kUnknown};
}

Canonical Same(Test test, Kind kind, std::uint32_t operand) {
  test.kind = kind;
  test.operand = {operand, 0};
  return {test, false, Canonical::Answer::kUnknown};
}

// Ones from bit 31 down, then zeros: such a bit test is a comparison.
bool IsTopMask(std::uint32_t mask) {
  return mask != 0 && std::countl_one(mask) + std::countr_zero(mask) == 32;
}

// (word & mask) == value
Canonical CanonicalMasked(const Test& test) {
  const std::uint32_t mask = test.subject.operand.value;
  const std::uint32_t value = test.operand.value;
  if ((value & ~mask) != 0) return Known(false);
  if (mask == 0) return Known(true);
  Test plain = test;
  plain.subject.transform = Transform::kNone;
  plain.subject.operand = {};
  if (mask == kAllOnes) return Same(plain, Kind::kEqual, value);
  if (value == 0) {
    if (IsTopMask(mask))
      return Exchanged(plain, Kind::kGreaterOrEqual, std::uint32_t{1} << std::countr_zero(mask));
    return Exchanged(plain, Kind::kAnyBitSet, mask);
  }
  if (value == mask && IsTopMask(mask)) return Same(plain, Kind::kGreaterOrEqual, mask);
  if (value == mask && std::has_single_bit(mask)) return Same(plain, Kind::kAnyBitSet, mask);
  return {test, false, Canonical::Answer::kUnknown};
}

Canonical CanonicalAnyBitSet(const Test& test) {
  const std::uint32_t bits = test.operand.value;
  if (bits == 0) return Known(false);
  if (bits == kAllOnes) return Exchanged(test, Kind::kEqual, 0);
  if (IsTopMask(bits)) return Same(test, Kind::kGreaterOrEqual, std::uint32_t{1} << std::countr_zero(bits));
  return {test, false, Canonical::Answer::kUnknown};
}

Canonical CanonicalGreaterOrEqual(const Test& test) {
  switch (test.operand.value) {
    case 0:
      return Known(true);
    case 1:
      return Exchanged(test, Kind::kEqual, 0);
    case kAllOnes:
      return Same(test, Kind::kEqual, kAllOnes);
    default:
      return {test, false, Canonical::Answer::kUnknown};
  }
}

}  // namespace

Canonical CanonicalFormOf(const Test& test) {
  const bool constant = test.operand.IsConstant() && test.subject.operand.IsConstant();
  if (!constant) return {test, false, Canonical::Answer::kUnknown};
  if (!test.subject.IsPlain()) {
    const bool masked_equality = test.subject.transform == Transform::kAnd && test.kind == Kind::kEqual;
    return masked_equality ? CanonicalMasked(test) : Canonical{test, false, Canonical::Answer::kUnknown};
  }
  switch (test.kind) {
    case Kind::kAnyBitSet:
      return CanonicalAnyBitSet(test);
    case Kind::kGreaterOrEqual:
      return CanonicalGreaterOrEqual(test);
    case Kind::kGreater:
      if (test.operand.value == kAllOnes) return Known(false);
      return CanonicalGreaterOrEqual(Same(test, Kind::kGreaterOrEqual, test.operand.value + 1).test);
    case Kind::kEqual:
      break;
  }
  return {test, false, Canonical::Answer::kUnknown};
}

}  // namespace precompiledseccomp::compile
