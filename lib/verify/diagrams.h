// SPDX-License-Identifier: Apache-2.0
//
// Decision diagrams: functions of a call, in a form in which equal functions are one and the same node.
//
// A node looks at one byte of the call and has, for each of its values, the node that goes on; the values are
// kept as runs. On every way down, bytes are looked at in one order: the words in theirs (words.h), in each
// the most significant byte first. No node leads to one node only, and no two nodes are alike: that is why
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
// their levels come behind those of the bytes, with nodes that have the two ways 0 (no) and 1 (yes).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "verify/budget.h"
#include "verify/terms.h"

namespace precompiledseccomp::verify {

using NodeId = std::uint32_t;
using Level = std::uint32_t;

inline constexpr int kBytesOfAWord = 4;
inline constexpr Level kByteLevels = kWords * kBytesOfAWord;
inline constexpr Level kLeafLevel = UINT32_MAX;

// `byte` is 0 for the most significant one.
inline constexpr Level LevelOfByte(Source word, int byte) {
  return word * kBytesOfAWord + static_cast<Level>(byte);
}
inline constexpr Level LevelOfFact(std::size_t fact) {
  return kByteLevels + static_cast<Level>(fact);
}

// Values from `first` up to the next run lead to `next`.
struct Run {
  std::uint32_t first = 0;
  NodeId next = 0;
  friend bool operator==(const Run&, const Run&) = default;
};

class Diagrams {
 public:
  explicit Diagrams(Budget& budget);

  static constexpr NodeId kNo = 0;
  static constexpr NodeId kYes = 1;

  // A leaf with an answer.
  NodeId Answer(TermId answer);
  [[nodiscard]] TermId AnswerOf(NodeId leaf) const { return nodes_[leaf].begin; }

  // A node of which `runs`, ascending from 0 and below 256, say the ways. Neighbours may lead to the same
  // node; all lead to levels below `level`.
  NodeId Branch(Level level, std::span<const Run> runs);

  // Where `test`, which leads to yes and no only, says yes: what `yes` says; elsewhere what `no` says.
  NodeId Choose(NodeId test, NodeId yes, NodeId no);

  NodeId Not(NodeId set) { return Choose(set, kNo, kYes); }
  NodeId And(NodeId left, NodeId right) { return Choose(left, right, kNo); }
  NodeId Or(NodeId left, NodeId right) { return Choose(left, kYes, right); }

  [[nodiscard]] Level LevelOf(NodeId node) const { return nodes_[node].level; }
  [[nodiscard]] bool IsLeaf(NodeId node) const { return LevelOf(node) == kLeafLevel; }
  // Valid until the next node is added.
  [[nodiscard]] std::span<const Run> RunsOf(NodeId node) const {
    return {runs_.data() + nodes_[node].begin, nodes_[node].count};
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
    NodeId test = kNo;
    NodeId yes = kNo;
    NodeId no = kNo;
    NodeId result = kNo;
  };

  NodeId ChooseByRuns(NodeId test, NodeId yes, NodeId no);
  NodeId Find(Level level, std::span<const Run> runs);
  [[nodiscard]] std::size_t SlotOf(Level level, std::span<const Run> runs) const;
  NodeId AddNode(const Node& node);
  void Grow();

  Budget& budget_;
  std::vector<Node> nodes_;
  std::vector<Run> runs_;
  std::vector<NodeId> slots_;    // a hash table of the branches, with open addressing; kNo where it is empty
  std::vector<NodeId> answers_;  // by term
  std::vector<Choice> choices_;
  std::vector<Run> unfinished_;  // the runs of branches that are being made, the innermost last
};

}  // namespace precompiledseccomp::verify
