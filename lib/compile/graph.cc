// SPDX-License-Identifier: Apache-2.0

#include "compile/graph.h"

#include <algorithm>
#include <limits>

#include <linux/seccomp.h>

#include "compile/canonical_form.h"

namespace precompiledseccomp::compile {
namespace {

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
  hash = mix(hash, pair(test.operand.variable << 1 | (test.operand.is_flipped ? 1U : 0U),
                        test.subject.operand.variable));
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
  const Canonical canonical = CanonicalFormOf(test);
  if (canonical.answer == Canonical::Answer::kYes) return yes;
  if (canonical.answer == Canonical::Answer::kNo) return no;
  Node node;
  node.is_leaf = false;
  node.test = canonical.test;
  node.test.ends_emulation = test.ends_emulation;
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

Immediate Graph::FlippedImmediateFor(const Word& word) {
  Immediate immediate = ImmediateFor(word);
  immediate.value ^= kHighestBit;
  immediate.is_flipped = !immediate.IsConstant();
  return immediate;
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
