// SPDX-License-Identifier: Apache-2.0
//
// Jumps go forward only, so that every instruction is met once with each content that the registers can have
// when it is reached: first from the first instruction to the last, to find these; then back, to find from
// the answers behind an instruction the answer at it. Paths that meet again are followed once, however many
// they are.

#include "verify/filter_meaning.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bpf/disassembler.h"
#include "bpf/instructions.h"

namespace precompiledseccomp::verify {
namespace {

constexpr std::uint32_t kLengthOfCall = 64;  // sizeof(seccomp_data), what `ld len` gives
constexpr std::uint32_t kShiftBits = 31;     // of X: its lower five bits count

struct Registers {
  TermId a = 0;
  TermId x = 0;
  std::array<TermId, BPF_MEMWORDS> slots{};
  friend bool operator==(const Registers&, const Registers&) = default;
};

// An instruction, with one content of the registers.
struct State {
  Registers registers;
  // Where it leads: to a return, or to other states, `if_yes` where `test` holds. By instruction and place.
  struct Target {
    std::size_t instruction = 0;
    std::size_t state = 0;
  };
  std::optional<TermId> returned;
  DiagramId test = Diagrams::kYes;
  Target if_yes;
  Target if_no;
  // What is found when the walk returns.
  DiagramId answer = Diagrams::kNo;
  std::uint64_t paths = 0;
};

std::uint64_t AddPaths(std::uint64_t left, std::uint64_t right) {
  return left > UINT64_MAX - right ? UINT64_MAX : left + right;
}

// Arithmetic on numbers; nothing for a division by zero.
std::optional<std::uint32_t> Calculate(std::uint16_t operation, std::uint32_t a, std::uint32_t operand) {
  switch (operation) {
    case BPF_ADD:
      return a + operand;
    case BPF_SUB:
      return a - operand;
    case BPF_MUL:
      return a * operand;
    case BPF_DIV:
      return operand == 0 ? std::nullopt : std::optional(a / operand);
    case BPF_LSH:
      return a << (operand & kShiftBits);
    case BPF_RSH:
      return a >> (operand & kShiftBits);
    default:  // BPF_NEG, the only one left
      return -a;
  }
}

class Follower {
 public:
  Follower(const bpf::FilterWithHoles& filter, bool big_endian, Terms& terms, Diagrams& diagrams,
           Comparisons& comparisons, Budget& budget)
      : filter_(filter),
        big_endian_(big_endian),
        terms_(terms),
        diagrams_(diagrams),
        comparisons_(comparisons),
        budget_(budget),
        memory_(budget),
        states_(filter.instructions.size()) {
    for (const bpf::Hole& hole : filter.holes) holes_[hole.index] = &hole;
  }

  FilterMeaning Follow() {
    Registers at_start;
    at_start.a = at_start.x = terms_.Constant(0);
    at_start.slots.fill(at_start.a);
    Reach(0, at_start);
    for (index_ = 0; index_ < states_.size(); ++index_)
      for (std::size_t state = 0; state < states_[index_].size(); ++state) Step(state);
    for (index_ = states_.size(); index_-- > 0;)
      for (State& state : states_[index_]) Answer(state);
    return {states_[0][0].answer, states_[0][0].paths};
  }

 private:
  // ---- Forward: which contents the registers can have.

  State::Target Reach(std::size_t instruction, const Registers& registers) {
    std::vector<State>& states = states_[instruction];
    budget_.Step();
    for (std::size_t place = 0; place < states.size(); ++place) {
      budget_.Step();
      if (states[place].registers == registers) return {instruction, place};
    }
    Add(states).registers = registers;
    return {instruction, states.size() - 1};
  }

  // A new state, which counts with the terms that were made since the last one.
  State& Add(std::vector<State>& states) {
    memory_.Take((terms_.size() - counted_terms_) * Terms::kBytesOfATerm);
    counted_terms_ = terms_.size();
    const std::size_t room = states.capacity();
    if (states.size() < room) return states.emplace_back();
    const std::size_t more = std::max<std::size_t>(room, 1);  // as vectors do
    memory_.Take((room + more) * sizeof(State));              // while they are moved
    states.reserve(room + more);
    memory_.GiveBack(room * sizeof(State));
    return states.emplace_back();
  }

  void Step(std::size_t place) {
    Registers registers = states_[index_][place].registers;
    const sock_filter& instruction = filter_.instructions[index_];
    switch (BPF_CLASS(instruction.code)) {
      case BPF_LD:
        registers.a = Loaded(instruction, registers);
        return GoOn(place, registers);
      case BPF_LDX:
        registers.x = Loaded(instruction, registers);
        return GoOn(place, registers);
      case BPF_ST:
        registers.slots[PlainOperand(instruction)] = registers.a;
        return GoOn(place, registers);
      case BPF_STX:
        registers.slots[PlainOperand(instruction)] = registers.x;
        return GoOn(place, registers);
      case BPF_MISC:
        (BPF_MISCOP(instruction.code) == BPF_TAX ? registers.x : registers.a) =
            BPF_MISCOP(instruction.code) == BPF_TAX ? registers.a : registers.x;
        return GoOn(place, registers);
      case BPF_ALU:
        if (const auto result = Calculated(instruction, registers)) {
          registers.a = *result;
          return GoOn(place, registers);
        }
        // Division by zero ends the program (bpf/interpreter.h).
        states_[index_][place].returned = terms_.Constant(0);
        return;
      case BPF_JMP:
        return Jump(place, registers, instruction);
      default:  // BPF_RET
        states_[index_][place].returned =
            BPF_RVAL(instruction.code) == BPF_A ? registers.a : Operand(instruction, registers);
        return;
    }
  }

  void GoOn(std::size_t place, const Registers& registers) {
    const State::Target next = Reach(index_ + 1, registers);
    states_[index_][place].if_yes = next;
  }

  void Jump(std::size_t place, const Registers& registers, const sock_filter& instruction) {
    if (BPF_OP(instruction.code) == BPF_JA) {
      const State::Target next = Reach(index_ + 1 + PlainOperand(instruction), registers);
      states_[index_][place].if_yes = next;
      return;
    }
    const DiagramId test = TestOf(instruction, registers);
    State::Target if_yes;
    State::Target if_no;
    if (test != Diagrams::kNo) if_yes = Reach(index_ + 1 + instruction.jt, registers);
    if (test != Diagrams::kYes) if_no = Reach(index_ + 1 + instruction.jf, registers);
    State& state = states_[index_][place];
    state.test = test;
    state.if_yes = if_yes;
    state.if_no = if_no;
  }

  // ---- Single instructions.

  TermId Loaded(const sock_filter& instruction, const Registers& registers) {
    switch (BPF_MODE(instruction.code)) {
      case BPF_ABS:
        return terms_.Word(WordAtOffset(PlainOperand(instruction), big_endian_));
      case BPF_IMM:
        return Constant(instruction);
      case BPF_MEM:
        return registers.slots[PlainOperand(instruction)];
      default:  // BPF_LEN
        return terms_.Constant(kLengthOfCall);
    }
  }

  // Nothing for a division by zero.
  std::optional<TermId> Calculated(const sock_filter& instruction, const Registers& registers) {
    const std::uint16_t operation = BPF_OP(instruction.code);
    const TermId operand = Operand(instruction, registers);
    if (operation == BPF_AND) return terms_.And(registers.a, operand);
    if (operation == BPF_OR) return terms_.Or(registers.a, operand);
    if (operation == BPF_XOR) return terms_.Xor(registers.a, operand);
    const Term a = terms_[registers.a];
    const Term b = terms_[operand];
    if (!a.IsConstant() || !b.IsConstant())
      Refuse("is arithmetic on a value that depends on the call or on a variable, which is not followed");
    const auto result = Calculate(operation, a.flip, b.flip);
    if (!result) return std::nullopt;
    return terms_.Constant(*result);
  }

  DiagramId TestOf(const sock_filter& instruction, const Registers& registers) {
    const TermId operand = Operand(instruction, registers);
    switch (BPF_OP(instruction.code)) {
      case BPF_JEQ:
        return comparisons_.Equal(registers.a, operand);
      case BPF_JGT:
        return comparisons_.Greater(registers.a, operand);
      case BPF_JGE:
        return comparisons_.GreaterOrEqual(registers.a, operand);
      default:  // BPF_JSET
        return comparisons_.AnyBitInCommon(registers.a, operand);
    }
  }

  TermId Operand(const sock_filter& instruction, const Registers& registers) {
    return BPF_SRC(instruction.code) == BPF_X ? registers.x : Constant(instruction);
  }

  // The operand, or the variable that will stand there.
  TermId Constant(const sock_filter& instruction) {
    const auto hole = holes_.find(index_);
    if (hole == holes_.end()) return terms_.Constant(instruction.k);
    // A term of its own for the variable comes first, so that terms do not depend on how compilers order
    // arguments.
    const TermId value = terms_.Variable(hole->second->variable);
    return hole->second->is_flipped ? terms_.Xor(value, terms_.Constant(bpf::kHighestBit)) : value;
  }

  // An operand that says where, and not what.
  std::uint32_t PlainOperand(const sock_filter& instruction) const {
    if (holes_.count(index_) != 0)
      Refuse("would read or jump to where a variable says, which is not followed");
    return instruction.k;
  }

  [[noreturn]] void Refuse(const std::string& what) const {
    throw NotFollowed("instruction " + std::to_string(index_) + " (" +
                      bpf::Disassemble(filter_.instructions[index_], index_, big_endian_) + ") " + what);
  }

  // ---- Back: what is answered.

  [[nodiscard]] const State& At(const State::Target& target) const {
    return states_[target.instruction][target.state];
  }

  void Answer(State& state) {
    if (state.returned) {
      state.answer = diagrams_.Answer(*state.returned);
      state.paths = 1;
      return;
    }
    const bool can_be_yes = state.test != Diagrams::kNo;
    const bool can_be_no = state.test != Diagrams::kYes;
    const DiagramId yes = can_be_yes ? At(state.if_yes).answer : Diagrams::kNo;
    const DiagramId no = can_be_no ? At(state.if_no).answer : Diagrams::kNo;
    state.answer = diagrams_.Choose(state.test, yes, no);
    state.paths = AddPaths(can_be_yes ? At(state.if_yes).paths : 0, can_be_no ? At(state.if_no).paths : 0);
  }

  const bpf::FilterWithHoles& filter_;
  const bool big_endian_;
  Terms& terms_;
  Diagrams& diagrams_;
  Comparisons& comparisons_;
  Budget& budget_;
  Memory memory_;
  std::size_t counted_terms_ = 0;
  std::map<std::size_t, const bpf::Hole*> holes_;
  std::vector<std::vector<State>> states_;  // of each instruction
  std::size_t index_ = 0;                   // of the instruction that is looked at
};

}  // namespace

FilterMeaning MeaningOfFilter(const bpf::FilterWithHoles& filter, bool big_endian, Terms& terms,
                              Diagrams& diagrams, Comparisons& comparisons, Budget& budget) {
  return Follower(filter, big_endian, terms, diagrams, comparisons, budget).Follow();
}

}  // namespace precompiledseccomp::verify
