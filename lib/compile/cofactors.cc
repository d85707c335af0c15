// SPDX-License-Identifier: Apache-2.0

#include "compile/cofactors.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <optional>
#include <span>

namespace precompiledseccomp::compile {
namespace {

using Kind = Test::Kind;

constexpr std::uint32_t kLast = std::numeric_limits<std::uint32_t>::max();

bool HasOnlyConstants(const Test& test) {
  return test.subject.operand.IsConstant() && test.operand.IsConstant();
}

// The answer of a test of some bits of a word to all of the values from `first` to `last`, if they have the
// same.
std::optional<bool> AnswerWithin(const Test& test, std::uint32_t first, std::uint32_t last) {
  const std::uint32_t in_common = first == last ? kLast : ~(kLast >> std::countl_zero(first ^ last));
  if (test.kind == Kind::kAnyBitSet) {
    if ((first & in_common & test.operand.value) != 0) return true;
    if ((test.operand.value & ~in_common) == 0) return false;
  } else if (test.kind == Kind::kEqual && test.subject.transform == Subject::Transform::kAnd) {
    const std::uint32_t mask = test.subject.operand.value;
    if (((first ^ test.operand.value) & mask & in_common) != 0) return false;
    if ((mask & ~in_common) == 0) return true;
  }
  return std::nullopt;
}

// Bottom-up: the cofactors of every branch from those of its sides.
class Splitting {
 public:
  Splitting(const std::vector<NodeId>& branches, const Question& question, Graph& graph)
      : branches_(branches), question_(question), graph_(graph) {}

  std::vector<Cofactor> Split(NodeId root, std::size_t& work_left) {
    ends_.reserve(branches_.size());
    for (const NodeId id : branches_) {
      AppendCofactorsOf(id);
      ends_.push_back(cofactors_.size());
      const std::size_t work = cofactors_.size() - begin_;
      if (work > work_left) return {};
      work_left -= work;
    }
    const View view = At(root);
    std::vector<Cofactor> cofactors;
    for (std::size_t i = 0; i < view.size; ++i) cofactors.push_back(view[i]);
    return cofactors;
  }

 private:
  // The cofactors of a node: a part of `cofactors_`, or the node itself.
  struct View {
    const std::vector<Cofactor>* all;
    std::size_t begin;
    std::size_t size;
    Cofactor self;

    Cofactor operator[](std::size_t i) const { return size == 1 ? self : (*all)[begin + i]; }
    [[nodiscard]] std::uint32_t Last(std::size_t i) const {
      return i + 1 < size ? (*this)[i + 1].first - 1 : kLast;
    }
  };

  [[nodiscard]] View At(NodeId id) const {
    const auto found = std::lower_bound(branches_.begin(), branches_.end(), id);
    if (found == branches_.end() || *found != id) return {&cofactors_, 0, 1, {0, id}};
    const auto position = static_cast<std::size_t>(found - branches_.begin());
    const std::size_t begin = position == 0 ? 0 : ends_[position - 1];
    return {&cofactors_, begin, ends_[position] - begin, cofactors_[begin]};
  }

  void AppendCofactorsOf(NodeId id) {
    const Node node = graph_[id];
    begin_ = cofactors_.size();
    const View yes = At(node.yes);
    const View no = At(node.no);
    if (QuestionOf(node.test) == question_)
      Choose(node.test, yes, no);
    else if (!IsOfSameWord(node.test) && Is(yes, node.yes) && Is(no, node.no))
      Append(0, id);
    else
      Merge(node.test, yes, no);
  }

  void Append(std::uint32_t first, NodeId node) {
    const bool is_new = cofactors_.size() == begin_ || cofactors_.back().node != node;
    if (is_new) cofactors_.push_back({first, node});
  }

  void AppendPart(const View& from, std::uint32_t first, std::uint32_t last) {
    for (std::size_t i = 0; i < from.size; ++i) {
      const std::uint32_t begin = std::max(first, from[i].first);
      if (begin <= std::min(last, from.Last(i))) Append(begin, from[i].node);
    }
  }

  // The test answers the question: each side holds for its part of the values.
  void Choose(const Test& test, const View& yes, const View& no) {
    const std::uint32_t value = question_.is_of_range ? test.operand.value : 1;
    if (value != 0) AppendPart(no, 0, value - 1);
    if (question_.is_of_range && test.kind == Kind::kEqual) {
      AppendPart(yes, value, value);
      if (value != kLast) AppendPart(no, value + 1, kLast);
    } else {
      AppendPart(yes, value, kLast);
    }
  }

  // Whether the question does not matter to a node, which is its own only cofactor.
  static bool Is(const View& view, NodeId id) { return view.size == 1 && view.self.node == id; }

  [[nodiscard]] bool IsOfSameWord(const Test& test) const {
    return question_.is_of_range && question_.test.subject.IsPlain() &&
           question_.test.subject.offset == test.subject.offset && HasOnlyConstants(test);
  }

  // The test asks something else: it stands before the cofactors of both sides.
  void Merge(const Test& test, const View& yes, const View& no) {
    const bool of_same_word = IsOfSameWord(test);
    std::size_t i = 0;
    std::size_t j = 0;
    while (true) {
      const std::uint32_t first = std::max(yes[i].first, no[j].first);
      const std::uint32_t last = std::min(yes.Last(i), no.Last(j));
      const auto answer = of_same_word ? AnswerWithin(test, first, last) : std::nullopt;
      if (!answer)
        Append(first, graph_.AddBranch(test, yes[i].node, no[j].node));
      else
        Append(first, *answer ? yes[i].node : no[j].node);
      if (last == kLast) return;
      if (yes.Last(i) == last) ++i;
      if (no.Last(j) == last) ++j;
    }
  }

  const std::vector<NodeId>& branches_;
  const Question& question_;
  Graph& graph_;
  std::vector<Cofactor> cofactors_;  // of each branch in turn
  std::vector<std::size_t> ends_;    // in cofactors_, for each branch
  std::size_t begin_ = 0;            // of the branch whose turn it is
};

}  // namespace

Question QuestionOf(const Test& test) {
  const bool is_of_range =
      HasOnlyConstants(test) && (test.kind == Kind::kEqual || test.kind == Kind::kGreaterOrEqual);
  if (!is_of_range) return {test, false};
  return {{test.subject, {}, {}}, true};
}

std::vector<NodeId> BranchesBelow(const std::vector<NodeId>& roots, const Graph& graph) {
  std::vector<NodeId> pending;
  std::vector<NodeId> branches;
  std::vector<bool> is_seen;
  const auto see = [&](NodeId id) {
    if (graph[id].is_leaf) return;
    if (id >= is_seen.size()) is_seen.resize(id + 1, false);
    if (is_seen[id]) return;
    is_seen[id] = true;
    pending.push_back(id);
  };
  for (const NodeId root : roots) see(root);
  while (!pending.empty()) {
    const NodeId id = pending.back();
    pending.pop_back();
    branches.push_back(id);
    see(graph[id].yes);
    see(graph[id].no);
  }
  std::sort(branches.begin(), branches.end());
  return branches;
}

std::vector<Cofactor> CofactorsOf(NodeId root, const std::vector<NodeId>& branches, const Question& question,
                                  Graph& graph, std::size_t& work_left) {
  return Splitting(branches, question, graph).Split(root, work_left);
}

}  // namespace precompiledseccomp::compile
