// SPDX-License-Identifier: Apache-2.0

#include "compile/pass_table.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>

#include <linux/seccomp.h>

#include "compile/scanner.h"

namespace precompiledseccomp::testing {
namespace {

using compile::Graph;
using compile::NodeId;
using compile::Subject;
using Kind = compile::Test::Kind;

constexpr std::size_t kWords = sizeof(seccomp_data) / 4;
constexpr int kMostCalls = 20000;
using Words = std::array<std::uint32_t, kWords>;
using Values = std::array<std::vector<std::uint32_t>, kWords>;

bool Holds(const compile::Test& test, const Words& words) {
  std::uint32_t value = words[test.subject.offset / 4];
  if (test.subject.transform == Subject::Transform::kAnd) value &= test.subject.operand.value;
  if (test.subject.transform == Subject::Transform::kOr) value |= test.subject.operand.value;
  const std::uint32_t operand = test.operand.value;
  switch (test.kind) {
    case Kind::kEqual:
      return value == operand;
    case Kind::kGreater:
      return value > operand;
    case Kind::kGreaterOrEqual:
      return value >= operand;
    case Kind::kAnyBitSet:
      break;
  }
  return (value & operand) != 0;
}

NodeId AnswerTo(const Words& words, NodeId id, const Graph& graph) {
  while (!graph[id].is_leaf) id = Holds(graph[id].test, words) ? graph[id].yes : graph[id].no;
  return id;
}

// Those that a word has to have for each of its tests to have each outcome.
void AddValues(NodeId root, const Graph& graph, Values& values) {
  const std::vector<bool> reachable = graph.ReachableFrom(root);
  for (NodeId id = 0; id <= root; ++id) {
    if (!reachable[id] || graph[id].is_leaf) continue;
    const compile::Test& test = graph[id].test;
    std::vector<std::uint32_t>& of_word = values[test.subject.offset / 4];
    const std::uint32_t mask = test.subject.IsPlain() ? 0 : ~test.subject.operand.value;
    for (const std::uint32_t value : {test.operand.value, test.operand.value - 1, test.operand.value + 1,
                                      ~test.operand.value, test.operand.value | mask})
      of_word.push_back(value);
    if (test.kind != Kind::kAnyBitSet) continue;
    for (std::uint32_t bit = 1; bit != 0; bit <<= 1) of_word.push_back(bit);
  }
}

}  // namespace

boost::test_tools::assertion_result AnswerAlike(NodeId left, NodeId right, const GraphText& text) {
  const Graph& graph = text.graph();
  Values values;
  for (std::vector<std::uint32_t>& of_word : values) of_word = {0};
  AddValues(left, graph, values);
  AddValues(right, graph, values);
  double combinations = 1;
  for (const std::vector<std::uint32_t>& of_word : values)
    combinations *= static_cast<double>(of_word.size());
  std::mt19937 random(1);
  Words words{};
  std::array<std::size_t, kWords> turn{};
  for (int call = 0; call < kMostCalls; ++call) {
    for (std::size_t i = 0; i < kWords; ++i)
      words[i] = values[i][combinations <= kMostCalls ? turn[i] : random() % values[i].size()];
    const NodeId answer_left = AnswerTo(words, left, graph);
    const NodeId answer_right = AnswerTo(words, right, graph);
    if (answer_left != answer_right) {
      boost::test_tools::assertion_result result(false);
      for (std::size_t i = 0; i < kWords; ++i)
        if (values[i].size() > 1)
          result.message() << WordName(static_cast<std::uint32_t>(4 * i), false) << " = " << words[i] << ", ";
      result.message() << "is answered " << text.Print(answer_left) << " before and "
                       << text.Print(answer_right) << " after";
      return result;
    }
    // As an odometer turns.
    std::size_t wheel = 0;
    while (wheel < kWords && ++turn[wheel] == values[wheel].size()) turn[wheel++] = 0;
    if (combinations <= kMostCalls && wheel == kWords) break;
  }
  return true;
}

void CheckPass(const std::vector<BeforeAfter>& rows, const Pass& pass) {
  for (const BeforeAfter& row : rows)
    for (const std::uint32_t number : kNumbers) {
      GraphText text(X86(), number);
      const NodeId before = text.Parse(row.before);
      const NodeId after = std::string_view(row.after) == kTheSame ? before : text.Parse(row.after);
      BOOST_TEST(AnswerAlike(before, after, text), row.what << ": the table is wrong");
      const NodeId result = pass(before, text.graph());
      BOOST_TEST((result == after), row.what << ":\n  " << text.Print(before) << "\nshould have become\n  "
                                             << text.Print(after) << "\nand became\n  "
                                             << text.Print(result));
    }
}

}  // namespace precompiledseccomp::testing
