// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <linux/filter.h>
#include <linux/seccomp.h>

// The instructions of classic BPF that seccomp(2) accepts, one function each.
//
//   const bpf::Program getpid_fails = {
//       bpf::LoadWord(bpf::kNumberOffset),
//       bpf::JumpIfEqual(__NR_getpid, 0, 1),
//       bpf::Return(SECCOMP_RET_ERRNO | EPERM),
//       bpf::Return(SECCOMP_RET_ALLOW),
//   };
//
// The machine has two 32-bit registers, A and X, both 0 at the start, and sixteen 32-bit slots of scratch
// memory. It reads the 64 bytes of a seccomp_data, a 32-bit word at a time. Jumps count from the following
// instruction and go forward only.
//
// The functions build any instruction they are asked for, also one with an operand that the kernel refuses:
// bpf/acceptance.h tells.
namespace precompiledseccomp::bpf {

using Program = std::vector<sock_filter>;

// True if all fields are the same, also those that the instruction does not use.
constexpr bool Equal(const sock_filter& left, const sock_filter& right) {
  return left.code == right.code && left.jt == right.jt && left.jf == right.jf && left.k == right.k;
}

// ---- Where the words of seccomp_data lie, in bytes: for those who write and show filters. The interpreter
// and the prover know it by themselves (bpf/interpreter.cc, verify/sources.cc): were it wrong here, all would
// agree.

inline constexpr std::uint32_t kNumberOffset = 0;
inline constexpr std::uint32_t kArchOffset = 4;
inline constexpr int kArgumentCount = 6;

// A filter reads 64-bit fields as two 32-bit halves.
enum class Half { kLow, kHigh };

// Fields have the byte order of the machine that runs the filter: on a big-endian one the high half has the
// lower offset.
constexpr std::uint32_t HalfOffset(std::uint32_t field_offset, Half half, bool big_endian) {
  const bool comes_first = (half == Half::kHigh) == big_endian;
  return comes_first ? field_offset : field_offset + 4;
}

constexpr std::uint32_t InstructionPointerOffset(Half half, bool big_endian) {
  return HalfOffset(8, half, big_endian);
}

// `index` is 0 to 5.
constexpr std::uint32_t ArgumentOffset(int index, Half half, bool big_endian) {
  return HalfOffset(16 + 8 * static_cast<std::uint32_t>(index), half, big_endian);
}

static_assert(kNumberOffset == offsetof(seccomp_data, nr) && kArchOffset == offsetof(seccomp_data, arch));
static_assert(HalfOffset(offsetof(seccomp_data, instruction_pointer), Half::kLow, false) ==
              InstructionPointerOffset(Half::kLow, false));
static_assert(ArgumentOffset(0, Half::kLow, false) == offsetof(seccomp_data, args) &&
              ArgumentOffset(0, Half::kHigh, true) == offsetof(seccomp_data, args) &&
              ArgumentOffset(kArgumentCount - 1, Half::kHigh, false) == sizeof(seccomp_data) - 4 &&
              ArgumentOffset(kArgumentCount - 1, Half::kLow, true) == sizeof(seccomp_data) - 4);

// ---- Loads and stores.

// A = the word of seccomp_data at `offset`, a multiple of 4 below 64.
constexpr sock_filter LoadWord(std::uint32_t offset) {
  return {BPF_LD | BPF_W | BPF_ABS, 0, 0, offset};
}

// A = k, A = 64 (the size of seccomp_data), A = slot, slot = A. Slots are 0 to 15; one must be written before
// it is read.
constexpr sock_filter LoadImmediate(std::uint32_t k) {
  return {BPF_LD | BPF_IMM, 0, 0, k};
}
constexpr sock_filter LoadLength() {
  return {BPF_LD | BPF_W | BPF_LEN, 0, 0, 0};
}
constexpr sock_filter LoadScratch(std::uint32_t slot) {
  return {BPF_LD | BPF_MEM, 0, 0, slot};
}
constexpr sock_filter StoreScratch(std::uint32_t slot) {
  return {BPF_ST, 0, 0, slot};
}

// The same for X.
constexpr sock_filter LoadImmediateX(std::uint32_t k) {
  return {BPF_LDX | BPF_IMM, 0, 0, k};
}
constexpr sock_filter LoadLengthX() {
  return {BPF_LDX | BPF_W | BPF_LEN, 0, 0, 0};
}
constexpr sock_filter LoadScratchX(std::uint32_t slot) {
  return {BPF_LDX | BPF_MEM, 0, 0, slot};
}
constexpr sock_filter StoreScratchX(std::uint32_t slot) {
  return {BPF_STX, 0, 0, slot};
}

// X = A, and A = X.
constexpr sock_filter Tax() {
  return {BPF_MISC | BPF_TAX, 0, 0, 0};
}
constexpr sock_filter Txa() {
  return {BPF_MISC | BPF_TXA, 0, 0, 0};
}

// ---- Arithmetic on A, unsigned and modulo 2^32: A = A op k, then A = A op X.

// `operation` is one of BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_AND, BPF_OR, BPF_XOR, BPF_LSH, BPF_RSH.
constexpr sock_filter Calculate(std::uint16_t operation, std::uint32_t k) {
  return {static_cast<std::uint16_t>(BPF_ALU | operation | BPF_K), 0, 0, k};
}
constexpr sock_filter CalculateX(std::uint16_t operation) {
  return {static_cast<std::uint16_t>(BPF_ALU | operation | BPF_X), 0, 0, 0};
}

constexpr sock_filter Add(std::uint32_t k) {
  return Calculate(BPF_ADD, k);
}
constexpr sock_filter Subtract(std::uint32_t k) {
  return Calculate(BPF_SUB, k);
}
constexpr sock_filter Multiply(std::uint32_t k) {
  return Calculate(BPF_MUL, k);
}
constexpr sock_filter Divide(std::uint32_t k) {
  return Calculate(BPF_DIV, k);
}
constexpr sock_filter And(std::uint32_t k) {
  return Calculate(BPF_AND, k);
}
constexpr sock_filter Or(std::uint32_t k) {
  return Calculate(BPF_OR, k);
}
constexpr sock_filter Xor(std::uint32_t k) {
  return Calculate(BPF_XOR, k);
}
constexpr sock_filter ShiftLeft(std::uint32_t k) {
  return Calculate(BPF_LSH, k);
}
constexpr sock_filter ShiftRight(std::uint32_t k) {
  return Calculate(BPF_RSH, k);
}

constexpr sock_filter AddX() {
  return CalculateX(BPF_ADD);
}
constexpr sock_filter SubtractX() {
  return CalculateX(BPF_SUB);
}
constexpr sock_filter MultiplyX() {
  return CalculateX(BPF_MUL);
}
constexpr sock_filter DivideX() {
  return CalculateX(BPF_DIV);
}
constexpr sock_filter AndX() {
  return CalculateX(BPF_AND);
}
constexpr sock_filter OrX() {
  return CalculateX(BPF_OR);
}
constexpr sock_filter XorX() {
  return CalculateX(BPF_XOR);
}
constexpr sock_filter ShiftLeftX() {
  return CalculateX(BPF_LSH);
}
constexpr sock_filter ShiftRightX() {
  return CalculateX(BPF_RSH);
}

// A = -A
constexpr sock_filter Negate() {
  return {BPF_ALU | BPF_NEG, 0, 0, 0};
}

// ---- Jumps: skip that many instructions. The comparisons are of A with k or X, unsigned.

constexpr sock_filter Jump(std::uint32_t k) {
  return {BPF_JMP | BPF_JA, 0, 0, k};
}

constexpr sock_filter JumpIfEqual(std::uint32_t k, std::uint8_t jt, std::uint8_t jf) {
  return {BPF_JMP | BPF_JEQ | BPF_K, jt, jf, k};
}
constexpr sock_filter JumpIfGreater(std::uint32_t k, std::uint8_t jt, std::uint8_t jf) {
  return {BPF_JMP | BPF_JGT | BPF_K, jt, jf, k};
}
constexpr sock_filter JumpIfGreaterOrEqual(std::uint32_t k, std::uint8_t jt, std::uint8_t jf) {
  return {BPF_JMP | BPF_JGE | BPF_K, jt, jf, k};
}
// (A & k) != 0
constexpr sock_filter JumpIfAnySet(std::uint32_t k, std::uint8_t jt, std::uint8_t jf) {
  return {BPF_JMP | BPF_JSET | BPF_K, jt, jf, k};
}

constexpr sock_filter JumpIfEqualX(std::uint8_t jt, std::uint8_t jf) {
  return {BPF_JMP | BPF_JEQ | BPF_X, jt, jf, 0};
}
constexpr sock_filter JumpIfGreaterX(std::uint8_t jt, std::uint8_t jf) {
  return {BPF_JMP | BPF_JGT | BPF_X, jt, jf, 0};
}
constexpr sock_filter JumpIfGreaterOrEqualX(std::uint8_t jt, std::uint8_t jf) {
  return {BPF_JMP | BPF_JGE | BPF_X, jt, jf, 0};
}
constexpr sock_filter JumpIfAnySetX(std::uint8_t jt, std::uint8_t jf) {
  return {BPF_JMP | BPF_JSET | BPF_X, jt, jf, 0};
}

// ---- The answer: a SECCOMP_RET_ action in the upper half, its data in the lower.

constexpr sock_filter Return(std::uint32_t k) {
  return {BPF_RET | BPF_K, 0, 0, k};
}
constexpr sock_filter ReturnA() {
  return {BPF_RET | BPF_A, 0, 0, 0};
}

}  // namespace precompiledseccomp::bpf
