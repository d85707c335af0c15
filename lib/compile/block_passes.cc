// SPDX-License-Identifier: Apache-2.0

#include "compile/block_passes.h"

#include "bpf/translation.h"

namespace precompiledseccomp::compile {
namespace {

constexpr std::int32_t kNotWritten = -1;
constexpr std::int32_t kLongest = bpf::x86::kLongestInstruction;

bool TestsBits(const sock_filter& jump) {
  return BPF_OP(jump.code) == BPF_JSET;
}

}  // namespace

BlockPasses::BlockPasses(const std::vector<Block>& blocks)
    : codes_(blocks.size()), steps_of_(blocks.size()), steps_(blocks.size()), places_(blocks.size()) {
  for (std::size_t id = 0; id < blocks.size(); ++id) {
    const Block& block = blocks[id];
    BlockCode& code = codes_[id];
    const BlockEntry end = EntryOf({static_cast<BlockId>(id), block.size}, blocks);
    code.ebpf_instructions = end.ebpf_instructions;
    code.bytes = end.bytes;
    code.is_leaf = block.IsLeaf();
    if (code.is_leaf) continue;
    code.can_be_turned = !TestsBits(block.instructions[block.size - 1]);
    code.sides = {EntryOf(block.yes, blocks), EntryOf(block.no, blocks)};
  }
}

BlockEntry BlockPasses::EntryOf(const Side& side, const std::vector<Block>& blocks) {
  BlockEntry before{.block = side.block, .ebpf_instructions = 0, .bytes = 0};
  for (std::size_t i = 0; i < side.entry; ++i) {
    const auto translated = bpf::TranslateOnX86(blocks[side.block].instructions[i]);
    before.ebpf_instructions += static_cast<std::int32_t>(translated.ebpf_instructions);
    before.bytes += translated.bytes;
  }
  return before;
}

std::array<std::int32_t, 2> BlockEntry::Bytes() const {
  return {kLongest * ebpf_instructions, bytes};
}

Passes BlockPasses::CountFor(const std::vector<BlockId>& order, std::size_t most) {
  TakeSteps(order);
  GuessPlaces(order);
  std::int32_t before = Pass(kGuessed);
  std::int32_t bytes = Pass(kBefore);
  std::size_t passes = 2;
  const std::int32_t bytes_of_second = bytes;
  for (; bytes != before && passes + 1 < most; ++passes) {
    before = bytes;
    bytes = Pass(kBefore);
  }
  // What has changed in the last one takes another, and then there is the one that writes.
  return {.count = passes + (bytes != before ? 2 : 1),
          .ebpf_instructions = ebpf_instructions_,
          .late_bytes = static_cast<std::size_t>(bytes_of_second - bytes)};
}

void BlockPasses::TakeSteps(const std::vector<BlockId>& order) {
  for (std::size_t i = 0; i < order.size(); ++i) steps_of_[order[i]] = static_cast<std::uint32_t>(i);
  std::int32_t ebpf_instructions = static_cast<std::int32_t>(bpf::x86::kFirstInstruction);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const BlockCode& code = codes_[order[i]];
    Step& step = steps_[i];
    step.bytes = code.bytes;
    step.is_leaf = code.is_leaf;
    ebpf_instructions += code.ebpf_instructions;
    const BlockJumps jumps = JumpsOf(code, [&](const BlockEntry& entry) {
      return (steps_of_[entry.block] == i + 1) & (entry.ebpf_instructions == 0);
    });
    step.is_pair = jumps.is_pair & !code.is_leaf;
    ebpf_instructions += step.is_pair ? 1 : 0;
    step.jump_if = steps_of_[jumps.jump_if->block];
    step.jump_if_entry = jumps.jump_if->Bytes();
    step.jump = steps_of_[jumps.jump->block];
    step.jump_entry = jumps.jump->Bytes();
  }
  ebpf_instructions_ = static_cast<std::size_t>(ebpf_instructions);
}

// As if all instructions were as long as any can be.
void BlockPasses::GuessPlaces(const std::vector<BlockId>& order) {
  std::int32_t guess = kLongest * (1 + static_cast<std::int32_t>(bpf::x86::kFirstInstruction));
  for (std::size_t i = 0; i < order.size(); ++i) {
    places_[i].begin = guess;
    places_[i].end_of_jump_if = guess += kLongest * codes_[order[i]].ebpf_instructions;
    places_[i].end = guess += steps_[i].is_pair ? kLongest : 0;
  }
}

std::int32_t BlockPasses::Pass(Known known) {
  std::int32_t end = bpf::x86::kPrologue;
  std::int32_t way_out = kNotWritten;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    Place& place = places_[i];
    place.begin = end;
    end += step.bytes;
    if (step.is_leaf) {
      const bool is_way_out = way_out == kNotWritten;
      if (is_way_out) way_out = end;
      end += is_way_out ? bpf::x86::kWayOut : bpf::x86::BytesOfJump(way_out - place.end);
    } else {
      end += bpf::x86::BytesOfConditionalJump(places_[step.jump_if].begin + step.jump_if_entry[known] -
                                              place.end_of_jump_if);
      place.end_of_jump_if = end;
      const std::int32_t distance = places_[step.jump].begin + step.jump_entry[known] - place.end;
      end += step.is_pair ? bpf::x86::BytesOfJump(distance) : 0;
    }
    place.end = end;
  }
  return end;
}

}  // namespace precompiledseccomp::compile
