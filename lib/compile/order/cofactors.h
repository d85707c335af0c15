// SPDX-License-Identifier: Apache-2.0
//
// What is left of a decision once one of its questions is answered: its cofactors (Shannon's expansion, for
// words instead of bits).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compile/graph.h"
#include "compile/reachable.h"

namespace precompiledseccomp::compile {

// What branches ask: all equality and order tests of one subject with constants ask where in its range the
// value lies; any other test (with a variable, of bits) asks a question of its own.
struct Question {
  Test test;  // of a range only the subject counts, the rest is as in a new Test
  bool is_of_range = false;

  friend bool operator==(const Question&, const Question&) = default;
};

Question QuestionOf(const Test& test);

// For values from `first` up to the next one's, `node` is left to decide. Of a question that is a test of its
// own, 0 stands for no and 1 for yes.
struct Cofactor {
  std::uint32_t first = 0;
  NodeId node = 0;
};

// What the test of a branch says when the question that it asks has the answer `value`, as in a cofactor.
bool Answer(const Test& test, std::uint32_t value);

// Takes decisions apart, one question after another. Memory is used again.
class Cofactoring {
 public:
  explicit Cofactoring(Graph& graph) : graph_(graph) {}

  // Looks at this decision from now on.
  void Begin(NodeId root);

  // Its branches, ascending.
  [[nodiscard]] const std::vector<NodeId>& branches() const { return branches_.ids(); }

  // Its questions, in the order in which they come up. Nothing if the work left is not enough to split it by
  // each of them, which takes it all.
  [[nodiscard]] std::optional<std::vector<Question>> Questions(std::size_t& work_left) const;

  // The cofactors by one of them: ascending, neighbours different, the first at 0. Tests of bits of the same
  // word are answered as well for values that stand alone; they stay for ranges. Each cofactor found, of
  // whatever branch, takes 1 of `work_left`; without any left, there is no result.
  std::vector<Cofactor> Split(const Question& question, std::size_t& work_left);

 private:
  struct View;

  [[nodiscard]] View At(NodeId id) const;
  void AppendCofactorsOf(NodeId id, const Question& question);
  void Append(std::uint32_t first, NodeId node);
  void AppendPart(const View& from, std::uint32_t first, std::uint32_t last);
  void Choose(const Test& test, const Question& question, const View& yes, const View& no);
  void Merge(const Test& test, bool of_same_word, const View& yes, const View& no);

  Graph& graph_;
  NodeId root_ = 0;
  Branches branches_;
  std::vector<Cofactor> cofactors_;  // of each branch in turn
  std::vector<std::size_t> ends_;    // in cofactors_, for each branch
  std::size_t begin_ = 0;            // of the branch whose turn it is
};

}  // namespace precompiledseccomp::compile
