// SPDX-License-Identifier: Apache-2.0

#include "mutation/equivalent.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "bpf/instructions.h"

namespace precompiledseccomp::testing {
namespace {

// The program, ending at this instruction.
bpf::FilterWithHoles EndingAt(std::size_t index, const sock_filter& end, bpf::FilterWithHoles program) {
  program.instructions.at(index) = end;
  program.holes.erase(std::remove_if(program.holes.begin(), program.holes.end(),
                                     [&](const bpf::Hole& hole) { return hole.index == index; }),
                      program.holes.end());
  return program;
}

// Compares the program and a mutant of it, both cut short.
class Comparison {
 public:
  Comparison(const bpf::FilterWithHoles& program, const Mutant& mutant, bool big_endian, Oracle& oracle)
      : program_(program), mutant_(mutant), big_endian_(big_endian), oracle_(oracle) {}

  bool IsNeverReached() {
    return AreEqual(EndingAt(mutant_.index, bpf::Return(0), program_),
                    EndingAt(mutant_.index, bpf::Return(1), program_));
  }

  bool LeavesTheSameValue() {
    const std::size_t next = mutant_.index + 1;
    return AreEqual(EndingAt(next, bpf::ReturnA(), program_), EndingAt(next, bpf::ReturnA(), mutant_.filter));
  }

  // With an end of its own at each instruction that the jump, or what became of it, may go to.
  bool GoesTheSameWay() {
    constexpr std::uint32_t kNoOtherAnswer = 0x12340000;
    bpf::FilterWithHoles left = program_;
    bpf::FilterWithHoles right = mutant_.filter;
    for (const bpf::FilterWithHoles& filter : {program_, mutant_.filter}) {
      const sock_filter& jump = filter.instructions[mutant_.index];
      for (const std::uint8_t skipped : {jump.jt, jump.jf}) {
        const std::size_t target = mutant_.index + 1 + skipped;
        const sock_filter end = bpf::Return(kNoOtherAnswer + static_cast<std::uint32_t>(target));
        left = EndingAt(target, end, std::move(left));
        right = EndingAt(target, end, std::move(right));
      }
    }
    return AreEqual(left, right);
  }

 private:
  bool AreEqual(const bpf::FilterWithHoles& left, const bpf::FilterWithHoles& right) {
    return std::holds_alternative<NoDifference>(oracle_.FindDifference(left, right, big_endian_));
  }

  const bpf::FilterWithHoles& program_;
  const Mutant& mutant_;
  bool big_endian_;
  Oracle& oracle_;
};

}  // namespace

const char* TextOf(Why why) {
  static constexpr std::array<const char*, kWhys> kTexts = {"is never reached", "leaves the same value in A",
                                                            "goes the same way", "leads to the same answers"};
  return kTexts.at(static_cast<std::size_t>(why));
}

Why WhyEquivalent(const bpf::FilterWithHoles& program, const Mutant& mutant, bool big_endian,
                  Oracle& oracle) {
  const sock_filter& instruction = program.instructions[mutant.index];
  const bool is_jump = BPF_CLASS(instruction.code) == BPF_JMP;
  const bool branches = is_jump && BPF_OP(instruction.code) != BPF_JA;
  const bool returns = BPF_CLASS(instruction.code) == BPF_RET;
  Comparison comparison(program, mutant, big_endian, oracle);
  if (comparison.IsNeverReached()) return Why::kNeverReached;
  if (branches && comparison.GoesTheSameWay()) return Why::kSameWay;
  if (!is_jump && !returns && comparison.LeavesTheSameValue()) return Why::kSameValue;
  return Why::kSameAnswers;
}

}  // namespace precompiledseccomp::testing
