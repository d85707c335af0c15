// SPDX-License-Identifier: Apache-2.0
//
// Each instruction becomes a few, of which the last one jumps if the instruction did. What they leave in X
// and in scratch memory nobody reads.

#include "oracle/disguise.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bpf/instructions.h"

namespace precompiledseccomp::testing {
namespace {

bool IsConditionalJump(const sock_filter& instruction) {
  return BPF_CLASS(instruction.code) == BPF_JMP && BPF_OP(instruction.code) != BPF_JA;
}

bool HasConstant(const sock_filter& instruction) {
  return (IsConditionalJump(instruction) || BPF_CLASS(instruction.code) == BPF_ALU) &&
         BPF_SRC(instruction.code) == BPF_K;
}

// The instructions instead of one, and in which of them its variable stands, if it has one.
struct Replacement {
  bpf::Program steps;
  std::size_t hole = 0;
};

class Disguise {
 public:
  explicit Disguise(Random& random) : random_(random) {}

  Replacement Of(const sock_filter& instruction, bool has_hole) {
    Replacement replacement;
    bpf::Program& steps = replacement.steps;
    const bool needs_a = BPF_CLASS(instruction.code) == BPF_ALU || IsConditionalJump(instruction);
    if (needs_a && random_.OneIn(3)) MoveA(steps);
    if (HasConstant(instruction) && random_.OneIn(3)) {
      steps.push_back(bpf::LoadImmediateX(instruction.k));
      replacement.hole = steps.size() - 1;
      steps.push_back(instruction);
      steps.back().code |= BPF_X;
      steps.back().k = 0;
      return replacement;
    }
    if (instruction.code == (BPF_RET | BPF_K) && !has_hole && random_.OneIn(2)) {
      Calculate(instruction.k, steps);
      steps.push_back(bpf::ReturnA());
      return replacement;
    }
    steps.push_back(instruction);
    replacement.hole = steps.size() - 1;
    if (BPF_CLASS(instruction.code) == BPF_LD && random_.OneIn(2)) RebuildA(steps);
    return replacement;
  }

 private:
  static void Append(bpf::Program& steps, const bpf::Program& more) {
    steps.insert(steps.end(), more.begin(), more.end());
  }

  // Leaves in A what is there, by moving it about. A slot that was used is cleared: else paths that meet
  // would come with different contents of many slots, and no proof would end.
  void MoveA(bpf::Program& steps) {
    const std::uint32_t other = random_.Word32();
    const auto slot = static_cast<std::uint32_t>(random_.Below(BPF_MEMWORDS));
    switch (random_.Below(3)) {
      case 0:
        return Append(steps, {bpf::StoreScratch(slot), bpf::And(other), bpf::LoadScratch(slot),
                              bpf::LoadImmediateX(0), bpf::StoreScratchX(slot)});
      case 1:
        return Append(steps, {bpf::Tax(), bpf::LoadImmediate(other), bpf::Txa()});
      default:
        return steps.push_back(bpf::Jump(0));
    }
  }

  // The same by calculating, for what was just loaded.
  void RebuildA(bpf::Program& steps) {
    const std::uint32_t mask = random_.Word32();
    switch (random_.Below(4)) {
      case 0:
        return Append(steps, {bpf::Xor(mask), bpf::Xor(mask)});
      case 1:
        return Append(steps, {bpf::And(0xffffffff), bpf::Or(0)});
      case 2:
        return Append(steps, {bpf::Tax(), bpf::LoadImmediate(mask), bpf::XorX(), bpf::XorX(), bpf::Txa()});
      default:  // the bits of the mask, and then the others
        return Append(steps, {bpf::StoreScratch(0), bpf::And(mask), bpf::Tax(), bpf::LoadScratch(0),
                              bpf::And(~mask), bpf::OrX(), bpf::LoadImmediateX(0), bpf::StoreScratchX(0)});
    }
  }

  // Leaves a constant in A.
  void Calculate(std::uint32_t value, bpf::Program& steps) {
    const std::uint32_t other = random_.Word32();
    switch (random_.Below(4)) {
      case 0:
        return Append(steps, {bpf::LoadImmediate(value - other), bpf::Add(other)});
      case 1:
        return Append(steps, {bpf::LoadImmediate(0U - value), bpf::Negate()});
      case 2:
        return Append(steps, {bpf::LoadImmediateX(other), bpf::LoadImmediate(value ^ other), bpf::XorX()});
      default:
        return Append(steps, {bpf::LoadImmediate(value >> 16), bpf::ShiftLeft(16), bpf::Or(value & 0xffff)});
    }
  }

  Random& random_;
};

// Lets the jumps lead to what became of their targets; false if one of them would reach too far. `starts` is
// where what became of each instruction begins, and where the last one ends.
bool SetJumps(const bpf::Program& original, const std::vector<std::size_t>& starts, bpf::Program& disguised) {
  for (std::size_t i = 0; i < original.size(); ++i) {
    if (BPF_CLASS(original[i].code) != BPF_JMP) continue;
    const std::size_t place = starts[i + 1] - 1;
    const auto distance = [&](std::size_t skipped) { return starts[i + 1 + skipped] - place - 1; };
    if (!IsConditionalJump(original[i])) {
      disguised[place].k = static_cast<std::uint32_t>(distance(original[i].k));
      continue;
    }
    const std::size_t jt = distance(original[i].jt);
    const std::size_t jf = distance(original[i].jf);
    if (jt > UINT8_MAX || jf > UINT8_MAX) return false;
    disguised[place].jt = static_cast<std::uint8_t>(jt);
    disguised[place].jf = static_cast<std::uint8_t>(jf);
  }
  return true;
}

}  // namespace

std::optional<bpf::FilterWithHoles> Disguised(const bpf::FilterWithHoles& filter, Random& random) {
  Disguise disguise(random);
  bpf::FilterWithHoles disguised;
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < filter.instructions.size(); ++i) {
    const auto hole = std::find_if(filter.holes.begin(), filter.holes.end(),
                                   [&](const bpf::Hole& candidate) { return candidate.index == i; });
    const auto [steps, hole_at] = disguise.Of(filter.instructions[i], hole != filter.holes.end());
    starts.push_back(disguised.instructions.size());
    if (hole != filter.holes.end())
      disguised.holes.push_back({starts.back() + hole_at, hole->variable, hole->is_flipped});
    disguised.instructions.insert(disguised.instructions.end(), steps.begin(), steps.end());
  }
  starts.push_back(disguised.instructions.size());
  if (!SetJumps(filter.instructions, starts, disguised.instructions)) return std::nullopt;
  return disguised;
}

}  // namespace precompiledseccomp::testing
