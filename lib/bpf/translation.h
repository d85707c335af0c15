// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <linux/filter.h>

// What the kernel makes of a filter when it is installed: eBPF instructions (bpf_convert_filter in
// net/core/filter.c), and of these machine code (do_jit in arch/x86/net/bpf_jit_comp.c).
//
// x86-64 has short jumps (123 bytes far, see IsShort()) and long ones, and whether a jump is short depends on
// the lengths of those that it jumps over. So the kernel translates the whole filter again and again: at
// first all jumps over more than one instruction are long; each pass finds jumps to shorten, as others have
// become shorter in the one before it; and it ends with the pass after which nothing has changed, and a last
// one that writes the code. How many passes it takes depends on what stands between jumps and where they
// lead, which is on the order of the instructions.
//
// Checked against Linux 6.18, and by timing: a pass more shows. Where processors need it, a filter that is
// installed without CAP_SYS_ADMIN leaves by a longer way (it clears the branch history), which stands in the
// midst of the code and may change the number of passes by one.
namespace precompiledseccomp::bpf {

struct Translation {
  std::size_t ebpf_instructions = 0;
  std::size_t passes = 0;
  std::size_t bytes = 0;  // of machine code
  // By which jumps became shorter after the second pass. Without any, there are four passes at most.
  std::size_t late_bytes = 0;
};

// What every instruction becomes, but for the bytes of jumps. A conditional jump counts once: it may need a
// second one, see IsPair().
struct TranslatedInstruction {
  std::uint32_t ebpf_instructions = 0;
  std::int32_t bytes = 0;
};
TranslatedInstruction TranslateOnX86(const sock_filter& instruction);

// Whether a conditional jump becomes two jumps: eBPF's have one side, and go on otherwise. They can be turned
// around, but not those on bits.
bool IsPair(const sock_filter& jump);

// How long machine code for jumps is, by how many bytes are between. A return jumps back to the first one.
namespace x86 {

// What is before a filter's first instruction. Its length depends on the kernel's configuration, but is in no
// distance.
inline constexpr std::uint32_t kFirstInstruction = 3;
inline constexpr std::int32_t kPrologue = 20;
// The first return: with a return thunk, as distributions' kernels have it.
inline constexpr std::int32_t kWayOut = 9;
// No instruction is longer: the distances of the first pass are made of this.
inline constexpr std::int32_t kLongestInstruction = 64;

// 127 before Linux 6.12 ("bpf, x64: Fix a jit convergence issue"), and in stable kernels before they took it.
inline bool IsShort(std::int32_t distance) {
  return distance >= -128 && distance <= 123;
}
inline constexpr std::int32_t kLongConditionalJump = 6;
inline constexpr std::int32_t kLongJump = 5;
inline std::int32_t BytesOfConditionalJump(std::int32_t distance) {
  return IsShort(distance) ? 2 : kLongConditionalJump;
}
inline std::int32_t BytesOfJump(std::int32_t distance) {
  return distance == 0 ? 0 : IsShort(distance) ? 2 : kLongJump;
}

// When the kernel gives up. From the sixteenth on it fills jumps up, so that it need not; no filter that was
// seen takes as many.
inline constexpr std::size_t kMostPasses = 20;

}  // namespace x86

// Its memory is kept from filter to filter.
class X86Translator {
 public:
  // Of a filter that the kernel accepts (acceptance.h).
  Translation Translate(std::span<const sock_filter> program);

 private:
  enum class Kind : std::uint8_t { kPlain, kJumpIf, kJump, kExit };

  // An eBPF instruction, as far as the length of its machine code goes.
  struct Instruction {
    Kind kind = Kind::kPlain;
    std::int32_t bytes = 0;    // without the jump
    std::uint32_t target = 0;  // of a jump
  };

  void Convert(std::span<const sock_filter> program);
  void ConvertJump(const sock_filter& jump, std::size_t next);
  void ConvertOther(const sock_filter& instruction);
  void Add(Kind kind, std::int32_t bytes, std::size_t target = 0) {
    instructions_.push_back({kind, bytes, static_cast<std::uint32_t>(target)});
  }
  // The bytes of all, with the distances that the pass before left.
  std::int32_t Pass();

  std::vector<Instruction> instructions_;
  std::vector<std::size_t> begins_;  // for each classic instruction, its first
  std::vector<std::int32_t> ends_;   // of the prologue, and of each instruction
};

}  // namespace precompiledseccomp::bpf
