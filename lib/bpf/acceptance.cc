// SPDX-License-Identifier: Apache-2.0

#include "bpf/acceptance.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include <linux/seccomp.h>

#include "bpf/disassembler.h"

namespace precompiledseccomp::bpf {
namespace {

// Static text, or nullptr for no complaint.
using Complaint = const char*;

constexpr Complaint kUnknown = "is no operation of classic BPF";

Complaint ComplainAboutOffset(std::uint32_t offset) {
  if (offset >= sizeof(seccomp_data)) return "loads from beyond the 64 bytes of seccomp_data";
  return offset % sizeof(std::uint32_t) != 0 ? "loads from an offset that is not a multiple of 4" : nullptr;
}

Complaint ComplainAboutLoad(const sock_filter& instruction) {
  switch (instruction.code) {
    case BPF_LD | BPF_W | BPF_ABS:
      return ComplainAboutOffset(instruction.k);
    case BPF_LD | BPF_MEM:
    case BPF_LDX | BPF_MEM:
      return instruction.k >= BPF_MEMWORDS ? "reads beyond the 16 slots of scratch memory" : nullptr;
    case BPF_LD | BPF_IMM:
    case BPF_LD | BPF_W | BPF_LEN:
    case BPF_LDX | BPF_IMM:
    case BPF_LDX | BPF_W | BPF_LEN:
      return nullptr;
    default:
      return "loads in a way that seccomp does not allow: only whole words at fixed offsets (into A), "
             "constants, "
             "the length, and scratch memory";
  }
}

Complaint ComplainAboutArithmetic(const sock_filter& instruction) {
  const bool constant = BPF_SRC(instruction.code) == BPF_K;
  switch (BPF_OP(instruction.code)) {
    case BPF_ADD:
    case BPF_SUB:
    case BPF_MUL:
    case BPF_AND:
    case BPF_OR:
    case BPF_XOR:
      return nullptr;
    case BPF_DIV:
      return constant && instruction.k == 0 ? "divides by the constant 0" : nullptr;
    case BPF_LSH:
    case BPF_RSH:
      return constant && instruction.k >= 32 ? "shifts by a constant of 32 or more" : nullptr;
    case BPF_NEG:
      return constant ? nullptr : kUnknown;
    case BPF_MOD:
      return "takes a remainder, which seccomp does not allow";
    default:
      return kUnknown;
  }
}

// `following` is the number of instructions after this one.
Complaint ComplainAboutJump(const sock_filter& instruction, std::size_t following) {
  switch (BPF_OP(instruction.code)) {
    case BPF_JA:
      if (BPF_SRC(instruction.code) != BPF_K) return kUnknown;
      return instruction.k >= following ? "jumps out of the program" : nullptr;
    case BPF_JEQ:
    case BPF_JGT:
    case BPF_JGE:
    case BPF_JSET:
      if (instruction.jt >= following) return "jumps out of the program when true";
      return instruction.jf >= following ? "jumps out of the program when false" : nullptr;
    default:
      return kUnknown;
  }
}

Complaint ComplainAbout(const sock_filter& instruction, std::size_t following) {
  const std::uint16_t code = instruction.code;
  if (code > 0xff) return kUnknown;
  switch (BPF_CLASS(code)) {
    case BPF_LD:
    case BPF_LDX:
      return ComplainAboutLoad(instruction);
    case BPF_ALU:
      return ComplainAboutArithmetic(instruction);
    case BPF_JMP:
      return ComplainAboutJump(instruction, following);
    case BPF_ST:
    case BPF_STX:
      if (code != BPF_ST && code != BPF_STX) return kUnknown;
      return instruction.k >= BPF_MEMWORDS ? "writes beyond the 16 slots of scratch memory" : nullptr;
    case BPF_RET:
      return code == (BPF_RET | BPF_K) || code == (BPF_RET | BPF_A)
                 ? nullptr
                 : "returns something other than a constant or A";
    default:
      return code == (BPF_MISC | BPF_TAX) || code == (BPF_MISC | BPF_TXA) ? nullptr : kUnknown;
  }
}

std::string At(std::span<const sock_filter> program, std::size_t index, const std::string& complaint) {
  return "instruction " + std::to_string(index) + " (" + Disassemble(program[index], index) +
         "): " + complaint;
}

// Every slot that is read must have been written on every path to the reading instruction. As jumps go
// forward, one pass is enough: `written` are the slots written on all paths to the current instruction, and a
// jump leaves what it knows at its targets.
//
// Like the kernel's check_load_and_stores it lets a return fall through to the next instruction, which makes
// it a little stricter than the rule: what was not written before the return counts as not written after it.
std::optional<std::string> ComplainAboutScratchMemory(std::span<const sock_filter> program) {
  constexpr std::uint32_t kAllSlots = 0xffff;
  std::vector<std::uint32_t> written_at(program.size(), kAllSlots);
  std::uint32_t written = 0;
  for (std::size_t index = 0; index < program.size(); ++index) {
    const sock_filter& instruction = program[index];
    const auto jump_to = [&](std::size_t skipped) { written_at[index + 1 + skipped] &= written; };
    written &= written_at[index];
    switch (BPF_CLASS(instruction.code)) {
      case BPF_ST:
      case BPF_STX:
        written |= 1U << instruction.k;
        break;
      case BPF_LD:
      case BPF_LDX:
        if (BPF_MODE(instruction.code) == BPF_MEM && (written & (1U << instruction.k)) == 0)
          return At(program, index, "reads scratch memory that is not written on every path to here");
        break;
      case BPF_JMP:
        if (BPF_OP(instruction.code) == BPF_JA) {
          jump_to(instruction.k);
        } else {
          jump_to(instruction.jt);
          jump_to(instruction.jf);
        }
        written = kAllSlots;  // the next instruction is reached by jumps only
        break;
      default:
        break;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> ReasonForRefusal(std::span<const sock_filter> program) {
  if (program.empty()) return "the program is empty";
  if (program.size() > BPF_MAXINSNS)
    return "the program has " + std::to_string(program.size()) + " instructions, the kernel accepts " +
           std::to_string(BPF_MAXINSNS) + " at most";
  for (std::size_t index = 0; index < program.size(); ++index)
    if (const Complaint complaint = ComplainAbout(program[index], program.size() - index - 1))
      return At(program, index, complaint);
  if (BPF_CLASS(program.back().code) != BPF_RET)
    return At(program, program.size() - 1, "is the last instruction, but does not return");
  return ComplainAboutScratchMemory(program);
}

}  // namespace precompiledseccomp::bpf
