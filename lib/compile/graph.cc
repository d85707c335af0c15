// SPDX-License-Identifier: Apache-2.0

#include "compile/graph.h"

#include <algorithm>
#include <bit>
#include <limits>

#include <linux/seccomp.h>

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

constexpr NodeId kFree = std::numeric_limits<NodeId>::max();

std::size_t HashOf(const Node& node) {
  const auto pair = [](std::uint32_t high, std::uint32_t low) { return std::uint64_t{high} << 32 | low; };
  const auto mix = [](std::uint64_t hash, std::uint64_t part) {
    hash = (hash ^ part) * 0x9e3779b97f4a7c15ULL;
    return hash ^ (hash >> 32);
  };
  if (node.is_leaf) return mix(1, pair(node.leaf.return_value, node.leaf.data.variable));
  const Test& test = node.test;
  std::uint64_t hash = pair(node.yes, node.no);
  hash =
      mix(hash, pair(test.operand.value, test.subject.offset << 8 | static_cast<std::uint32_t>(test.kind)));
  hash = mix(hash, pair(test.operand.variable, test.subject.operand.variable));
  return mix(hash, pair(test.subject.operand.value, static_cast<std::uint32_t>(test.subject.transform)));
}

}  // namespace

bool Refuses(const Leaf& leaf) {
  switch (leaf.return_value & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW:
    case SECCOMP_RET_LOG:
    case SECCOMP_RET_TRACE:
    case SECCOMP_RET_USER_NOTIF:
      return false;
    default:
      return true;
  }
}

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
  if (!word.IsVariable()) return {word.constant(), 0};
  const auto known = variables_.find(word.variable());
  if (known != variables_.end()) return known->second;
  const Immediate immediate = {word.NumberWith(numbers_), static_cast<std::uint32_t>(variables_.size() + 1)};
  return variables_.emplace(word.variable(), immediate).first->second;
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
  MakeRoom();
  const std::size_t last_slot = slots_.size() - 1;
  std::size_t slot = HashOf(node) & last_slot;
  for (; slots_[slot] != kFree; slot = (slot + 1) & last_slot)
    if (nodes_[slots_[slot]] == node) return slots_[slot];
  slots_[slot] = static_cast<NodeId>(nodes_.size());
  nodes_.push_back(node);
  return slots_[slot];
}

void Graph::MakeRoom() {
  if (2 * (nodes_.size() + 1) <= slots_.size()) return;
  const std::size_t size = std::max<std::size_t>(64, 4 * slots_.size());
  slots_.assign(size, kFree);
  for (std::size_t id = 0; id < nodes_.size(); ++id) {
    std::size_t slot = HashOf(nodes_[id]) & (size - 1);
    while (slots_[slot] != kFree) slot = (slot + 1) & (size - 1);
    slots_[slot] = static_cast<NodeId>(id);
  }
}

}  // namespace precompiledseccomp::compile
