// SPDX-License-Identifier: Apache-2.0
//
// Decision graphs as text, for tables of what a pass is given and what it makes of it.
//
//     arg0.high == 0 ? (arg0.low == 3 ? allow : kill) : kill
//
//     fd = arg0.high == 0 ? allow : kill;         what several branches lead to may have a name
//     arg1.low == 7 ? fd : arg1.low == 9 ? fd : kill
//
// The grammar:
//
//   graph   = { name = node ; } node
//   node    = test ? node : node | answer | name | ( node )
//   test    = subject == operand | subject > operand | subject >= operand
//           | word & operand                        any of these bits is set
//   subject = word | word & operand | word "|" operand
//   word    = nr | arch | ip.low | arg0.high | ...  as in a disassembly
//   operand = 7 | 0x7f | $variable
//   answer  = allow | kill | errno 38 | errno $variable | log | ...   kill is kill_process
//           | A | B | ... | Z                       different answers, no matter which; none of them refuses
//   ranges    = first : node [ * weight ] { , first : node [ * weight ] }
//
// Equal graphs are one node however they are written, so that names are free, and no table says more about
// sharing than it wants to. What a text says is what there is: a branch that the graph would store in another
// form than it is written in is an error.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <precompiledseccomp/value.h>

#include "compile/graph.h"
#include "compile/scanner.h"
#include "compile/search_tree.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {

// The numbers that variables are given in turn where a test shows that it makes no difference: nothing but
// the layout may look at them.
inline constexpr std::array<std::uint32_t, 4> kNumbers = {7, 0, 0x80000000, 0xffffffff};

// A graph, with its nodes as text. The variables of texts need no declaration.
class GraphText {
 public:
  // All variables have the same number, and are no less different for it.
  explicit GraphText(const Target& target = X86(), std::uint32_t number = kNumbers.front())
      : big_endian_(target.big_endian), number_(number) {}
  GraphText(const GraphText&) = delete;
  GraphText& operator=(const GraphText&) = delete;

  [[nodiscard]] compile::Graph& graph() { return graph_; }
  [[nodiscard]] const compile::Graph& graph() const { return graph_; }

  // Throws std::invalid_argument for what is no such text.
  compile::NodeId Parse(std::string_view text);
  compile::Test ParseTest(std::string_view text);

  [[nodiscard]] std::string Print(compile::NodeId root) const;
  [[nodiscard]] std::string Print(const compile::Test& test) const;

  // The ranges of the values of a word, each from its first value on.
  std::vector<compile::ValueRange> ParseRanges(std::string_view text);
  [[nodiscard]] std::string Print(const std::vector<compile::ValueRange>& ranges) const;

  // From now on, `name` stands for this node when texts are read and written.
  void Name(const std::string& name, compile::NodeId node);

 private:
  compile::NodeId Node(Scanner& text);
  compile::NodeId Branch(std::uint32_t word, Scanner& text);
  compile::NodeId Answer(Scanner& text);
  compile::Test Test(std::uint32_t word, Scanner& text);
  compile::Immediate Operand(Scanner& text);
  compile::Immediate Variable(const std::string& name);

  [[nodiscard]] std::string Side(compile::NodeId id,
                                 const std::map<compile::NodeId, std::string>& names) const;
  [[nodiscard]] std::string Branch(compile::NodeId id,
                                   const std::map<compile::NodeId, std::string>& names) const;
  [[nodiscard]] std::string Text(const compile::Leaf& leaf) const;
  [[nodiscard]] std::string Text(const compile::Immediate& operand) const;

  bool big_endian_;
  std::uint32_t number_;
  VariableNumbers numbers_;  // grows with the variables that texts name
  compile::Graph graph_{numbers_};
  std::map<std::string, compile::NodeId, std::less<>> nodes_;  // by their names
  std::map<compile::NodeId, std::string> names_;               // those of Name()
  std::map<std::uint32_t, std::string> variables_;             // by their number in the graph
};

}  // namespace precompiledseccomp::testing
