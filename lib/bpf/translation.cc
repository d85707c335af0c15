// SPDX-License-Identifier: Apache-2.0

#include "bpf/translation.h"

#include <linux/seccomp.h>

namespace precompiledseccomp::bpf {
namespace {

constexpr std::int32_t kNotWritten = -1;

bool FitsIntoByte(std::uint32_t operand) {
  const auto value = static_cast<std::int32_t>(operand);
  return value >= -128 && value <= 127;
}

// A is eax; X is r13, which needs a prefix.
std::int32_t BytesOfMove(std::uint32_t operand, bool is_x) {
  return (operand == 0 ? 2 : 5) + (is_x ? 1 : 0);
}

std::int32_t BytesOfArithmetic(const sock_filter& instruction) {
  const bool is_x = BPF_SRC(instruction.code) == BPF_X;
  switch (BPF_OP(instruction.code)) {
    case BPF_NEG:
      return 2;
    case BPF_MUL:
      return is_x ? 4 : FitsIntoByte(instruction.k) ? 3 : 6;
    case BPF_DIV:
      return is_x ? 7 : 14;
    case BPF_LSH:
    case BPF_RSH:
      return is_x ? 5 : instruction.k == 1 ? 2 : 3;
    default:
      return is_x || FitsIntoByte(instruction.k) ? 3 : 5;
  }
}

// Immediates are signed in eBPF: those with the highest bit go through a register.
bool NeedsRegister(const sock_filter& jump) {
  return BPF_OP(jump.code) != BPF_JA && BPF_SRC(jump.code) == BPF_K && (jump.k & 0x80000000) != 0;
}

// Of the comparison alone.
std::int32_t BytesOfTest(const sock_filter& jump) {
  if (BPF_OP(jump.code) == BPF_JA) return 0;
  if (BPF_SRC(jump.code) == BPF_X || NeedsRegister(jump)) return 3;
  if (BPF_OP(jump.code) == BPF_JSET) return 7;
  return jump.k == 0 ? 3 : FitsIntoByte(jump.k) ? 4 : 7;
}

bool ReturnsConstant(const sock_filter& instruction) {
  return BPF_RVAL(instruction.code) == BPF_K;
}

bool DividesByX(const sock_filter& instruction) {
  return instruction.code == (BPF_ALU | BPF_DIV | BPF_X);
}

// mov x, x; jne; xor a, a; exit: the filter returns 0 if X is.
constexpr std::uint32_t kCheckOfDivisor = 4;

}  // namespace

TranslatedInstruction TranslateOnX86(const sock_filter& instruction) {
  const std::uint16_t code = instruction.code;
  const bool is_x = BPF_CLASS(code) == BPF_LDX || BPF_CLASS(code) == BPF_STX;
  switch (BPF_CLASS(code)) {
    case BPF_LD:
    case BPF_LDX:
      // The length of the data is a constant.
      if (BPF_MODE(code) == BPF_LEN) return {1, BytesOfMove(sizeof(seccomp_data), is_x)};
      if (BPF_MODE(code) == BPF_IMM) return {1, BytesOfMove(instruction.k, is_x)};
      return {1, is_x ? 4 : 3};
    case BPF_ST:
    case BPF_STX:
      return {1, is_x ? 4 : 3};
    case BPF_ALU:
      return {DividesByX(instruction) ? 1 + kCheckOfDivisor : 1, BytesOfArithmetic(instruction)};
    case BPF_JMP:
      if (NeedsRegister(instruction))
        return {2, BytesOfMove(instruction.k, false) + BytesOfTest(instruction)};
      return {1, BytesOfTest(instruction)};
    case BPF_RET:
      if (ReturnsConstant(instruction)) return {2, BytesOfMove(instruction.k, false)};
      return {1, 0};
    default:  // TAX, TXA
      return {1, 3};
  }
}

bool IsPair(const sock_filter& jump) {
  if (BPF_OP(jump.code) == BPF_JA || jump.jf == 0) return false;
  return jump.jt != 0 || BPF_OP(jump.code) == BPF_JSET;
}

Translation X86Translator::Translate(std::span<const sock_filter> program) {
  Convert(program);
  const std::size_t count = instructions_.size();
  ends_.resize(count + 1);
  for (std::size_t i = 0; i <= count; ++i)
    ends_[i] = x86::kLongestInstruction * static_cast<std::int32_t>(i + 1);
  std::size_t passes = 2;
  std::int32_t before = Pass();
  std::int32_t bytes = Pass();
  const std::int32_t bytes_of_second = bytes;
  for (; bytes != before && passes < x86::kMostPasses; ++passes) {
    before = bytes;
    bytes = Pass();
  }
  return {.ebpf_instructions = count,
          .passes = passes + 1,  // the last one writes the code
          .bytes = static_cast<std::size_t>(bytes),
          .late_bytes = static_cast<std::size_t>(bytes_of_second - bytes)};
}

void X86Translator::Convert(std::span<const sock_filter> program) {
  begins_.clear();
  std::size_t begin = x86::kFirstInstruction;
  for (const sock_filter& instruction : program) {
    begins_.push_back(begin);
    const bool is_jump = BPF_CLASS(instruction.code) == BPF_JMP;
    begin += TranslateOnX86(instruction).ebpf_instructions + (is_jump && IsPair(instruction) ? 1 : 0);
  }
  // A and X are cleared, and a register is set that has the data's address: a part of kPrologue.
  instructions_.assign(x86::kFirstInstruction, Instruction());
  for (std::size_t i = 0; i < program.size(); ++i) {
    if (BPF_CLASS(program[i].code) == BPF_JMP)
      ConvertJump(program[i], i + 1);
    else
      ConvertOther(program[i]);
  }
}

void X86Translator::ConvertJump(const sock_filter& jump, std::size_t next) {
  if (BPF_OP(jump.code) == BPF_JA) {
    Add(Kind::kJump, 0, begins_[next + jump.k]);
    return;
  }
  if (NeedsRegister(jump)) Add(Kind::kPlain, BytesOfMove(jump.k, false));
  const bool goes_on_if_true = jump.jf != 0 && !IsPair(jump);
  Add(Kind::kJumpIf, BytesOfTest(jump), begins_[next + (goes_on_if_true ? jump.jf : jump.jt)]);
  if (IsPair(jump)) Add(Kind::kJump, 0, begins_[next + jump.jf]);
}

void X86Translator::ConvertOther(const sock_filter& instruction) {
  if (DividesByX(instruction)) {
    Add(Kind::kPlain, 3);
    Add(Kind::kJumpIf, 3, instructions_.size() + kCheckOfDivisor - 1);
    Add(Kind::kPlain, 2);
    Add(Kind::kExit, 0);
  }
  const std::int32_t bytes = TranslateOnX86(instruction).bytes;
  if (BPF_CLASS(instruction.code) != BPF_RET) {
    Add(Kind::kPlain, bytes);
    return;
  }
  if (ReturnsConstant(instruction)) Add(Kind::kPlain, bytes);
  Add(Kind::kExit, 0);
}

std::int32_t X86Translator::Pass() {
  std::int32_t end = x86::kPrologue;
  std::int32_t way_out = kNotWritten;
  for (std::size_t i = 0; i < instructions_.size(); ++i) {
    const Instruction& instruction = instructions_[i];
    std::int32_t bytes = instruction.bytes;
    // Of the pass before, both ends: what is behind is not known yet.
    const std::int32_t distance = ends_[instruction.target] - ends_[i + 1];
    switch (instruction.kind) {
      case Kind::kPlain:
        break;
      case Kind::kJumpIf:
        bytes += x86::BytesOfConditionalJump(distance);
        break;
      case Kind::kJump:
        bytes += x86::BytesOfJump(distance);
        break;
      case Kind::kExit:
        bytes += way_out == kNotWritten ? x86::kWayOut : x86::BytesOfJump(way_out - ends_[i + 1]);
        if (way_out == kNotWritten) way_out = end;
    }
    end += bytes;
    ends_[i + 1] = end;
  }
  return end;
}

}  // namespace precompiledseccomp::bpf
