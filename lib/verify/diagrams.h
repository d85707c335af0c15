// SPDX-License-Identifier: Apache-2.0
//
// Decision diagrams: functions of a call, in a form in which equal functions are one and the same node.
//
// A node looks at one byte of the call, say, and has, for each of its values, the node that follows; the
// values are kept as runs. What is looked at has its level, and on every path levels ascend (level_order.h
// says what each of them looks at). No node leads to one node only, and no two nodes are alike: that is why
// functions are equal exactly if they are the same node (they are "reduced and ordered", as in Bryant's
// binary decision diagrams). Below is `number == 2 || number == 5`, as far as its last byte:
//
//     number, byte 3:   0..1 -> no    2 -> yes    3..4 -> no    5 -> yes    6..255 -> no
//
// Sets of calls are functions to yes and no; filters and policies are functions to answers. All sets that
// ranges and bit masks of words describe are small here: a run takes at most two nodes for each byte, and a
// mask one.
//
// Facts that are not about single words, such as that argument 0 equals a variable, are taken as they are:
// with nodes that have the two edges 0 (no) and 1 (yes).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "verify/budget.h"
#include "verify/pages.h"
#include "verify/terms.h"

namespace precompiledseccomp::verify {

using DiagramId = std::uint32_t;
using Level = std::uint32_t;

inline constexpr Level kLeafLevel = UINT32_MAX;

// Values from `first` up to the next run, or to the greatest one, lead to `next`.
//
// In five bytes: runs are what most of the memory of a proof is taken by.
class ByteRun {
 public:
  ByteRun() = default;
  // `first` is below 256.
  ByteRun(std::uint32_t first, DiagramId next) : first_(static_cast<std::uint8_t>(first)) {
    std::memcpy(next_.data(), &next, sizeof(next));
  }

  [[nodiscard]] std::uint32_t first() const { return first_; }
  [[nodiscard]] DiagramId next() const {
    DiagramId next = 0;
    std::memcpy(&next, next_.data(), sizeof(next));
    return next;
  }
  friend bool operator==(const ByteRun&, const ByteRun&) = default;

 private:
  std::uint8_t first_ = 0;
  std::array<std::uint8_t, sizeof(DiagramId)> next_{};
};
static_assert(sizeof(ByteRun) == 1 + sizeof(DiagramId));

class Diagrams {
 public:
  explicit Diagrams(Budget& budget);

  static constexpr DiagramId kNo = 0;
  static constexpr DiagramId kYes = 1;

  // A leaf with an answer.
  DiagramId Answer(TermId answer);
  [[nodiscard]] TermId AnswerOf(DiagramId leaf) const { return nodes_[leaf].begin; }

  // A node of which `runs`, ascending from 0 and below 256, say the edges. Neighbours may lead to the same
  // node; all lead to levels below `level`.
  DiagramId Branch(Level level, std::span<const ByteRun> runs);

  // Where `test`, which leads to yes and no only, says yes: what `yes` says; elsewhere what `no` says.
  DiagramId Choose(DiagramId test, DiagramId yes, DiagramId no);

  DiagramId Not(DiagramId set) { return Choose(set, kNo, kYes); }
  DiagramId And(DiagramId left, DiagramId right) { return Choose(left, right, kNo); }
  DiagramId Or(DiagramId left, DiagramId right) { return Choose(left, kYes, right); }

  [[nodiscard]] Level LevelOf(DiagramId node) const { return nodes_[node].level; }
  [[nodiscard]] bool IsLeaf(DiagramId node) const { return LevelOf(node) == kLeafLevel; }
  [[nodiscard]] std::span<const ByteRun> RunsOf(DiagramId node) const {
    return runs_.At(nodes_[node].begin, nodes_[node].count);
  }

  [[nodiscard]] std::size_t size() const { return nodes_.size(); }

 private:
  struct Node {
    Level level;
    std::uint32_t begin;  // of its runs; of a leaf, the answer
    std::uint32_t count;
  };
  // What was chosen before. A later choice may take the place of an earlier one, which is then made again.
  struct Choice {
    DiagramId test = kNo;
    DiagramId yes = kNo;
    DiagramId no = kNo;
    DiagramId result = kNo;
  };

  DiagramId ChooseByRuns(DiagramId test, DiagramId yes, DiagramId no);
  DiagramId Find(Level level, std::span<const ByteRun> runs);
  [[nodiscard]] std::size_t SlotOf(Level level, std::span<const ByteRun> runs) const;
  DiagramId AddNode(const Node& node);
  void Grow();
  template <typename Entry>
  void Clear(std::vector<Entry>& table, std::size_t size);

  Budget& budget_;
  Memory memory_;  // of the tables
  Pages<Node> nodes_;
  Pages<ByteRun> runs_;
  std::vector<DiagramId> slots_;  // a hash table of the branches, with open addressing; kNo where it is empty
  std::vector<DiagramId> answers_;  // by term
  std::vector<Choice> choices_;
  std::vector<ByteRun> unfinished_;  // the runs of branches that are being made, the innermost last
};

}  // namespace precompiledseccomp::verify
