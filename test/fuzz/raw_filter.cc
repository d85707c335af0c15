// SPDX-License-Identifier: Apache-2.0

#include "fuzz/raw_filter.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>

namespace precompiledseccomp::fuzz {
namespace {

constexpr std::array<std::uint16_t, 41> kValidCodes = {BPF_LD | BPF_W | BPF_ABS,
                                                       BPF_LD | BPF_W | BPF_LEN,
                                                       BPF_LD | BPF_IMM,
                                                       BPF_LD | BPF_MEM,
                                                       BPF_LDX | BPF_W | BPF_LEN,
                                                       BPF_LDX | BPF_IMM,
                                                       BPF_LDX | BPF_MEM,
                                                       BPF_ST,
                                                       BPF_STX,
                                                       BPF_MISC | BPF_TAX,
                                                       BPF_MISC | BPF_TXA,
                                                       BPF_RET | BPF_K,
                                                       BPF_RET | BPF_A,
                                                       BPF_JMP | BPF_JA,
                                                       BPF_JMP | BPF_JEQ | BPF_K,
                                                       BPF_JMP | BPF_JEQ | BPF_X,
                                                       BPF_JMP | BPF_JGT | BPF_K,
                                                       BPF_JMP | BPF_JGT | BPF_X,
                                                       BPF_JMP | BPF_JGE | BPF_K,
                                                       BPF_JMP | BPF_JGE | BPF_X,
                                                       BPF_JMP | BPF_JSET | BPF_K,
                                                       BPF_JMP | BPF_JSET | BPF_X,
                                                       BPF_ALU | BPF_NEG,
                                                       BPF_ALU | BPF_ADD | BPF_K,
                                                       BPF_ALU | BPF_ADD | BPF_X,
                                                       BPF_ALU | BPF_SUB | BPF_K,
                                                       BPF_ALU | BPF_SUB | BPF_X,
                                                       BPF_ALU | BPF_MUL | BPF_K,
                                                       BPF_ALU | BPF_MUL | BPF_X,
                                                       BPF_ALU | BPF_DIV | BPF_K,
                                                       BPF_ALU | BPF_DIV | BPF_X,
                                                       BPF_ALU | BPF_AND | BPF_K,
                                                       BPF_ALU | BPF_AND | BPF_X,
                                                       BPF_ALU | BPF_OR | BPF_K,
                                                       BPF_ALU | BPF_OR | BPF_X,
                                                       BPF_ALU | BPF_XOR | BPF_K,
                                                       BPF_ALU | BPF_XOR | BPF_X,
                                                       BPF_ALU | BPF_LSH | BPF_K,
                                                       BPF_ALU | BPF_LSH | BPF_X,
                                                       BPF_ALU | BPF_RSH | BPF_K,
                                                       BPF_ALU | BPF_RSH | BPF_X};

// The next value out of the bytes.
template <typename T>
T Take(std::span<const std::uint8_t>& bytes) {
  static_assert(std::is_trivially_copyable_v<T>);
  T value{};
  const std::size_t size = std::min(sizeof value, bytes.size());
  if (size != 0) std::memcpy(&value, bytes.data(), size);
  bytes = bytes.subspan(size);
  return value;
}

void MakeOperandValid(sock_filter& instruction) {
  const bool constant = BPF_SRC(instruction.code) == BPF_K;
  std::uint32_t& k = instruction.k;
  switch (BPF_CLASS(instruction.code)) {
    case BPF_LD:
    case BPF_LDX:
      if (BPF_MODE(instruction.code) == BPF_ABS) k = k % sizeof(seccomp_data) / 4 * 4;
      if (BPF_MODE(instruction.code) == BPF_MEM) k %= BPF_MEMWORDS;
      break;
    case BPF_ST:
    case BPF_STX:
      k %= BPF_MEMWORDS;
      break;
    case BPF_ALU:
      if (BPF_OP(instruction.code) == BPF_DIV && constant && k == 0) k = 1;
      if ((BPF_OP(instruction.code) == BPF_LSH || BPF_OP(instruction.code) == BPF_RSH) && constant) k %= 32;
      break;
    default:
      break;
  }
}

// `following` is the number of instructions after this one, at least one.
void MakeJumpValid(sock_filter& instruction, std::size_t following) {
  if (BPF_CLASS(instruction.code) != BPF_JMP) return;
  if (BPF_OP(instruction.code) == BPF_JA)
    instruction.k = static_cast<std::uint32_t>(instruction.k % following);
  instruction.jt = static_cast<std::uint8_t>(instruction.jt % following);
  instruction.jf = static_cast<std::uint8_t>(instruction.jf % following);
}

}  // namespace

RawFilter ReadRawFilter(std::span<const std::uint8_t> bytes) {
  RawFilter filter;
  const auto flags = Take<std::uint8_t>(bytes);
  filter.big_endian = (flags & 1U) != 0;
  filter.selection = flags >> 4U;
  for (unsigned i = 0, count = (flags & 8U) == 0 ? 1 : 2; i < count; ++i)
    filter.calls.push_back(Take<seccomp_data>(bytes));
  while (bytes.size() >= sizeof(sock_filter)) filter.program.push_back(Take<sock_filter>(bytes));
  if ((flags & 2U) != 0) MakeValid(filter.program);
  if ((flags & 4U) != 0) MakeFollowed(filter.program);
  return filter;
}

void MakeValid(std::vector<sock_filter>& program) {
  for (std::size_t i = 0; i < program.size(); ++i) {
    sock_filter& instruction = program[i];
    const bool is_last = i + 1 == program.size();
    if (std::find(kValidCodes.begin(), kValidCodes.end(), instruction.code) == kValidCodes.end())
      instruction.code = kValidCodes[instruction.code % kValidCodes.size()];
    if (is_last && BPF_CLASS(instruction.code) != BPF_RET) instruction.code = BPF_RET | BPF_A;
    MakeOperandValid(instruction);
    if (!is_last) MakeJumpValid(instruction, program.size() - i - 1);
  }
}

bool IsFollowed(const sock_filter& instruction) {
  if (BPF_CLASS(instruction.code) != BPF_ALU) return true;
  const auto operation = BPF_OP(instruction.code);
  return operation == BPF_AND || operation == BPF_OR || operation == BPF_XOR;
}

void MakeFollowed(std::vector<sock_filter>& program) {
  constexpr std::array<std::uint16_t, 3> kFollowed = {BPF_AND, BPF_OR, BPF_XOR};
  for (sock_filter& instruction : program)
    if (!IsFollowed(instruction))
      instruction.code =
          static_cast<std::uint16_t>(BPF_ALU | BPF_SRC(instruction.code) |
                                     kFollowed[BPF_OP(instruction.code) / 0x10 % kFollowed.size()]);
}

}  // namespace precompiledseccomp::fuzz
