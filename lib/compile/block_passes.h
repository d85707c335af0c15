// SPDX-License-Identifier: Apache-2.0
//
// How many passes the kernel takes to translate a filter on x86-64, for its blocks in any order.
//
// This is bpf/translation.h for the one question that block_order.h asks a hundred times: all that does not
// depend on the order is found out once, and a pass looks at each block once. Only for filters of which all
// jumps are near; which passes there are, and what is long and short in them, is said there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "compile/layout.h"

namespace precompiledseccomp::compile {

struct Passes {
  std::size_t count = 0;
  std::size_t ebpf_instructions = 0;
  std::size_t late_bytes = 0;  // see bpf::Translation
};

// Where a jump can enter a block, and what is before that in the block.
struct BlockEntry {
  BlockId block = 0;
  std::int32_t ebpf_instructions = 0;
  std::int32_t bytes = 0;  // of machine code
  // Bytes as the first pass guesses them, and as they are.
  [[nodiscard]] std::array<std::int32_t, 2> Bytes() const;
};

// What a block is made of.
struct BlockCode {
  std::int32_t ebpf_instructions = 0;  // with the first jump, or the way out
  std::int32_t bytes = 0;              // without jumps
  bool is_leaf = false;
  bool can_be_turned = false;         // a test of which either side can go on
  std::array<BlockEntry, 2> sides{};  // yes and no
};

// The jumps of a branch, of which one is enough where a side stands right behind it.
struct BlockJumps {
  const BlockEntry* jump_if = nullptr;
  const BlockEntry* jump = nullptr;  // the other one, if it `is_pair`
  bool is_pair = false;
};

// `is_next` says whether an entry is what stands right behind the branch.
template <typename IsNext>
BlockJumps JumpsOf(const BlockCode& branch, const IsNext& is_next) {
  const bool is_turned = branch.can_be_turned & is_next(branch.sides[0]);
  const bool is_pair = !is_turned & !is_next(branch.sides[1]);
  return {&branch.sides[is_turned ? 1 : 0], &branch.sides[1], is_pair};
}

class BlockPasses {
 public:
  explicit BlockPasses(const std::vector<Block>& blocks);

  // Of each block.
  [[nodiscard]] const std::vector<BlockCode>& codes() const { return codes_; }

  // For all blocks in this order. Stops counting at `most`.
  Passes CountFor(const std::vector<BlockId>& order, std::size_t most);

 private:
  // A block in the order at hand, with the sides that it jumps to. Blocks are looked at in this order again
  // and again, most of them for nothing: no branch of the code may depend on what is found.
  struct Step {
    std::int32_t bytes = 0;
    std::uint32_t jump_if = 0;  // the step that the test jumps to, and where in it
    std::array<std::int32_t, 2> jump_if_entry{};
    std::uint32_t jump = 0;  // of a pair, the step that it jumps to otherwise
    std::array<std::int32_t, 2> jump_entry{};
    bool is_pair = false;
    bool is_leaf = false;
  };
  // Where a step's machine code was after the pass before.
  struct Place {
    std::int32_t begin = 0;
    std::int32_t end_of_jump_if = 0;
    std::int32_t end = 0;
  };

  [[nodiscard]] static BlockEntry EntryOf(const Side& side, const std::vector<Block>& blocks);
  void TakeSteps(const std::vector<BlockId>& order);
  void GuessPlaces(const std::vector<BlockId>& order);
  enum Known : std::uint8_t { kGuessed, kBefore };
  std::int32_t Pass(Known known);

  std::vector<BlockCode> codes_;
  std::vector<std::uint32_t> steps_of_;  // of each block
  std::vector<Step> steps_;
  std::vector<Place> places_;
  std::size_t ebpf_instructions_ = 0;
};

}  // namespace precompiledseccomp::compile
