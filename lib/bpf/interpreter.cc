// SPDX-License-Identifier: Apache-2.0

#include "bpf/interpreter.h"

#include <array>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>

#include "bpf/disassembler.h"
#include "bpf/instructions.h"

namespace precompiledseccomp::bpf {
namespace {

constexpr std::uint32_t kShiftMask = 31;

using Words = std::array<std::uint32_t, sizeof(seccomp_data) / sizeof(std::uint32_t)>;

// As it lies in the memory of a machine of that byte order. Not by the offsets of instructions.h, which the
// compiler goes by: what is wrong there is to show here.
Words LayOut(const seccomp_data& call, bool big_endian) {
  constexpr std::size_t kWord = sizeof(std::uint32_t);
  static_assert(sizeof call.nr == kWord && sizeof call.arch == kWord);
  Words words{};
  words[offsetof(seccomp_data, nr) / kWord] = static_cast<std::uint32_t>(call.nr);
  words[offsetof(seccomp_data, arch) / kWord] = call.arch;
  const auto lay_out = [&](std::size_t offset, std::uint64_t value) {
    const auto low = static_cast<std::uint32_t>(value);
    const auto high = static_cast<std::uint32_t>(value >> 32U);
    words[offset / kWord] = big_endian ? high : low;
    words[offset / kWord + 1] = big_endian ? low : high;
  };
  lay_out(offsetof(seccomp_data, instruction_pointer), call.instruction_pointer);
  std::size_t offset = offsetof(seccomp_data, args);
  for (const std::uint64_t argument : call.args) {
    lay_out(offset, argument);
    offset += sizeof argument;
  }
  return words;
}

class Machine {
 public:
  Machine(std::span<const sock_filter> program, const Words& words) : program_(program), words_(words) {}

  Execution Run(std::vector<bool>* ran) {
    while (!returned_) {
      if (next_ >= program_.size()) throw std::invalid_argument("the program runs past its end");
      if (ran != nullptr) (*ran)[next_] = true;
      current_ = next_++;
      ++execution_.executed;
      Step(program_[current_]);
    }
    execution_.result = *returned_;
    return execution_;
  }

 private:
  void Step(const sock_filter& instruction) {
    if (instruction.code > 0xff) Refuse();
    switch (BPF_CLASS(instruction.code)) {
      case BPF_ALU:
        return Calculate(instruction);
      case BPF_JMP:
        return TakeJump(instruction);
      default:
        return MoveOrReturn(instruction);
    }
  }

  void MoveOrReturn(const sock_filter& instruction) {
    switch (instruction.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        a_ = Word(instruction.k);
        break;
      case BPF_LD | BPF_W | BPF_LEN:
        a_ = sizeof(seccomp_data);
        break;
      case BPF_LD | BPF_IMM:
        a_ = instruction.k;
        break;
      case BPF_LD | BPF_MEM:
        a_ = Slot(instruction.k);
        break;
      case BPF_LDX | BPF_W | BPF_LEN:
        x_ = sizeof(seccomp_data);
        break;
      case BPF_LDX | BPF_IMM:
        x_ = instruction.k;
        break;
      case BPF_LDX | BPF_MEM:
        x_ = Slot(instruction.k);
        break;
      case BPF_ST:
        Store(instruction.k, a_);
        break;
      case BPF_STX:
        Store(instruction.k, x_);
        break;
      case BPF_MISC | BPF_TAX:
        x_ = a_;
        break;
      case BPF_MISC | BPF_TXA:
        a_ = x_;
        break;
      case BPF_RET | BPF_K:
        returned_ = instruction.k;
        break;
      case BPF_RET | BPF_A:
        returned_ = a_;
        break;
      default:
        Refuse();
    }
  }

  void Calculate(const sock_filter& instruction) {
    const std::uint32_t operand = Operand(instruction);
    const bool constant = BPF_SRC(instruction.code) == BPF_K;
    switch (BPF_OP(instruction.code)) {
      case BPF_ADD:
        a_ += operand;
        break;
      case BPF_SUB:
        a_ -= operand;
        break;
      case BPF_MUL:
        a_ *= operand;
        break;
      case BPF_AND:
        a_ &= operand;
        break;
      case BPF_OR:
        a_ |= operand;
        break;
      case BPF_XOR:
        a_ ^= operand;
        break;
      case BPF_DIV:
        if (operand != 0) {
          a_ /= operand;
        } else {
          if (constant) Refuse();
          returned_ = 0;
        }
        break;
      case BPF_LSH:
        if (constant && operand > kShiftMask) Refuse();
        a_ <<= operand & kShiftMask;
        break;
      case BPF_RSH:
        if (constant && operand > kShiftMask) Refuse();
        a_ >>= operand & kShiftMask;
        break;
      case BPF_NEG:
        if (!constant) Refuse();
        a_ = 0U - a_;
        break;
      default:
        Refuse();
    }
  }

  void TakeJump(const sock_filter& instruction) {
    if (instruction.code == (BPF_JMP | BPF_JA)) return Skip(instruction.k);
    const std::uint32_t operand = Operand(instruction);
    bool holds = false;
    switch (BPF_OP(instruction.code)) {
      case BPF_JEQ:
        holds = a_ == operand;
        break;
      case BPF_JGT:
        holds = a_ > operand;
        break;
      case BPF_JGE:
        holds = a_ >= operand;
        break;
      case BPF_JSET:
        holds = (a_ & operand) != 0;
        break;
      default:
        Refuse();
    }
    Skip(holds ? instruction.jt : instruction.jf);
  }

  void Skip(std::uint32_t count) {
    // Compared before it is added: the sum could wrap where std::size_t has 32 bits.
    if (count >= program_.size() - next_) Refuse();
    next_ += count;
  }

  [[nodiscard]] std::uint32_t Operand(const sock_filter& instruction) const {
    return BPF_SRC(instruction.code) == BPF_X ? x_ : instruction.k;
  }

  std::uint32_t Word(std::uint32_t offset) {
    if (offset >= sizeof(seccomp_data) || offset % 4 != 0) Refuse();
    execution_.words_read |= std::uint64_t{1} << (offset / 4);
    return words_[offset / 4];
  }

  [[nodiscard]] std::uint32_t Slot(std::uint32_t slot) const {
    if (slot >= slots_.size() || !slots_[slot]) Refuse();
    return *slots_[slot];
  }

  void Store(std::uint32_t slot, std::uint32_t value) {
    if (slot >= slots_.size()) Refuse();
    slots_[slot] = value;
  }

  [[noreturn]] void Refuse() const {
    throw std::invalid_argument("instruction " + std::to_string(current_) + " (" +
                                Disassemble(program_[current_], current_) +
                                ") is not one the kernel accepts here");
  }

  std::span<const sock_filter> program_;
  Words words_;
  std::size_t current_ = 0;
  std::size_t next_ = 0;
  std::uint32_t a_ = 0;
  std::uint32_t x_ = 0;
  std::array<std::optional<std::uint32_t>, BPF_MEMWORDS> slots_;
  std::optional<std::uint32_t> returned_;
  Execution execution_;
};

}  // namespace

Execution Run(std::span<const sock_filter> program, const seccomp_data& call, bool big_endian) {
  return Machine(program, LayOut(call, big_endian)).Run(nullptr);
}

Execution Run(std::span<const sock_filter> program, const seccomp_data& call, std::vector<bool>& ran,
              bool big_endian) {
  if (ran.size() < program.size()) ran.resize(program.size());
  return Machine(program, LayOut(call, big_endian)).Run(&ran);
}

}  // namespace precompiledseccomp::bpf
