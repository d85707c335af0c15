// SPDX-License-Identifier: Apache-2.0

#include "compile/graph_text.h"

#include <array>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <vector>

#include <linux/seccomp.h>

#include "bpf/disassembler.h"

namespace precompiledseccomp::testing {
namespace {

using compile::Graph;
using compile::Immediate;
using compile::Leaf;
using compile::NodeId;
using compile::Subject;
using Kind = compile::Test::Kind;
using Transform = Subject::Transform;

// A to Z are trace 1 to trace 26.
constexpr std::uint32_t kBeforeA = SECCOMP_RET_TRACE;

bool IsLetter(const std::string& name) {
  return name.size() == 1 && name.front() >= 'A' && name.front() <= 'Z';
}

}  // namespace

NodeId GraphText::Parse(std::string_view text) {
  Scanner scanner(text, big_endian_);
  const auto named_before = nodes_;
  NodeId node = 0;
  for (;;) {
    Scanner ahead = scanner;
    const bool is_definition = !ahead.Word() && !ahead.Takes("(") && (ahead.Name(), ahead.Takes("="));
    if (!is_definition) break;
    const std::string name = scanner.Name();
    scanner.Expect("=");
    nodes_[name] = Node(scanner);
    scanner.Expect(";");
  }
  node = Node(scanner);
  if (!scanner.IsAtEnd()) scanner.Fail("the end is missing");
  nodes_ = named_before;
  return node;
}

compile::Test GraphText::ParseTest(std::string_view text) {
  Scanner scanner(text, big_endian_);
  const auto word = scanner.Word();
  if (!word) scanner.Fail("a word is missing");
  const compile::Test test = Test(*word, scanner);
  if (!scanner.IsAtEnd()) scanner.Fail("the end is missing");
  return test;
}

std::vector<compile::ValueRange> GraphText::ParseRanges(std::string_view text) {
  Scanner scanner(text, big_endian_);
  std::vector<compile::ValueRange> ranges;
  do {
    compile::ValueRange range;
    range.first = scanner.Number();
    scanner.Expect(":");
    range.node = Node(scanner);
    if (scanner.Takes("*")) range.weight = scanner.Number();
    ranges.push_back(range);
  } while (scanner.Takes(","));
  if (!scanner.IsAtEnd()) scanner.Fail("the end is missing");
  return ranges;
}

NodeId GraphText::Node(Scanner& text) {
  if (text.Takes("(")) {
    const NodeId node = Node(text);
    text.Expect(")");
    return node;
  }
  if (const auto word = text.Word()) return Branch(*word, text);
  return Answer(text);
}

NodeId GraphText::Branch(std::uint32_t word, Scanner& text) {
  const compile::Test test = Test(word, text);
  text.Expect("?");
  const NodeId yes = Node(text);
  text.Expect(":");
  const NodeId no = Node(text);
  const NodeId branch = graph_.AddBranch(test, yes, no);
  const compile::Node& node = graph_[branch];
  if (node.is_leaf || node.test != test || node.yes != yes || node.no != no)
    text.Fail("the branch on \"" + Print(test) + "\" would be written \"" + Print(branch) + "\"");
  return branch;
}

compile::Test GraphText::Test(std::uint32_t word, Scanner& text) {
  compile::Test test{{word, Transform::kNone, {}}, Kind::kEqual, {}};
  if (text.Takes("&"))
    test.subject.transform = Transform::kAnd;
  else if (text.Takes("|"))
    test.subject.transform = Transform::kOr;
  if (!test.subject.IsPlain()) test.subject.operand = Operand(text);
  if (text.Takes("==")) {
    test.kind = Kind::kEqual;
  } else if (text.Takes(">=")) {
    test.kind = Kind::kGreaterOrEqual;
  } else if (text.Takes(">")) {
    test.kind = Kind::kGreater;
  } else if (test.subject.transform == Transform::kAnd) {
    return {{word, Transform::kNone, {}}, Kind::kAnyBitSet, test.subject.operand};
  } else {
    text.Fail("a comparison is missing");
  }
  test.operand = Operand(text);
  return test;
}

Immediate GraphText::Operand(Scanner& text) {
  if (text.Takes("$")) return Variable(text.Name());
  return {text.Number(), 0};
}

Immediate GraphText::Variable(const std::string& name) {
  numbers_.emplace(name, number_);
  const Immediate variable = graph_.ImmediateFor(Word::Variable(name));
  variables_[variable.variable] = name;
  return variable;
}

NodeId GraphText::Answer(Scanner& text) {
  const std::string name = text.Name();
  if (const auto named = nodes_.find(name); named != nodes_.end()) return named->second;
  if (IsLetter(name))
    return graph_.AddLeaf({kBeforeA + static_cast<std::uint32_t>(name.front() - 'A' + 1), {}});
  if (name == "kill") return graph_.AddLeaf({SECCOMP_RET_KILL_PROCESS, {}});
  Immediate data;
  if (TakesData(name)) data = Operand(text);
  const auto value = ReturnValueOf(name, data.IsConstant() ? data.value : 0);
  if (!value) text.Fail("there is no node or action \"" + name + "\"");
  return graph_.AddLeaf({*value, data.IsConstant() ? Immediate() : data});
}

void GraphText::Name(const std::string& name, NodeId node) {
  nodes_[name] = node;
  names_[node] = name;
}

std::string GraphText::Print(NodeId root) const {
  std::map<NodeId, std::string> names = names_;
  if (names.count(root) != 0) return names.at(root);
  // Branches that several edges lead to, the lowest first.
  std::map<NodeId, int> edges;
  const std::vector<bool> reachable = graph_.ReachableFrom(root);
  for (NodeId id = 0; id <= root; ++id)
    if (reachable[id] && !graph_[id].is_leaf)
      for (const NodeId side : {graph_[id].yes, graph_[id].no}) ++edges[side];
  std::string text;
  for (const auto& [id, count] : edges) {
    if (count < 2 || graph_[id].is_leaf || names.count(id) != 0) continue;
    const std::string name = "n" + std::to_string(names.size() - names_.size() + 1);
    text += name + " = " + Branch(id, names) + ";\n";
    names[id] = name;
  }
  return text + (graph_[root].is_leaf ? Text(graph_[root].leaf) : Branch(root, names));
}

std::string GraphText::Print(const std::vector<compile::ValueRange>& ranges) const {
  std::string text;
  for (const compile::ValueRange& range : ranges) {
    const std::string node = Print(range.node);
    text += (text.empty() ? "" : ", ") + Text(Immediate{range.first, 0}) + ": ";
    text += graph_[range.node].is_leaf ? node : "(" + node + ")";
    if (range.weight != 1) text += " * " + std::to_string(range.weight);
  }
  return text;
}

std::string GraphText::Branch(NodeId id, const std::map<NodeId, std::string>& names) const {
  const compile::Node& node = graph_[id];
  const bool yes_is_inline = !graph_[node.yes].is_leaf && names.count(node.yes) == 0;
  const std::string yes = Side(node.yes, names);
  return Print(node.test) + " ? " + (yes_is_inline ? "(" + yes + ")" : yes) + " : " + Side(node.no, names);
}

std::string GraphText::Side(NodeId id, const std::map<NodeId, std::string>& names) const {
  if (const auto named = names.find(id); named != names.end()) return named->second;
  return graph_[id].is_leaf ? Text(graph_[id].leaf) : Branch(id, names);
}

std::string GraphText::Print(const compile::Test& test) const {
  std::string text = WordName(test.subject.offset, big_endian_);
  if (test.subject.transform == Transform::kAnd) text += " & " + Text(test.subject.operand);
  if (test.subject.transform == Transform::kOr) text += " | " + Text(test.subject.operand);
  switch (test.kind) {
    case Kind::kEqual:
      return text + " == " + Text(test.operand);
    case Kind::kGreater:
      return text + " > " + Text(test.operand);
    case Kind::kGreaterOrEqual:
      return text + " >= " + Text(test.operand);
    case Kind::kAnyBitSet:
      break;
  }
  return text + " & " + Text(test.operand);
}

std::string GraphText::Text(const Leaf& leaf) const {
  if (!leaf.data.IsConstant()) {
    const std::string action = bpf::DescribeReturn(leaf.return_value);
    return action.substr(0, action.find(' ')) + " " + Text(leaf.data);
  }
  if (leaf.return_value == SECCOMP_RET_KILL_PROCESS) return "kill";
  if (leaf.return_value > kBeforeA && leaf.return_value <= kBeforeA + 26)
    return {static_cast<char>('A' + leaf.return_value - kBeforeA - 1)};
  return bpf::DescribeReturn(leaf.return_value);
}

std::string GraphText::Text(const Immediate& operand) const {
  if (!operand.IsConstant()) {
    const auto variable = variables_.find(operand.variable);
    return "$" + (variable == variables_.end() ? std::to_string(operand.variable) : variable->second);
  }
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), operand.value < 10 ? "%u" : "0x%x", operand.value);
  return text.data();
}

}  // namespace precompiledseccomp::testing
