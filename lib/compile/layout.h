// SPDX-License-Identifier: Apache-2.0
//
// A decision graph as a line of instructions.
//
// Instructions are written from the last to the first, so that the sides of a branch have their positions
// before the branch needs the distances to them. A branch has up to three entries, so that a jump to it need
// not load again what the accumulator (A) holds already:
//
//     load        ld word          from where A holds anything else
//     transform   and/or operand   from where A holds the word
//     test        jeq ...          from where A holds the word, transformed
//
// The second is there only if the test has a transform. The first loads an argument before the word where the
// test is to end the kernel's emulation (Test::ends_emulation), and is then the only entry.
//
// A conditional jump reaches 255 instructions far. Where a side is farther away, the jump goes to a `ja`
// right behind it, or to a copy of the returning instruction, which later branches in reach use as well.
//
// In the usual order, what stands behind a branch is one of its sides, with all that only this side leads to,
// and then the other one. Either order is right, and so is any in which all blocks stand before their sides;
// block_order.h chooses.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <linux/filter.h>

#include "compile/graph.h"

namespace precompiledseccomp::compile {

using BlockId = std::uint32_t;

// What a jump leads to.
struct Side {
  BlockId block = 0;
  std::size_t entry = 0;  // the instruction of the block
};

// The instructions of a node, which always stand together.
struct Block {
  static constexpr std::size_t kMostInstructions = 4;

  [[nodiscard]] bool IsLeaf() const { return yes.block == no.block; }

  std::array<sock_filter, kMostInstructions> instructions{};
  std::size_t size = 0;
  // Of a branch, whose last instruction is the test. A leaf has none: both are the same.
  Side yes;
  Side no;
  bool is_transformed = false;  // the word, before the test
};

// What an order has otherwise than the usual one.
struct Arrangement {
  // For each block, whether the larger side comes first. Else the smaller one does, so that the jump over it
  // is short.
  std::vector<std::uint8_t> exchanged;
  // Whether sides that come last wait until all that comes first stands, so that jumps to them are long.
  bool defers_second_sides = false;
  // What ends the program, in this order, with all sides of it.
  std::vector<BlockId> last;
};

// One graph, which can be written in any order.
class Layout {
 public:
  // What stands in the operands that are values of variables.
  enum class Variables : std::uint8_t {
    kValues,
    kStandIns,  // one and the same number, for what must not depend on the values
  };

  Layout(NodeId root, const Graph& graph, Variables variables);

  // Each behind its sides, the root last.
  [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }

  // Nothing exchanged or deferred, no last blocks.
  [[nodiscard]] Arrangement UsualArrangement() const;

  // All blocks, each before its sides. Overwritten by the next call, like what Write() returns.
  const std::vector<BlockId>& Order(const Arrangement& arrangement);

  // The instructions may be more than the kernel accepts, which is for the caller to check. Where they are
  // more than a jump reaches over, some may be unreachable: see unreachable.h.
  const std::vector<sock_filter>& Write(const std::vector<BlockId>& order);

 private:
  using Positions = std::array<std::size_t, Block::kMostInstructions>;

  void WriteBlock(BlockId id);
  void BringNear(const Side& side);
  [[nodiscard]] bool IsNear(const Side& side) const;
  // The instructions between the next one to be written and the side.
  [[nodiscard]] std::size_t Distance(const Side& side) const;
  [[nodiscard]] bool Returns(BlockId id) const;
  [[nodiscard]] bool DecidesByOneTest(const Block& block) const;

  std::vector<Block> blocks_;
  // For each block, what Order() needs to know: its sides, the smaller one first, and how many sides it is.
  std::vector<std::array<BlockId, 2>> sides_;
  std::vector<std::uint32_t> parents_;
  std::vector<std::uint32_t> parents_left_;
  std::vector<std::uint8_t> is_last_;
  std::vector<BlockId> pending_;
  std::vector<BlockId> deferred_;
  std::vector<BlockId> order_;
  // Where each block's instructions stand, counted from the end of the program; the nearest if there are
  // several.
  std::vector<Positions> positions_;
  std::vector<sock_filter> written_;  // the last instruction first, until all are
};

// The graph in the usual order.
std::vector<sock_filter> LayOut(NodeId root, const Graph& graph);

}  // namespace precompiledseccomp::compile
