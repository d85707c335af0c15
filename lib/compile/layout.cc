// SPDX-License-Identifier: Apache-2.0

#include "compile/layout.h"

#include <algorithm>
#include <utility>

#include "bpf/instructions.h"

namespace precompiledseccomp::compile {
namespace {

using Transform = Subject::Transform;
using Variables = Layout::Variables;

constexpr std::size_t kFarthestJump = 255;
constexpr std::uint32_t kDataMask = 0xffff;
constexpr std::uint32_t kFirstArgument = 16;  // either half of it
// Most variables are descriptors, and these are small.
constexpr std::uint32_t kStandIn = 3;

enum Entry : std::uint8_t { kLoad, kTransform, kTest };

// The entry of `node` for jumps from where A holds `accumulator`.
Entry EntryWith(const Subject& accumulator, const Node& node) {
  if (node.is_leaf || accumulator.offset != node.test.subject.offset) return kLoad;
  if (node.test.ends_emulation) return kLoad;
  if (accumulator == node.test.subject) return kTest;
  return accumulator.IsPlain() ? kTransform : kLoad;
}

std::uint32_t OperandOf(const Immediate& immediate, Variables variables) {
  if (immediate.IsConstant() || variables == Variables::kValues) return immediate.value;
  return immediate.is_flipped ? kStandIn | bpf::kHighestBit : kStandIn;
}

sock_filter Jump(const Test& test, Variables variables) {
  const std::uint32_t k = OperandOf(test.operand, variables);
  switch (test.kind) {
    case Test::Kind::kEqual:
      return bpf::JumpIfEqual(k, 0, 0);
    case Test::Kind::kGreater:
      return bpf::JumpIfGreater(k, 0, 0);
    case Test::Kind::kGreaterOrEqual:
      return bpf::JumpIfGreaterOrEqual(k, 0, 0);
    case Test::Kind::kAnyBitSet:
      break;
  }
  return bpf::JumpIfAnySet(k, 0, 0);
}

sock_filter TransformOf(const Subject& subject, Variables variables) {
  const std::uint32_t k = OperandOf(subject.operand, variables);
  if (subject.transform == Transform::kXor) return bpf::Xor(k);
  return subject.transform == Transform::kAnd ? bpf::And(k) : bpf::Or(k);
}

// Which entries of a branch are used depends on what A holds where jumps to it are.
using Entries = std::array<bool, 3>;

void Append(Block& block, const sock_filter& instruction) {
  block.instructions[block.size++] = instruction;
}

//     ret action                                    or, with a variable as data:
//     ld #data; and #0xffff; or #action; ret a
void AppendLeaf(const Leaf& leaf, Variables variables, Block& block) {
  if (leaf.data.IsConstant()) {
    Append(block, bpf::Return(leaf.return_value));
    return;
  }
  Append(block, bpf::LoadImmediate(OperandOf(leaf.data, variables)));
  Append(block, bpf::And(kDataMask));
  Append(block, bpf::Or(leaf.return_value));
  Append(block, bpf::ReturnA());
}

void AppendBranch(const Test& test, const Entries& entered, Variables variables, Block& block) {
  if (test.ends_emulation) Append(block, bpf::LoadWord(kFirstArgument));
  if (entered[kLoad]) Append(block, bpf::LoadWord(test.subject.offset));
  if (!test.subject.IsPlain() && (entered[kLoad] || entered[kTransform]))
    Append(block, TransformOf(test.subject, variables));
  Append(block, Jump(test, variables));
}

// The instruction of `block` that stands at an entry of it.
std::size_t InstructionAt(Entry entry, const Node& node, const Block& block) {
  if (entry == kLoad) return 0;
  const std::size_t test = block.size - 1;
  return entry == kTransform && !node.test.subject.IsPlain() ? test - 1 : test;
}

}  // namespace

Layout::Layout(NodeId root, const Graph& graph, Variables variables) {
  const std::vector<bool> reachable = graph.ReachableFrom(root);
  std::vector<BlockId> block_of(root + 1, 0);
  std::vector<NodeId> nodes;
  std::vector<Entries> entered;
  for (NodeId id = 0; id <= root; ++id) {
    if (!reachable[id]) continue;
    block_of[id] = static_cast<BlockId>(nodes.size());
    nodes.push_back(id);
    entered.push_back({});
    const Node& node = graph[id];
    if (node.is_leaf) continue;
    for (const NodeId side : {node.yes, node.no})
      entered[block_of[side]][EntryWith(node.test.subject, graph[side])] = true;
  }
  entered.back()[kLoad] = true;

  // About how many instructions stand below a node; what is shared is counted more than once.
  constexpr std::uint64_t kLarge = std::uint64_t{1} << 32;
  std::vector<std::uint64_t> sizes(nodes.size(), 0);
  blocks_.resize(nodes.size());
  sides_.resize(nodes.size());
  parents_.resize(nodes.size());
  for (BlockId id = 0; id < blocks_.size(); ++id) {
    Block& block = blocks_[id];
    const Node& node = graph[nodes[id]];
    if (node.is_leaf) {
      AppendLeaf(node.leaf, variables, block);
      continue;
    }
    AppendBranch(node.test, entered[id], variables, block);
    block.is_transformed = !node.test.subject.IsPlain();
    const auto side_to = [&](NodeId side) {
      const Block& to = blocks_[block_of[side]];
      ++parents_[block_of[side]];
      return Side{block_of[side], InstructionAt(EntryWith(node.test.subject, graph[side]), graph[side], to)};
    };
    block.yes = side_to(node.yes);
    block.no = side_to(node.no);
    const std::uint64_t size_of_yes = sizes[block.yes.block];
    const std::uint64_t size_of_no = sizes[block.no.block];
    sides_[id] = {block.yes.block, block.no.block};
    if (size_of_yes > size_of_no) std::swap(sides_[id][0], sides_[id][1]);
    sizes[id] = std::min(kLarge, 1 + size_of_yes + size_of_no);
  }
}

Arrangement Layout::UsualArrangement() const {
  return {
      .exchanged = std::vector<std::uint8_t>(blocks_.size(), 0), .defers_second_sides = false, .last = {}};
}

const std::vector<BlockId>& Layout::Order(const Arrangement& arrangement) {
  is_last_.assign(blocks_.size(), 0);
  for (const BlockId id : arrangement.last) is_last_[id] = 1;
  parents_left_ = parents_;
  order_.clear();
  deferred_.clear();
  pending_.push_back(static_cast<BlockId>(blocks_.size() - 1));
  for (std::size_t next_deferred = 0; !pending_.empty() || next_deferred < deferred_.size();) {
    if (pending_.empty()) pending_.push_back(deferred_[next_deferred++]);
    const BlockId id = pending_.back();
    pending_.pop_back();
    if (is_last_[id] != 0) continue;
    order_.push_back(id);
    const auto& [smaller, larger] = sides_[id];
    if (smaller == larger) continue;
    const BlockId changed = arrangement.exchanged[id] != 0 ? smaller ^ larger : 0;
    std::vector<BlockId>& waiting = arrangement.defers_second_sides ? deferred_ : pending_;
    if (--parents_left_[larger ^ changed] == 0) waiting.push_back(larger ^ changed);
    if (--parents_left_[smaller ^ changed] == 0) pending_.push_back(smaller ^ changed);
  }
  order_.insert(order_.end(), arrangement.last.begin(), arrangement.last.end());
  return order_;
}

const std::vector<sock_filter>& Layout::Write(const std::vector<BlockId>& order) {
  written_.clear();
  positions_.resize(blocks_.size());
  for (std::size_t i = order.size(); i-- > 0;) WriteBlock(order[i]);
  std::reverse(written_.begin(), written_.end());
  return written_;
}

void Layout::WriteBlock(BlockId id) {
  const Block& block = blocks_[id];
  sock_filter last = block.instructions[block.size - 1];
  if (!block.IsLeaf()) {
    // Bringing one side near moves the branch, which may put the other one out of reach.
    while (!IsNear(block.yes) || !IsNear(block.no)) BringNear(IsNear(block.yes) ? block.no : block.yes);
    last.jt = static_cast<std::uint8_t>(Distance(block.yes));
    last.jf = static_cast<std::uint8_t>(Distance(block.no));
  }
  for (std::size_t i = block.size; i-- > 0;) {
    positions_[id][i] = written_.size();
    written_.push_back(i + 1 == block.size ? last : block.instructions[i]);
  }
}

std::size_t Layout::Distance(const Side& side) const {
  return written_.size() - 1 - positions_[side.block][side.entry];
}

bool Layout::IsNear(const Side& side) const {
  return Distance(side) <= kFarthestJump;
}

// Writes something that does the same as `side` at the next place. One test more is as long a path as a jump
// and the test far away would be, without the jump.
void Layout::BringNear(const Side& side) {
  if (Returns(side.block) || DecidesByOneTest(blocks_[side.block])) {
    WriteBlock(side.block);
    return;
  }
  const sock_filter jump = bpf::Jump(static_cast<std::uint32_t>(Distance(side)));
  positions_[side.block][side.entry] = written_.size();
  written_.push_back(jump);
}

// By one instruction.
bool Layout::Returns(BlockId id) const {
  return blocks_[id].IsLeaf() && blocks_[id].size == 1;
}

bool Layout::DecidesByOneTest(const Block& block) const {
  if (block.IsLeaf()) return false;
  return !block.is_transformed && Returns(block.yes.block) && Returns(block.no.block);
}

std::vector<sock_filter> LayOut(NodeId root, const Graph& graph) {
  Layout layout(root, graph, Variables::kValues);
  return layout.Write(layout.Order(layout.UsualArrangement()));
}

}  // namespace precompiledseccomp::compile
