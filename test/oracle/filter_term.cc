// SPDX-License-Identifier: Apache-2.0
//
// What a filter answers from some instruction on depends on what is in the registers and in scratch memory
// there. For each such state that instructions are reached in there is one term: a conditional jump is an
// if-then-else of the terms of its two sides.

#include "oracle/filter_term.h"

#include <array>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bpf/acceptance.h"
#include "bpf/disassembler.h"

namespace precompiledseccomp::testing {
namespace {

constexpr std::size_t kMostStates = 100'000;

struct State {
  z3::expr a;
  z3::expr x;
  std::vector<z3::expr> slots;  // never read before they are written: the kernel looks
};

// Equal terms of one context are one object, with a number of its own as long as something refers to it.
using Key = std::vector<unsigned>;

Key KeyOf(std::size_t index, const State& state) {
  Key key = {static_cast<unsigned>(index), state.a.id(), state.x.id()};
  for (const z3::expr& slot : state.slots) key.push_back(slot.id());
  return key;
}

class Builder {
 public:
  Builder(const bpf::FilterWithHoles& filter, Symbols& symbols, bool big_endian)
      : program_(filter.instructions),
        symbols_(symbols),
        zero_(symbols.Constant(0)),
        big_endian_(big_endian),
        holes_(filter.instructions.size()) {
    for (const bpf::Hole& hole : filter.holes) {
      holes_.at(hole.index) = &hole;
      symbols.Variable(hole.variable);  // has a value, even if no call gets to the hole
    }
  }

  z3::expr Build() { return From(0, {zero_, zero_, std::vector<z3::expr>(BPF_MEMWORDS, zero_)}); }

 private:
  struct Known {
    State state;  // keeps the terms alive whose numbers are the key
    z3::expr answer;
  };

  z3::expr From(std::size_t index, State state) {
    const Key key = KeyOf(index, state);
    if (const auto known = known_.find(key); known != known_.end()) return known->second.answer;
    if (known_.size() >= kMostStates) throw std::length_error("the filter is reached in too many states");
    const State start = state;
    const z3::expr answer = Walk(index, std::move(state));
    known_.emplace(key, Known{start, answer});
    return answer;
  }

  // Until the first instruction with two successors.
  z3::expr Walk(std::size_t index, State state) {
    for (;; ++index) {
      const sock_filter& instruction = program_[index];
      switch (BPF_CLASS(instruction.code)) {
        case BPF_RET:
          return BPF_RVAL(instruction.code) == BPF_A ? state.a : Value(index);
        case BPF_JMP:
          if (BPF_OP(instruction.code) != BPF_JA) return Branch(index, std::move(state));
          index += Fixed(index);
          break;
        case BPF_ALU:
          if (instruction.code == (BPF_ALU | BPF_DIV | BPF_X)) return DivideByX(index, std::move(state));
          state.a = Calculated(index, state).simplify();
          break;
        default:
          Move(index, state);
      }
    }
  }

  z3::expr Branch(std::size_t index, State state) {
    const sock_filter& jump = program_[index];
    const z3::expr right = Operand(index, state);
    const z3::expr holds = Compared(BPF_OP(jump.code), state.a, right).simplify();
    if (holds.is_true()) return From(index + 1 + jump.jt, std::move(state));
    if (holds.is_false()) return From(index + 1 + jump.jf, std::move(state));
    const z3::expr yes = From(index + 1 + jump.jt, state);
    return z3::ite(holds, yes, From(index + 1 + jump.jf, std::move(state)));
  }

  static z3::expr Compared(int operation, const z3::expr& left, const z3::expr& right) {
    switch (operation) {
      case BPF_JEQ:
        return left == right;
      case BPF_JGT:
        return z3::ugt(left, right);
      case BPF_JGE:
        return z3::uge(left, right);
      case BPF_JSET:
        return (left & right) != left.ctx().bv_val(0, 32);
      default:
        throw std::invalid_argument("no such comparison");
    }
  }

  // Dividing by zero ends the filter with the answer 0.
  z3::expr DivideByX(std::size_t index, State state) {
    const z3::expr divisor = state.x;
    state.a = z3::udiv(state.a, divisor).simplify();
    return z3::ite(divisor == zero_, zero_, From(index + 1, std::move(state)));
  }

  z3::expr Calculated(std::size_t index, const State& state) {
    const int operation = BPF_OP(program_[index].code);
    if (operation == BPF_NEG) return -state.a;
    const z3::expr right = Operand(index, state);
    switch (operation) {
      case BPF_ADD:
        return state.a + right;
      case BPF_SUB:
        return state.a - right;
      case BPF_MUL:
        return state.a * right;
      case BPF_DIV:
        return z3::udiv(state.a, right);
      case BPF_AND:
        return state.a & right;
      case BPF_OR:
        return state.a | right;
      case BPF_XOR:
        return state.a ^ right;
      case BPF_LSH:
        return z3::shl(state.a, z3::urem(right, symbols_.Constant(32)));
      case BPF_RSH:
        return z3::lshr(state.a, z3::urem(right, symbols_.Constant(32)));
      default:
        throw std::invalid_argument("no such operation");
    }
  }

  void Move(std::size_t index, State& state) {
    switch (program_[index].code) {
      case BPF_LD | BPF_W | BPF_ABS:
        state.a = symbols_.WordAt(Fixed(index), big_endian_);
        break;
      case BPF_LD | BPF_W | BPF_LEN:
        state.a = symbols_.Constant(sizeof(seccomp_data));
        break;
      case BPF_LD | BPF_IMM:
        state.a = Value(index);
        break;
      case BPF_LD | BPF_MEM:
        state.a = state.slots.at(Fixed(index));
        break;
      case BPF_LDX | BPF_W | BPF_LEN:
        state.x = symbols_.Constant(sizeof(seccomp_data));
        break;
      case BPF_LDX | BPF_IMM:
        state.x = Value(index);
        break;
      case BPF_LDX | BPF_MEM:
        state.x = state.slots.at(Fixed(index));
        break;
      case BPF_ST:
        state.slots.at(Fixed(index)) = state.a;
        break;
      case BPF_STX:
        state.slots.at(Fixed(index)) = state.x;
        break;
      case BPF_MISC | BPF_TAX:
        state.x = state.a;
        break;
      case BPF_MISC | BPF_TXA:
        state.a = state.x;
        break;
      default:
        throw std::invalid_argument("no such instruction");
    }
  }

  // X, or the instruction's own operand.
  z3::expr Operand(std::size_t index, const State& state) {
    const sock_filter& instruction = program_[index];
    if (BPF_SRC(instruction.code) == BPF_X) return state.x;
    const int operation = BPF_OP(instruction.code);
    const bool kernel_looks = BPF_CLASS(instruction.code) == BPF_ALU &&
                              (operation == BPF_DIV || operation == BPF_LSH || operation == BPF_RSH);
    return kernel_looks ? symbols_.Constant(Fixed(index)) : Value(index);
  }

  // An operand in which a variable may stand, and one in which it may not.
  z3::expr Value(std::size_t index) {
    const bpf::Hole* const hole = holes_[index];
    if (hole == nullptr) return symbols_.Constant(program_[index].k);
    const z3::expr value = symbols_.Variable(hole->variable);
    return hole->is_flipped ? value ^ symbols_.Constant(0x80000000U) : value;
  }
  [[nodiscard]] std::uint32_t Fixed(std::size_t index) const {
    if (holes_[index] != nullptr)
      throw std::invalid_argument("a variable in instruction " + std::to_string(index) + " (" +
                                  bpf::Disassemble(program_[index], index) + ")");
    return program_[index].k;
  }

  const std::vector<sock_filter>& program_;
  Symbols& symbols_;
  z3::expr zero_;
  bool big_endian_;
  std::vector<const bpf::Hole*> holes_;  // null where there is none
  std::map<Key, Known> known_;
};

}  // namespace

z3::expr FilterTerm(const bpf::FilterWithHoles& filter, Symbols& symbols, bool big_endian) {
  if (const auto reason = bpf::ReasonForRefusal(filter.instructions)) throw std::invalid_argument(*reason);
  return Builder(filter, symbols, big_endian).Build();
}

}  // namespace precompiledseccomp::testing
