// SPDX-License-Identifier: Apache-2.0

#include "compile/order/cofactors.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>

namespace precompiledseccomp::compile {
namespace {

using Kind = Test::Kind;

constexpr std::uint32_t kLast = std::numeric_limits<std::uint32_t>::max();

bool HasOnlyConstants(const Test& test) {
  return test.subject.operand.IsConstant() && test.operand.IsConstant();
}

// The answer of a test of some bits of a word that has this value.
std::optional<bool> AnswerOfBits(const Test& test, std::uint32_t value) {
  if (test.kind == Kind::kAnyBitSet) return (value & test.operand.value) != 0;
  if (test.kind == Kind::kEqual && test.subject.transform == Subject::Transform::kAnd)
    return (value & test.subject.operand.value) == test.operand.value;
  return std::nullopt;
}

bool IsOfWordOf(const Test& test, const Question& question) {
  return question.is_of_range && question.test.subject.IsPlain() &&
         question.test.subject.offset == test.subject.offset && HasOnlyConstants(test);
}

}  // namespace

Question QuestionOf(const Test& test) {
  const bool is_of_range =
      HasOnlyConstants(test) && (test.kind == Kind::kEqual || test.kind == Kind::kGreaterOrEqual);
  if (!is_of_range) return {test, false};
  return {{test.subject, {}, {}}, true};
}

bool Answer(const Test& test, std::uint32_t value) {
  if (!QuestionOf(test).is_of_range) return value == 1;
  return test.kind == Kind::kEqual ? value == test.operand.value : value >= test.operand.value;
}

// The cofactors of a node: a part of `cofactors_`, or the node itself.
struct Cofactoring::View {
  const std::vector<Cofactor>* all;
  std::size_t begin;
  std::size_t size;
  Cofactor self;

  Cofactor operator[](std::size_t i) const { return size == 1 ? self : (*all)[begin + i]; }
  [[nodiscard]] std::uint32_t Last(std::size_t i) const {
    return i + 1 < size ? (*this)[i + 1].first - 1 : kLast;
  }
  // Whether the question does not matter to a node, which is its own only cofactor.
  [[nodiscard]] bool Is(NodeId id) const { return size == 1 && self.node == id; }
};

void Cofactoring::Begin(NodeId root) {
  root_ = root;
  branches_.Collect({&root, 1}, graph_);
}

// Each question takes a cofactor of each branch, at the least.
std::optional<std::vector<Question>> Cofactoring::Questions(std::size_t& work_left) const {
  std::vector<Question> questions;
  const std::vector<NodeId>& ids = branches_.ids();
  for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
    const Question question = QuestionOf(graph_[*id].test);
    if (std::find(questions.begin(), questions.end(), question) != questions.end()) continue;
    questions.push_back(question);
    if (questions.size() * ids.size() <= work_left) continue;
    work_left = 0;
    return std::nullopt;
  }
  return questions;
}

// Bottom-up: the cofactors of every branch from those of its sides.
std::vector<Cofactor> Cofactoring::Split(const Question& question, std::size_t& work_left) {
  cofactors_.clear();
  ends_.clear();
  for (const NodeId id : branches_.ids()) {
    AppendCofactorsOf(id, question);
    ends_.push_back(cofactors_.size());
    const std::size_t work = cofactors_.size() - begin_;
    if (work > work_left) return {};
    work_left -= work;
  }
  const View view = At(root_);
  std::vector<Cofactor> cofactors;
  cofactors.reserve(view.size);
  for (std::size_t i = 0; i < view.size; ++i) cofactors.push_back(view[i]);
  return cofactors;
}

Cofactoring::View Cofactoring::At(NodeId id) const {
  const std::uint32_t position = branches_.PositionOf(id);
  if (position == Branches::kNone) return {&cofactors_, 0, 1, {0, id}};
  const std::size_t begin = position == 0 ? 0 : ends_[position - 1];
  return {&cofactors_, begin, ends_[position] - begin, cofactors_[begin]};
}

void Cofactoring::AppendCofactorsOf(NodeId id, const Question& question) {
  const Node node = graph_[id];
  const bool of_same_word = IsOfWordOf(node.test, question);
  begin_ = cofactors_.size();
  const View yes = At(node.yes);
  const View no = At(node.no);
  if (QuestionOf(node.test) == question)
    Choose(node.test, question, yes, no);
  else if (!of_same_word && yes.Is(node.yes) && no.Is(node.no))
    Append(0, id);
  else
    Merge(node.test, of_same_word, yes, no);
}

void Cofactoring::Append(std::uint32_t first, NodeId node) {
  const bool is_new = cofactors_.size() == begin_ || cofactors_.back().node != node;
  if (is_new) cofactors_.push_back({first, node});
}

void Cofactoring::AppendPart(const View& from, std::uint32_t first, std::uint32_t last) {
  for (std::size_t i = 0; i < from.size; ++i) {
    const std::uint32_t begin = std::max(first, from[i].first);
    if (begin <= std::min(last, from.Last(i))) Append(begin, from[i].node);
  }
}

// The test answers the question: each side holds for its part of the values.
void Cofactoring::Choose(const Test& test, const Question& question, const View& yes, const View& no) {
  const std::uint32_t value = question.is_of_range ? test.operand.value : 1;
  if (value != 0) AppendPart(no, 0, value - 1);
  if (question.is_of_range && test.kind == Kind::kEqual) {
    AppendPart(yes, value, value);
    if (value != kLast) AppendPart(no, value + 1, kLast);
  } else {
    AppendPart(yes, value, kLast);
  }
}

// The test asks something else: it stands before the cofactors of both sides.
void Cofactoring::Merge(const Test& test, bool of_same_word, const View& yes, const View& no) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (true) {
    const std::uint32_t first = std::max(yes[i].first, no[j].first);
    const std::uint32_t last = std::min(yes.Last(i), no.Last(j));
    const auto answer = of_same_word && first == last ? AnswerOfBits(test, first) : std::nullopt;
    if (!answer)
      Append(first, graph_.AddBranch(test, yes[i].node, no[j].node));
    else
      Append(first, *answer ? yes[i].node : no[j].node);
    if (last == kLast) return;
    if (yes.Last(i) == last) ++i;
    if (no.Last(j) == last) ++j;
  }
}

}  // namespace precompiledseccomp::compile
