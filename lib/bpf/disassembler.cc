// SPDX-License-Identifier: Apache-2.0

#include "bpf/disassembler.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include <linux/seccomp.h>

#include "bpf/instructions.h"

namespace precompiledseccomp::bpf {
namespace {

// Since Linux 4.14 and 5.0: the headers of the build machine may be older than the kernel a filter is for.
constexpr std::uint32_t kReturnKillProcess = 0x80000000U;
constexpr std::uint32_t kReturnKillThread = 0x00000000U;
constexpr std::uint32_t kReturnLog = 0x7ffc0000U;
constexpr std::uint32_t kReturnUserNotify = 0x7fc00000U;
constexpr std::uint32_t kReturnActionMask = 0xffff0000U;

constexpr std::uint32_t kLargestErrno = 4095;

struct Mnemonic {
  unsigned operation;
  std::string_view name;
};

constexpr std::array kArithmetic = {
    Mnemonic{BPF_ADD, "add"}, Mnemonic{BPF_SUB, "sub"}, Mnemonic{BPF_MUL, "mul"},
    Mnemonic{BPF_DIV, "div"}, Mnemonic{BPF_AND, "and"}, Mnemonic{BPF_OR, "or"},
    Mnemonic{BPF_XOR, "xor"}, Mnemonic{BPF_LSH, "lsh"}, Mnemonic{BPF_RSH, "rsh"},
};

constexpr std::array kJumps = {
    Mnemonic{BPF_JEQ, "jeq"},
    Mnemonic{BPF_JGT, "jgt"},
    Mnemonic{BPF_JGE, "jge"},
    Mnemonic{BPF_JSET, "jset"},
};

std::string Hex(std::uint32_t value) {
  std::array<char, 8> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return std::string("0x").append(digits.data(), end);
}

// Appended rather than added up here and below: GCC 12 warns of `"literal" + string` when it optimises (its
// bug 105651).
std::string Immediate(std::uint32_t k) {
  return std::string("#").append(Hex(k));
}

std::string Slot(std::uint32_t k) {
  return std::string("M[").append(std::to_string(k)).append("]");
}

std::string WordName(std::uint32_t offset, bool big_endian) {
  if (offset == kNumberOffset) return "nr";
  if (offset == kArchOffset) return "arch";
  for (const Half half : {Half::kLow, Half::kHigh}) {
    const std::string suffix = half == Half::kLow ? ".low" : ".high";
    if (offset == InstructionPointerOffset(half, big_endian)) return "ip" + suffix;
    for (int index = 0; index < kArgumentCount; ++index)
      if (offset == ArgumentOffset(index, half, big_endian)) return "arg" + std::to_string(index) + suffix;
  }
  return std::string("[").append(std::to_string(offset)).append("]");
}

std::string Unknown(const sock_filter& instruction) {
  return "unknown code " + Hex(instruction.code);
}

// "and #0xff", "and x", or nothing if the operation is not among the mnemonics.
template <std::size_t kSize>
std::string OperationAndOperand(const std::array<Mnemonic, kSize>& mnemonics,
                                const sock_filter& instruction) {
  const unsigned operation = BPF_OP(instruction.code);
  const auto* const found = std::find_if(mnemonics.begin(), mnemonics.end(), [&](const Mnemonic& mnemonic) {
    return mnemonic.operation == operation;
  });
  if (found == mnemonics.end()) return {};
  const std::string operand = BPF_SRC(instruction.code) == BPF_X ? "x" : Immediate(instruction.k);
  return std::string(found->name) + " " + operand;
}

std::string DisassembleArithmetic(const sock_filter& instruction) {
  if (instruction.code == (BPF_ALU | BPF_NEG)) return "neg";
  const std::string text = OperationAndOperand(kArithmetic, instruction);
  return text.empty() ? Unknown(instruction) : text;
}

std::string DisassembleJump(const sock_filter& instruction, std::uint64_t index) {
  const std::uint64_t next = index + 1;
  if (instruction.code == (BPF_JMP | BPF_JA)) return "ja " + std::to_string(next + instruction.k);
  const std::string text = OperationAndOperand(kJumps, instruction);
  if (text.empty()) return Unknown(instruction);
  return text + "  true: " + std::to_string(next + instruction.jt) +
         "  false: " + std::to_string(next + instruction.jf);
}

std::string WithData(const std::string& action, std::uint32_t data) {
  return data == 0 ? action : action + " " + std::to_string(data);
}

std::string DescribeErrno(std::uint32_t code) {
  const std::string text = "errno " + std::to_string(code);
  return code > kLargestErrno ? text + " (the kernel makes it " + std::to_string(kLargestErrno) + ")" : text;
}

}  // namespace

std::string DescribeReturn(std::uint32_t value) {
  const std::uint32_t data = value & SECCOMP_RET_DATA;
  switch (value & kReturnActionMask) {
    case SECCOMP_RET_ALLOW:
      return WithData("allow", data);
    case kReturnLog:
      return WithData("log", data);
    case kReturnUserNotify:
      return WithData("user_notify", data);
    case kReturnKillThread:
      return WithData("kill_thread", data);
    case kReturnKillProcess:
      return WithData("kill_process", data);
    case SECCOMP_RET_ERRNO:
      return DescribeErrno(data);
    case SECCOMP_RET_TRAP:
      return "trap " + std::to_string(data);
    case SECCOMP_RET_TRACE:
      return "trace " + std::to_string(data);
    default:
      return "unknown action " + Hex(value);
  }
}

std::string Disassemble(const sock_filter& instruction, std::size_t index, bool big_endian) {
  switch (instruction.code) {
    case BPF_LD | BPF_W | BPF_ABS:
      return "ld " + WordName(instruction.k, big_endian);
    case BPF_LD | BPF_W | BPF_LEN:
      return "ld len";
    case BPF_LD | BPF_IMM:
      return "ld " + Immediate(instruction.k);
    case BPF_LD | BPF_MEM:
      return "ld " + Slot(instruction.k);
    case BPF_LDX | BPF_W | BPF_LEN:
      return "ldx len";
    case BPF_LDX | BPF_IMM:
      return "ldx " + Immediate(instruction.k);
    case BPF_LDX | BPF_MEM:
      return "ldx " + Slot(instruction.k);
    case BPF_ST:
      return "st " + Slot(instruction.k);
    case BPF_STX:
      return "stx " + Slot(instruction.k);
    case BPF_MISC | BPF_TAX:
      return "tax";
    case BPF_MISC | BPF_TXA:
      return "txa";
    case BPF_RET | BPF_K:
      return "ret " + DescribeReturn(instruction.k);
    case BPF_RET | BPF_A:
      return "ret a";
    default:
      break;
  }
  const bool fits_a_byte = instruction.code <= 0xff;
  if (fits_a_byte && BPF_CLASS(instruction.code) == BPF_ALU) return DisassembleArithmetic(instruction);
  if (fits_a_byte && BPF_CLASS(instruction.code) == BPF_JMP) return DisassembleJump(instruction, index);
  return Unknown(instruction);
}

std::string Disassemble(std::span<const sock_filter> program, bool big_endian) {
  std::string listing;
  for (std::size_t index = 0; index < program.size(); ++index) {
    const std::string number = std::to_string(index);
    constexpr std::size_t kWidth = 4;  // 4095 is the last line of an accepted program
    if (number.size() < kWidth) listing.append(kWidth - number.size(), ' ');
    listing += number + ": " + Disassemble(program[index], index, big_endian) + "\n";
  }
  return listing;
}

}  // namespace precompiledseccomp::bpf
