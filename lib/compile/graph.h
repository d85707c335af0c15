// SPDX-License-Identifier: Apache-2.0
//
// Decisions as a graph. A node is either a leaf (what the filter returns) or a branch on a test of one 32-bit
// word of seccomp_data. Nodes are immutable and equal nodes are one node (hash-consing), so that what several
// system calls have in common exists once. The children of a node are older than the node: ascending ids are
// a bottom-up order, descending ones top-down.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include <precompiledseccomp/action.h>
#include <precompiledseccomp/value.h>

#include "bpf/filter_with_holes.h"

namespace precompiledseccomp::compile {

using NodeId = std::uint32_t;

using bpf::kHighestBit;

// An instruction's operand: a constant, or the value of a variable. The value of a variable is for the layout
// to write down; nothing else may look at it.
struct Immediate {
  std::uint32_t value = 0;
  std::uint32_t variable = 0;  // 0 for a constant, else 1 + the variable's index in the graph
  bool is_flipped = false;     // the variable's value with its highest bit turned around

  [[nodiscard]] bool IsConstant() const { return variable == 0; }
  friend bool operator==(const Immediate&, const Immediate&) = default;
};

// What a test looks at: a word of seccomp_data, as it is or combined with an operand. It is what the
// accumulator holds.
struct Subject {
  enum class Transform : std::uint8_t { kNone, kAnd, kOr, kXor };

  std::uint32_t offset = 0;  // in bytes, in seccomp_data
  Transform transform = Transform::kNone;
  Immediate operand;  // of the transform

  [[nodiscard]] bool IsPlain() const { return transform == Transform::kNone; }
  friend bool operator==(const Subject&, const Subject&) = default;
};

struct Test {
  enum class Kind : std::uint8_t { kEqual, kGreater, kGreaterOrEqual, kAnyBitSet };

  Subject subject;
  Kind kind = Kind::kEqual;
  Immediate operand;
  // Before the word, an argument is loaded, for nothing but its effect: the kernel looks no further for calls
  // that need not run the filter (short_life.h).
  bool ends_emulation = false;

  friend bool operator==(const Test&, const Test&) = default;
};

// `return_value` and, when its data is a variable, that variable in the low 16 bits.
struct Leaf {
  std::uint32_t return_value = 0;
  Immediate data;

  friend bool operator==(const Leaf&, const Leaf&) = default;
};

// Whether a call that gets here is not made. How long that takes does not matter.
bool Refuses(const Leaf& leaf);

struct Node {
  bool is_leaf = true;
  Leaf leaf;
  Test test;
  NodeId yes = 0;
  NodeId no = 0;

  friend bool operator==(const Node&, const Node&) = default;
};

class Graph {
 public:
  // `numbers` must live as long as the graph.
  explicit Graph(const VariableNumbers& numbers) : numbers_(numbers) {}

  NodeId AddLeaf(const Leaf& leaf);
  NodeId AddAction(const Action& action);

  // The decision `test ? yes : no` in its canonical form. Tests of constants that mean the same become one
  // test, tests with only one possible answer disappear, and so do branches whose sides are equal.
  NodeId AddBranch(const Test& test, NodeId yes, NodeId no);

  // The operand that stands for a word of the policy. Throws Error if there is no number for a variable.
  Immediate ImmediateFor(const Word& word);
  // The same with the highest bit turned around: an unsigned comparison of what is turned around on both
  // sides is a signed one of what is not.
  Immediate FlippedImmediateFor(const Word& word);

  [[nodiscard]] const Node& operator[](NodeId id) const { return nodes_[id]; }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }

  // For each node, whether it can be reached from `root`.
  [[nodiscard]] std::vector<bool> ReachableFrom(NodeId root) const;

 private:
  NodeId Intern(const Node& node);
  void MakeRoom();

  std::vector<Node> nodes_;
  // A hash table with linear probing over nodes_; a power of two, at most half full.
  std::vector<NodeId> slots_;
  const VariableNumbers& numbers_;
  std::unordered_map<std::string, Immediate> variables_;
};

}  // namespace precompiledseccomp::compile
