// SPDX-License-Identifier: Apache-2.0

#include "compile/graph.h"

#include <bit>
#include <initializer_list>
#include <limits>
#include <utility>

namespace precompiledseccomp::compile {
namespace {

using Kind = Test::Kind;
using Transform = Subject::Transform;

constexpr std::uint32_t kAllOnes = std::numeric_limits<std::uint32_t>::max();

// A test in canonical form, which may have turned out to have one answer, or may have its sides exchanged.
struct Canonical {
  enum class Answer : std::uint8_t { kUnknown, kYes, kNo };

  Test test;
  bool exchanged = false;
  Answer answer = Answer::kUnknown;
};

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

Canonical Canonicalize(const Test& test) {
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

}  // namespace

NodeId Graph::AddLeaf(const Leaf& leaf) {
  Node node;
  node.leaf = leaf;
  return Intern(node);
}

NodeId Graph::AddAction(const Action& action) {
  if (!action.data().IsVariable()) return AddLeaf({action.ReturnValue(), {}});
  return AddLeaf({action.ReturnValueWithoutData(), ImmediateFor(action.data())});
}

NodeId Graph::AddBranch(const Test& test, NodeId yes, NodeId no) {
  if (yes == no) return yes;
  const Canonical canonical = Canonicalize(test);
  if (canonical.answer == Canonical::Answer::kYes) return yes;
  if (canonical.answer == Canonical::Answer::kNo) return no;
  Node node;
  node.is_leaf = false;
  node.test = canonical.test;
  node.yes = canonical.exchanged ? no : yes;
  node.no = canonical.exchanged ? yes : no;
  return Intern(node);
}

Immediate Graph::ImmediateFor(const Word& word) {
  if (!word.IsVariable()) return {word.value, 0};
  const auto next = static_cast<std::uint32_t>(variables_.size() + 1);
  return {word.value, variables_.emplace(word.variable, next).first->second};
}

std::vector<bool> Graph::ReachableFrom(NodeId root) const {
  std::vector<bool> reachable(nodes_.size(), false);
  reachable[root] = true;
  for (NodeId id = root + 1; id-- > 0;) {
    const Node& node = nodes_[id];
    if (!reachable[id] || node.is_leaf) continue;
    reachable[node.yes] = true;
    reachable[node.no] = true;
  }
  return reachable;
}

NodeId Graph::Intern(const Node& node) {
  const auto [found, added] = ids_.emplace(node, static_cast<NodeId>(nodes_.size()));
  if (added) nodes_.push_back(node);
  return found->second;
}

std::size_t Graph::NodeHash::operator()(const Node& node) const {
  const Test& test = node.test;
  std::uint64_t hash = node.is_leaf ? 1 : 2;
  for (const std::uint64_t part :
       {std::uint64_t{node.leaf.return_value}, std::uint64_t{node.leaf.data.variable},
        std::uint64_t{test.subject.offset}, static_cast<std::uint64_t>(test.subject.transform),
        std::uint64_t{test.subject.operand.value}, std::uint64_t{test.subject.operand.variable},
        static_cast<std::uint64_t>(test.kind), std::uint64_t{test.operand.value},
        std::uint64_t{test.operand.variable}, std::uint64_t{node.yes}, std::uint64_t{node.no}})
    hash = (hash ^ part) * 0x9e3779b97f4a7c15ULL + (hash >> 29);
  return static_cast<std::size_t>(hash);
}

}  // namespace precompiledseccomp::compile
