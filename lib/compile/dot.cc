// SPDX-License-Identifier: Apache-2.0

#include "compile/dot.h"

#include <array>
#include <cstddef>
#include <cstdio>
#include <vector>

#include "bpf/disassembler.h"
#include "bpf/instructions.h"

namespace precompiledseccomp::compile {
namespace {

std::string TextOf(const Immediate& operand) {
  if (!operand.IsConstant()) return "$" + std::to_string(operand.variable);
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "0x%x", operand.value);
  return text.data();
}

// "arg0.low", or "arg0.low & 0xff".
std::string TextOf(const Subject& subject, const Target& target) {
  constexpr std::size_t kBeforeTheWord = 3;  // "ld "
  std::string word =
      bpf::Disassemble(bpf::LoadWord(subject.offset), 0, target.big_endian).substr(kBeforeTheWord);
  switch (subject.transform) {
    case Subject::Transform::kNone:
      break;
    case Subject::Transform::kAnd:
      return word + " & " + TextOf(subject.operand);
    case Subject::Transform::kOr:
      return word + " | " + TextOf(subject.operand);
    case Subject::Transform::kXor:
      return word + " ^ " + TextOf(subject.operand);
  }
  return word;
}

std::string TextOf(const Test& test, const Target& target) {
  const std::string subject = TextOf(test.subject, target);
  const std::string operand = TextOf(test.operand);
  switch (test.kind) {
    case Test::Kind::kEqual:
      return subject + " == " + operand;
    case Test::Kind::kGreater:
      return subject + " > " + operand;
    case Test::Kind::kGreaterOrEqual:
      return subject + " >= " + operand;
    case Test::Kind::kAnyBitSet:
      break;
  }
  return subject + " has a bit of " + operand;
}

std::string TextOf(const Leaf& leaf) {
  const std::string answer = bpf::DescribeReturn(leaf.return_value);
  return leaf.data.IsConstant() ? answer : answer + " with " + TextOf(leaf.data);
}

}  // namespace

std::string DotText(NodeId root, const Graph& graph, const Target& target) {
  std::string text = "digraph decisions {\n";
  const std::vector<bool> reachable = graph.ReachableFrom(root);
  for (NodeId id = root + 1; id-- > 0;) {
    if (!reachable[id]) continue;
    const Node& node = graph[id];
    const std::string name = "  n" + std::to_string(id);
    if (node.is_leaf) {
      text += name + " [label=\"" + TextOf(node.leaf) + "\"];\n";
      continue;
    }
    text += name + " [shape=box, label=\"" + TextOf(node.test, target) + "\"];\n";
    text += name + " -> n" + std::to_string(node.yes) + " [style=bold];\n";
    text += name + " -> n" + std::to_string(node.no) + ";\n";
  }
  return text + "}\n";
}

}  // namespace precompiledseccomp::compile
