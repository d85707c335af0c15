// SPDX-License-Identifier: Apache-2.0

#include "mutation/mutants.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include <linux/seccomp.h>

#include "bpf/disassembler.h"
#include "bpf/instructions.h"

namespace precompiledseccomp::testing {
namespace {

constexpr std::uint16_t kOperationMask = 0xf0;
constexpr std::uint32_t kHighestBit = 0x80000000;

bool IsConditionalJump(const sock_filter& instruction) {
  return BPF_CLASS(instruction.code) == BPF_JMP && BPF_OP(instruction.code) != BPF_JA;
}

bool IsBitwise(const sock_filter& instruction) {
  const int operation = BPF_OP(instruction.code);
  return BPF_CLASS(instruction.code) == BPF_ALU &&
         (operation == BPF_AND || operation == BPF_OR || operation == BPF_XOR);
}

// Has a constant for an operand, not a place or X.
bool HasConstant(const sock_filter& instruction) {
  if (instruction.code == (BPF_LD | BPF_IMM) || instruction.code == (BPF_LDX | BPF_IMM)) return true;
  return (IsConditionalJump(instruction) || BPF_CLASS(instruction.code) == BPF_ALU) &&
         BPF_SRC(instruction.code) == BPF_K && instruction.code != (BPF_ALU | BPF_NEG);
}

bool IsReturnOfConstant(const sock_filter& instruction) {
  return instruction.code == (BPF_RET | BPF_K);
}

// In whatever order.
bool SameHoles(const std::vector<bpf::Hole>& left, const std::vector<bpf::Hole>& right) {
  return std::is_permutation(
      left.begin(), left.end(), right.begin(), right.end(), [](const auto& a, const auto& b) {
        return a.index == b.index && a.variable == b.variable && a.is_flipped == b.is_flipped;
      });
}

bool Same(const bpf::FilterWithHoles& left, const bpf::FilterWithHoles& right) {
  return SameHoles(left.holes, right.holes) &&
         std::equal(left.instructions.begin(), left.instructions.end(), right.instructions.begin(),
                    right.instructions.end(), bpf::Equal);
}

class Mutator {
 public:
  explicit Mutator(const bpf::FilterWithHoles& filter) : filter_(filter) {
    for (std::size_t i = 0; i < filter.instructions.size(); ++i) {
      const sock_filter& instruction = filter.instructions[i];
      if (HasConstant(instruction) && HoleAt(i) == nullptr) constants_.insert(instruction.k);
      if (IsReturnOfConstant(instruction)) answers_.insert(instruction.k);
    }
    for (const bpf::Hole& hole : filter.holes) variables_.insert(hole.variable);
    // Programs with one answer are to be mutated too.
    answers_.insert({SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS});
  }

  std::vector<Mutant> All() {
    for (index_ = 0; index_ < filter_.instructions.size(); ++index_) {
      of_this_.clear();
      ChangeJump();
      ChangeConstant();
      ChangeOperator();
      ChangeStep();
      ChangeReturn();
      ChangeHole();
      std::move(of_this_.begin(), of_this_.end(), std::back_inserter(mutants_));
    }
    return std::move(mutants_);
  }

 private:
  [[nodiscard]] const sock_filter& instruction() const { return filter_.instructions[index_]; }

  [[nodiscard]] const bpf::Hole* HoleAt(std::size_t index) const {
    const auto found = std::find_if(filter_.holes.begin(), filter_.holes.end(),
                                    [&](const bpf::Hole& hole) { return hole.index == index; });
    return found == filter_.holes.end() ? nullptr : &*found;
  }

  // Those of one instruction are the only ones that can be equal.
  void Add(Mutant mutant) {
    if (Same(mutant.filter, filter_)) return;
    for (const Mutant& other : of_this_)
      if (Same(mutant.filter, other.filter)) return;
    of_this_.push_back(std::move(mutant));
  }

  void Replace(Mutation mutation, const sock_filter& changed) {
    Mutant mutant = {filter_, mutation, index_, {}};
    mutant.filter.instructions[index_] = changed;
    if (!HasConstant(changed)) RemoveHole(mutant.filter);
    mutant.text =
        std::to_string(index_) + ": " + Text(instruction(), index_) + " -> " + Text(changed, index_);
    Add(std::move(mutant));
  }

  // The one at this instruction, if there is one.
  void RemoveHole(bpf::FilterWithHoles& filter) const {
    filter.holes.erase(std::remove_if(filter.holes.begin(), filter.holes.end(),
                                      [&](const bpf::Hole& hole) { return hole.index == index_; }),
                       filter.holes.end());
  }

  [[nodiscard]] std::string Text(const sock_filter& shown, std::size_t at) const {
    const bpf::Hole* hole = HoleAt(at);
    return bpf::Disassemble(shown, at) + (hole != nullptr ? " ($" + hole->variable + ")" : "");
  }

  void ChangeJump() {
    const sock_filter jump = instruction();
    const auto changed = [&](auto change) {
      sock_filter copy = jump;
      change(copy);
      return copy;
    };
    if (jump.code == (BPF_JMP | BPF_JA)) {
      Replace(Mutation::kJumpTarget, changed([](sock_filter& i) { ++i.k; }));
      if (jump.k > 0) Replace(Mutation::kJumpTarget, changed([](sock_filter& i) { --i.k; }));
    }
    if (!IsConditionalJump(jump)) return;
    for (std::uint8_t sock_filter::*const side : {&sock_filter::jt, &sock_filter::jf}) {
      if (jump.*side < UINT8_MAX)
        Replace(Mutation::kJumpTarget, changed([&](sock_filter& i) { ++(i.*side); }));
      if (jump.*side > 0) Replace(Mutation::kJumpTarget, changed([&](sock_filter& i) { --(i.*side); }));
    }
    Replace(Mutation::kSwappedSides, changed([](sock_filter& i) { std::swap(i.jt, i.jf); }));
  }

  void ChangeConstant() {
    if (!HasConstant(instruction()) || HoleAt(index_) != nullptr) return;
    const std::uint32_t k = instruction().k;
    std::vector<std::uint32_t> others = {k + 1, k - 1, k ^ 1U << index_ % 32, k ^ kHighestBit, k & (k - 1)};
    const auto place = constants_.find(k);
    if (place != constants_.begin()) others.push_back(*std::prev(place));
    if (std::next(place) != constants_.end()) others.push_back(*std::next(place));
    for (const std::uint32_t other : others) {
      sock_filter changed = instruction();
      changed.k = other;
      Replace(Mutation::kConstant, changed);
    }
  }

  void ChangeOperator() {
    static constexpr std::array<std::uint16_t, 4> kComparisons = {BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET};
    static constexpr std::array<std::uint16_t, 3> kBitwise = {BPF_AND, BPF_OR, BPF_XOR};
    const auto replace = [&](std::uint16_t operation) {
      sock_filter changed = instruction();
      changed.code = static_cast<std::uint16_t>((changed.code & ~kOperationMask) | operation);
      Replace(Mutation::kOperator, changed);
    };
    if (IsConditionalJump(instruction()))
      for (const std::uint16_t operation : kComparisons) replace(operation);
    if (IsBitwise(instruction()))
      for (const std::uint16_t operation : kBitwise) replace(operation);
  }

  void ChangeStep() {
    const int instruction_class = BPF_CLASS(instruction().code);
    if (instruction_class == BPF_RET || instruction_class == BPF_JMP) return;
    Replace(Mutation::kDroppedStep, bpf::Jump(0));
    if (instruction().code != (BPF_LD | BPF_W | BPF_ABS)) return;
    // The other half, the same half of the fields beside it, and the number.
    const std::uint32_t offset = instruction().k;
    for (const std::uint32_t other : {offset ^ 4U, offset + 8, offset - 8, bpf::kNumberOffset})
      if (other < sizeof(seccomp_data)) Replace(Mutation::kOtherWord, bpf::LoadWord(other));
  }

  void ChangeReturn() {
    if (BPF_CLASS(instruction().code) != BPF_RET) return;
    for (const std::uint32_t answer : answers_) Replace(Mutation::kReturn, bpf::Return(answer));
    if (IsReturnOfConstant(instruction())) Replace(Mutation::kReturn, bpf::Return(instruction().k ^ 1));
    Replace(Mutation::kReturn, bpf::ReturnA());
  }

  void ChangeHole() {
    const bpf::Hole* const hole = HoleAt(index_);
    if (hole == nullptr) return;
    ReplaceHole(nullptr, "no variable");
    bpf::Hole turned = *hole;
    turned.is_flipped = !hole->is_flipped;
    ReplaceHole(&turned, "$" + hole->variable + ", its highest bit turned around");
    for (const std::string& other : variables_) {
      const bpf::Hole renamed{index_, other, hole->is_flipped};
      ReplaceHole(&renamed, "$" + other);
    }
    for (const std::size_t other : {PlaceBefore(), PlaceAfter()}) {
      if (other == index_) continue;
      const bpf::Hole moved{other, hole->variable, hole->is_flipped};
      ReplaceHole(&moved, "at " + std::to_string(other) + ": " + Text(filter_.instructions[other], other));
    }
  }

  // The nearest instructions at which this hole could be instead; index_ if there is none.
  [[nodiscard]] bool IsPlace(std::size_t index) const {
    return HasConstant(filter_.instructions[index]) && HoleAt(index) == nullptr;
  }
  [[nodiscard]] std::size_t PlaceBefore() const {
    for (std::size_t i = index_; i-- > 0;)
      if (IsPlace(i)) return i;
    return index_;
  }
  [[nodiscard]] std::size_t PlaceAfter() const {
    for (std::size_t i = index_ + 1; i < filter_.instructions.size(); ++i)
      if (IsPlace(i)) return i;
    return index_;
  }

  void ReplaceHole(const bpf::Hole* replacement, const std::string& what) {
    Mutant mutant = {filter_, Mutation::kHole, index_, {}};
    RemoveHole(mutant.filter);
    if (replacement != nullptr) mutant.filter.holes.push_back(*replacement);
    mutant.text = std::to_string(index_) + ": " + Text(instruction(), index_) + " -> " + what;
    Add(std::move(mutant));
  }

  const bpf::FilterWithHoles& filter_;
  std::set<std::uint32_t> constants_;
  std::set<std::uint32_t> answers_;
  std::set<std::string> variables_;
  std::size_t index_ = 0;
  std::vector<Mutant> of_this_;
  std::vector<Mutant> mutants_;
};

}  // namespace

const char* NameOf(Mutation mutation) {
  static constexpr std::array<const char*, kMutations> kNames = {
      "jump target", "swapped sides", "constant", "operator", "dropped step", "other word", "return", "hole"};
  return kNames.at(static_cast<std::size_t>(mutation));
}

std::vector<Mutant> MutantsOf(const bpf::FilterWithHoles& filter) {
  return Mutator(filter).All();
}

}  // namespace precompiledseccomp::testing
