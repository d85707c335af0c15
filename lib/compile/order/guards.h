// SPDX-License-Identifier: Apache-2.0
//
// Tests that all have to be passed. Their order is free, since a call that fails any of them gets the same
// answer:
//
//     arg0.high == 0 and arg0.low == 3 and arg2.high == 0, else kill
//
// The guards that many calls have in common come last, so that the filter has them once.
#pragma once

#include <bitset>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "compile/graph.h"

namespace precompiledseccomp::compile {

// A decision about one word (or of one test with a variable): pass, or the answer for calls that fail.
struct Guard {
  NodeId decision = 0;
  std::uint32_t offset = 0;  // of the word
};

bool LooksAt(const std::vector<Guard>& guards, std::uint32_t offset);

// Every one of `guards` is passed ? `passed` : `failed`; the latter is a leaf. No two guards look at the same
// word.
struct GuardedDecision {
  std::vector<Guard> guards;
  NodeId passed = 0;
  NodeId failed = 0;
};

class Guards {
 public:
  explicit Guards(Graph& graph);

  // The leaf that stands for passing in the decision of a guard.
  [[nodiscard]] NodeId Pass() const { return pass_; }

  // The guards of a decision that consists of nothing else, each of them a single test of a word of its own.
  // Nothing if it is of another form, which does not say that it has none.
  std::optional<GuardedDecision> OfChain(NodeId root);

  // Counts these guards, of one decision, as used once more.
  void CountUses(const std::vector<Guard>& guards);

  // The decision with its guards in the best order: as many as possible last that are kept (where `is_kept`),
  // before them the others, the most used ones last.
  NodeId Join(const GuardedDecision& decision, const std::function<bool(NodeId)>& is_kept);

 private:
  // Of the guards of one decision. It has a few; what is beyond the size of a set is not looked for.
  using Set = std::bitset<32>;

  // `guard` before `then`.
  NodeId Before(NodeId guard, NodeId then);
  // The most guards of `remaining`, which they are taken off, that are kept in front of `then`.
  NodeId JoinKept(NodeId then, const std::vector<Guard>& guards, Set& remaining,
                  const std::function<bool(NodeId)>& is_kept);

  Graph& graph_;
  NodeId pass_;
  std::unordered_map<NodeId, std::uint32_t> uses_;  // of guards, by their decision
};

}  // namespace precompiledseccomp::compile
