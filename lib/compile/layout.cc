// SPDX-License-Identifier: Apache-2.0

#include "compile/layout.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "bpf/instructions.h"

namespace precompiledseccomp::compile {
namespace {

using Transform = Subject::Transform;

constexpr std::size_t kFarthestJump = 255;
constexpr std::uint32_t kDataMask = 0xffff;

// What is in the accumulator: nothing that is known, or the subject of a test.
using Accumulator = std::optional<Subject>;

enum class Entry : std::uint8_t { kLoad, kTransform, kTest };
constexpr std::size_t kEntries = 3;

// The entry of `node` for jumps from where A holds `accumulator`.
Entry EntryWith(const Accumulator& accumulator, const Node& node) {
  if (node.is_leaf || !accumulator || accumulator->offset != node.test.subject.offset) return Entry::kLoad;
  if (*accumulator == node.test.subject) return Entry::kTest;
  return accumulator->IsPlain() ? Entry::kTransform : Entry::kLoad;
}

bool ReturnsConstant(const Leaf& leaf) {
  return leaf.data.IsConstant();
}

class Layout {
 public:
  Layout(NodeId root, const Graph& graph)
      : root_(root),
        graph_(graph),
        is_entered_(graph.size()),
        positions_(graph.size()),
        sizes_(graph.size(), 0) {}

  std::vector<sock_filter> Instructions() {
    FindEntries();
    FindSizes();
    for (const NodeId id : ChildrenFirst()) Write(id);
    // Written backwards: what was written last stands first.
    std::reverse(written_.begin(), written_.end());
    return std::move(written_);
  }

 private:
  // Where a node's instructions stand, counted from the end of the program; nothing if it has not been
  // written.
  using Position = std::optional<std::size_t>;

  // Which entries of each branch are used, which depends on what A holds where jumps to it are.
  void FindEntries() {
    const std::vector<bool> reachable = graph_.ReachableFrom(root_);
    IsEntered(root_, Entry::kLoad) = true;
    for (NodeId id = 0; id <= root_; ++id) {
      const Node& node = graph_[id];
      if (!reachable[id] || node.is_leaf) continue;
      for (const NodeId side : {node.yes, node.no})
        IsEntered(side, EntryWith(node.test.subject, graph_[side])) = true;
    }
  }

  // About how many instructions stand below a node; what is shared is counted more than once.
  void FindSizes() {
    constexpr std::uint64_t kLarge = std::uint64_t{1} << 32;
    for (NodeId id = 0; id <= root_; ++id) {
      const Node& node = graph_[id];
      sizes_[id] = node.is_leaf ? 0 : std::min(kLarge, 1 + sizes_[node.yes] + sizes_[node.no]);
    }
  }

  // All nodes, each behind its sides. The larger side comes first and so stands farther away: the jump over a
  // small side is short.
  [[nodiscard]] std::vector<NodeId> ChildrenFirst() const {
    struct Visit {
      NodeId id;
      bool sides_done;
    };
    std::vector<NodeId> order;
    std::vector<bool> seen(graph_.size(), false);
    std::vector<Visit> visits = {{root_, false}};
    while (!visits.empty()) {
      const Visit visit = visits.back();
      visits.pop_back();
      const Node& node = graph_[visit.id];
      if (visit.sides_done) {
        order.push_back(visit.id);
        continue;
      }
      if (seen[visit.id]) continue;
      seen[visit.id] = true;
      visits.push_back({visit.id, true});
      if (node.is_leaf) continue;
      const bool yes_is_larger = sizes_[node.yes] > sizes_[node.no];
      visits.push_back({yes_is_larger ? node.no : node.yes, false});
      visits.push_back({yes_is_larger ? node.yes : node.no, false});
    }
    return order;
  }

  void Write(NodeId id) {
    const Node& node = graph_[id];
    if (node.is_leaf)
      WriteLeaf(id);
    else
      WriteBranch(id);
  }

  //     ret action                                    or, with a variable as data:
  //     ld #data; and #0xffff; or #action; ret a
  void WriteLeaf(NodeId id) {
    const Leaf& leaf = graph_[id].leaf;
    if (ReturnsConstant(leaf)) {
      Push(bpf::Return(leaf.return_value));
    } else {
      Push(bpf::ReturnA());
      Push(bpf::Or(leaf.return_value));
      Push(bpf::And(kDataMask));
      Push(bpf::LoadImmediate(leaf.data.value));
    }
    PositionOf(id, Entry::kLoad) = Last();
  }

  void WriteBranch(NodeId id) {
    const Test& test = graph_[id].test;
    const Side yes = SideOf(test.subject, graph_[id].yes);
    const Side no = SideOf(test.subject, graph_[id].no);
    // Bringing one side near moves the branch, which may put the other one out of reach.
    while (!IsNear(yes) || !IsNear(no)) BringNear(IsNear(yes) ? no : yes);
    Push(Jump(test, Distance(yes), Distance(no)));
    PositionOf(id, Entry::kTest) = Last();
    const bool is_loaded = IsEntered(id, Entry::kLoad);
    if (!test.subject.IsPlain() && (is_loaded || IsEntered(id, Entry::kTransform))) {
      Push(TransformOf(test.subject));
      PositionOf(id, Entry::kTransform) = Last();
    }
    if (!is_loaded) return;
    Push(bpf::LoadWord(test.subject.offset));
    PositionOf(id, Entry::kLoad) = Last();
  }

  struct Side {
    NodeId node;
    Entry entry;
  };

  [[nodiscard]] Side SideOf(const Subject& accumulator, NodeId side) const {
    return {side, EntryWith(accumulator, graph_[side])};
  }

  // The instructions between the next one to be written and the side.
  [[nodiscard]] std::size_t Distance(const Side& side) {
    return written_.size() - 1 - *PositionOf(side.node, side.entry);
  }
  [[nodiscard]] bool IsNear(const Side& side) { return Distance(side) <= kFarthestJump; }

  // Writes something that does the same as `side` at the next place. One test more is as long a path as a
  // jump and the test far away would be, without the jump.
  void BringNear(const Side& side) {
    const Node& node = graph_[side.node];
    if (node.is_leaf && ReturnsConstant(node.leaf)) {
      Push(bpf::Return(node.leaf.return_value));
      PositionOf(side.node, side.entry) = Last();
    } else if (DecidesByOneTest(node)) {
      WriteBranch(side.node);
    } else {
      Push(bpf::Jump(static_cast<std::uint32_t>(Distance(side))));
      PositionOf(side.node, side.entry) = Last();
    }
  }

  [[nodiscard]] bool DecidesByOneTest(const Node& node) const {
    if (node.is_leaf || !node.test.subject.IsPlain()) return false;
    const Node& yes = graph_[node.yes];
    const Node& no = graph_[node.no];
    return yes.is_leaf && no.is_leaf && ReturnsConstant(yes.leaf) && ReturnsConstant(no.leaf);
  }

  static sock_filter Jump(const Test& test, std::size_t yes, std::size_t no) {
    const auto jt = static_cast<std::uint8_t>(yes);
    const auto jf = static_cast<std::uint8_t>(no);
    const std::uint32_t k = test.operand.value;
    switch (test.kind) {
      case Test::Kind::kEqual:
        return bpf::JumpIfEqual(k, jt, jf);
      case Test::Kind::kGreater:
        return bpf::JumpIfGreater(k, jt, jf);
      case Test::Kind::kGreaterOrEqual:
        return bpf::JumpIfGreaterOrEqual(k, jt, jf);
      case Test::Kind::kAnyBitSet:
        break;
    }
    return bpf::JumpIfAnySet(k, jt, jf);
  }

  static sock_filter TransformOf(const Subject& subject) {
    if (subject.transform == Transform::kXor) return bpf::Xor(subject.operand.value);
    return subject.transform == Transform::kAnd ? bpf::And(subject.operand.value)
                                                : bpf::Or(subject.operand.value);
  }

  void Push(const sock_filter& instruction) { written_.push_back(instruction); }
  [[nodiscard]] std::size_t Last() const { return written_.size() - 1; }
  bool& IsEntered(NodeId id, Entry entry) { return is_entered_[id][static_cast<std::size_t>(entry)]; }
  Position& PositionOf(NodeId id, Entry entry) { return positions_[id][static_cast<std::size_t>(entry)]; }

  NodeId root_;
  const Graph& graph_;
  std::vector<std::array<bool, kEntries>> is_entered_;
  std::vector<std::array<Position, kEntries>> positions_;  // the nearest, when there are several
  std::vector<std::uint64_t> sizes_;
  std::vector<sock_filter> written_;  // the last instruction first
};

}  // namespace

std::vector<sock_filter> LayOut(NodeId root, const Graph& graph) {
  return Layout(root, graph).Instructions();
}

}  // namespace precompiledseccomp::compile
