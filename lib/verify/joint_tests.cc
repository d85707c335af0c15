// SPDX-License-Identifier: Apache-2.0

#include "verify/joint_tests.h"

#include <algorithm>
#include <cstdint>
#include <variant>
#include <vector>

namespace precompiledseccomp::verify {
namespace {

// The tests against variables in a part of a condition.
enum class Tests : std::uint8_t { kNone, kApart, kJoint };

Tests TestsOf(const Condition& condition, bool negated);

Tests TestOf(const Value& value) {
  return value.IsConstant() ? Tests::kNone : Tests::kApart;
}

struct Finder {
  bool negated;

  Tests operator()(const AlwaysTrue&) const { return Tests::kNone; }
  Tests operator()(const Comparison& node) const { return TestOf(node.value); }
  Tests operator()(const MaskedEqual& node) const { return std::max(TestOf(node.mask), TestOf(node.value)); }
  Tests operator()(const NoOtherBits& node) const { return TestOf(node.bits); }
  Tests operator()(const OneOf& node) const {
    Tests tests = Tests::kNone;
    for (const Value& value : node.values) tests = std::max(tests, TestOf(value));
    return tests;
  }
  Tests operator()(const Conjunction& node) const { return Join(node.conditions(), !negated); }
  Tests operator()(const Disjunction& node) const { return Join(node.conditions(), negated); }
  Tests operator()(const Negation& node) const { return TestsOf(node.condition.front(), !negated); }

  [[nodiscard]] Tests Join(const std::vector<Condition>& parts, bool all_must_hold) const {
    Tests joined = Tests::kNone;
    for (const Condition& part : parts) {
      const Tests tests = TestsOf(part, negated);
      const bool meets_others = all_must_hold && tests != Tests::kNone && joined != Tests::kNone;
      joined = meets_others ? Tests::kJoint : std::max(joined, tests);
    }
    return joined;
  }
};

Tests TestsOf(const Condition& condition, bool negated) {
  return std::visit(Finder{negated}, condition.node());
}

}  // namespace

bool HasJointTests(const Condition& condition) {
  return TestsOf(condition, false) == Tests::kJoint;
}

}  // namespace precompiledseccomp::verify
