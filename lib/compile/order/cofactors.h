// SPDX-License-Identifier: Apache-2.0
//
// What is left of a decision once one of its questions is answered: its cofactors (Shannon's expansion, for
// words instead of bits).
#pragma once

#include <cstddef>
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

// Takes decisions apart, one question after another. Its memory is kept from decision to decision.
class Cofactoring {
 public:
  explicit Cofactoring(Graph& graph) : graph_(graph) {}

  // Makes `root` the decision that the other functions are about, until the next call.
  void Begin(NodeId root);

  // Its branches, ascending.
  [[nodiscard]] const std::vector<NodeId>& branches() const { return branches_.ids(); }

  // Its questions, in the order of the first branches that ask them. Nothing if `work_left` is not enough to
  // split the decision by each of them; it is 0 then.
  [[nodiscard]] std::optional<std::vector<Question>> Questions(std::size_t& work_left) const;

  // The cofactors of the decision by one of its questions, in ascending order of their first values. The
  // first is for the values from 0, and neighbours are different nodes. Tests of bits of the same word are
  // answered too where a cofactor is for a single value; where it is for a range of values, they stay in it.
  // Each cofactor computed, for any branch, takes 1 from `work_left`; once it is 0, the result is empty.
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
