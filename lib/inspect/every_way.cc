// SPDX-License-Identifier: Apache-2.0

#include "inspect/every_way.h"

#include <array>
#include <compare>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "bpf/instructions.h"
#include "inspect/operations.h"
#include "precompile/template.h"

namespace precompiledseccomp::inspect {
namespace {

constexpr std::size_t kWords = sizeof(seccomp_data) / sizeof(std::uint32_t);
constexpr std::size_t kNoWord = kWords;
constexpr std::size_t kMostStates = 50'000;

// What is known of 32 bits.
struct Bits {
  std::uint32_t value = 0;  // bits that are not known are 0
  std::uint32_t known = UINT32_MAX;
  // The word of seccomp_data that they are, and what of it was masked away; or kNoWord.
  std::size_t word = kNoWord;
  std::uint32_t mask = UINT32_MAX;

  [[nodiscard]] bool IsKnown() const { return known == UINT32_MAX; }
  [[nodiscard]] std::uint32_t Least() const { return value; }
  [[nodiscard]] std::uint32_t Most() const { return value | ~known; }
  friend auto operator<=>(const Bits&, const Bits&) = default;  // NOLINT: clang-tidy 14 errs
};

constexpr Bits kUnknown = {.value = 0, .known = 0};

Bits Constant(std::uint32_t value) {
  return {.value = value};
}

// A way has come to an instruction with these contents. Words are what its tests have told of them.
struct State {
  std::size_t next = 0;
  Bits a;
  Bits x;
  std::array<Bits, BPF_MEMWORDS> slots{};
  std::array<Bits, kWords> words{};
  friend auto operator<=>(const State&, const State&) = default;  // NOLINT: clang-tidy 14 errs
};

// Nothing if it may be both.
std::optional<bool> Outcome(unsigned operation, const Bits& a, const Bits& b) {
  if (a.IsKnown() && b.IsKnown()) return IsTrue(operation, a.value, b.value);
  const bool differ = ((a.value ^ b.value) & a.known & b.known) != 0;
  switch (operation) {
    case BPF_JEQ:
      return differ ? std::optional(false) : std::nullopt;
    case BPF_JGT:
      if (a.Least() > b.Most()) return true;
      return a.Most() <= b.Least() ? std::optional(false) : std::nullopt;
    case BPF_JGE:
      if (a.Least() >= b.Most()) return true;
      return a.Most() < b.Least() ? std::optional(false) : std::nullopt;
    default:
      if ((a.value & b.value) != 0) return true;
      return (a.Most() & b.Most()) == 0 ? std::optional(false) : std::nullopt;
  }
}

Bits Result(unsigned operation, const Bits& a, const Bits& b) {
  if (a.IsKnown() && b.IsKnown()) {
    const auto result = Calculated(operation, a.value, b.value);
    return result ? Constant(*result) : kUnknown;
  }
  switch (operation) {
    case BPF_AND: {
      const std::uint32_t zeros = (a.known & ~a.value) | (b.known & ~b.value);
      Bits masked{.value = a.value & b.value, .known = (a.known & b.known) | zeros};
      if (b.IsKnown() && a.word != kNoWord) {
        masked.word = a.word;
        masked.mask = a.mask & b.value;
      }
      return masked;
    }
    case BPF_OR:
      return {.value = a.value | b.value, .known = (a.known & b.known) | a.value | b.value};
    case BPF_XOR:
      return {.value = (a.value ^ b.value) & a.known & b.known, .known = a.known & b.known};
    default:
      return kUnknown;
  }
}

class Ways {
 public:
  Ways(const PrecompiledProgram& program, const PartlyKnownCall& call, const KnownValues& known)
      : program_(program), known_(known) {
    for (const bpf::Hole& hole : TemplateOf(program).holes) holes_.emplace(hole.index, hole);
    State first;
    SetWords(call, first);
    Come(first);
  }

  EveryWay Follow() {
    while (!waiting_.empty()) {
      const State state = waiting_.back();
      waiting_.pop_back();
      Take(state);
    }
    every_.answers.assign(answers_.begin(), answers_.end());
    return std::move(every_);
  }

 private:
  void SetWords(const PartlyKnownCall& call, State& state) const {
    const auto set = [&](std::uint32_t offset, std::uint64_t value, std::uint64_t known_bits, bool is_high) {
      const std::size_t word = offset / sizeof(std::uint32_t);
      const int shift = is_high ? 32 : 0;
      state.words[word] = {.value = static_cast<std::uint32_t>((value & known_bits) >> shift),
                           .known = static_cast<std::uint32_t>(known_bits >> shift),
                           .word = word};
    };
    const bool big_endian = program_.target.big_endian;
    set(bpf::kNumberOffset, static_cast<std::uint32_t>(call.call.nr), UINT64_MAX, false);
    set(bpf::kArchOffset, call.call.arch, UINT64_MAX, false);
    for (const bpf::Half half : {bpf::Half::kLow, bpf::Half::kHigh}) {
      const bool is_high = half == bpf::Half::kHigh;
      set(bpf::InstructionPointerOffset(half, big_endian), call.call.instruction_pointer, call.known_pointer,
          is_high);
      for (int i = 0; i < bpf::kArgumentCount; ++i)
        set(bpf::ArgumentOffset(i, half, big_endian), call.call.args[i],
            call.known[static_cast<std::size_t>(i)], is_high);
    }
  }

  // Each state is followed once.
  void Come(const State& state) {
    if (seen_.size() >= kMostStates) {
      every_.may_be_others = true;
      every_.looked_at.arguments.fill(UINT64_MAX);
      every_.looked_at.pointer = UINT64_MAX;
      return;
    }
    if (seen_.insert(state).second) waiting_.push_back(state);
  }

  void Take(State state) {
    const std::size_t index = state.next++;
    const sock_filter& instruction = program_.instructions.at(index);
    switch (BPF_CLASS(instruction.code)) {
      case BPF_LD:
        state.a = Loaded(instruction, index, state);
        break;
      case BPF_LDX:
        state.x = Loaded(instruction, index, state);
        break;
      case BPF_ST:
        state.slots.at(instruction.k) = state.a;
        break;
      case BPF_STX:
        state.slots.at(instruction.k) = state.x;
        break;
      case BPF_MISC:
        if (BPF_MISCOP(instruction.code) == BPF_TAX)
          state.x = state.a;
        else
          state.a = state.x;
        break;
      case BPF_ALU:
        if (!Calculate(instruction, index, state)) return;
        break;
      case BPF_JMP:
        return Jump(instruction, index, state);
      default:
        return Answer(BPF_RVAL(instruction.code) == BPF_A ? state.a : Operand(instruction, index));
    }
    Come(state);
  }

  Bits Loaded(const sock_filter& instruction, std::size_t index, const State& state) {
    switch (BPF_MODE(instruction.code)) {
      case BPF_ABS:
        LookAt(instruction.k);
        return state.words.at(instruction.k / sizeof(std::uint32_t));
      case BPF_MEM:
        return state.slots.at(instruction.k);
      case BPF_LEN:
        return Constant(sizeof(seccomp_data));
      default:
        return Operand(instruction, index);
    }
  }

  void LookAt(std::uint32_t offset) {
    const bool big_endian = program_.target.big_endian;
    for (const bpf::Half half : {bpf::Half::kLow, bpf::Half::kHigh}) {
      const std::uint64_t bits =
          half == bpf::Half::kLow ? std::uint64_t{UINT32_MAX} : ~std::uint64_t{UINT32_MAX};
      if (offset == bpf::InstructionPointerOffset(half, big_endian)) every_.looked_at.pointer |= bits;
      for (int i = 0; i < bpf::kArgumentCount; ++i)
        if (offset == bpf::ArgumentOffset(i, half, big_endian))
          every_.looked_at.arguments[static_cast<std::size_t>(i)] |= bits;
    }
  }

  [[nodiscard]] Bits Operand(const sock_filter& instruction, std::size_t index) const {
    const auto hole = holes_.find(index);
    if (hole == holes_.end()) return Constant(instruction.k);
    const auto number = known_.numbers().find(hole->second.variable);
    if (number == known_.numbers().end()) return kUnknown;
    return Constant(hole->second.OperandFor(number->second));
  }

  [[nodiscard]] Bits Right(const sock_filter& instruction, std::size_t index, const State& state) const {
    return BPF_SRC(instruction.code) == BPF_X ? state.x : Operand(instruction, index);
  }

  // False if the way ends there: division by 0 returns 0.
  bool Calculate(const sock_filter& instruction, std::size_t index, State& state) {
    const unsigned operation = BPF_OP(instruction.code);
    if (operation == BPF_NEG) {
      state.a = state.a.IsKnown() ? Constant(0 - state.a.value) : kUnknown;
      return true;
    }
    const Bits right = Right(instruction, index, state);
    if (operation == BPF_DIV && right.Least() == 0) {
      answers_.insert(SECCOMP_RET_KILL_THREAD);
      if (right.IsKnown()) return false;
    }
    state.a = Result(operation, state.a, right);
    return true;
  }

  void Jump(const sock_filter& instruction, std::size_t index, State state) {
    if (BPF_OP(instruction.code) == BPF_JA) {
      state.next += instruction.k;
      return Come(state);
    }
    const unsigned operation = BPF_OP(instruction.code);
    const Bits right = Right(instruction, index, state);
    const std::optional<bool> outcome = Outcome(operation, state.a, right);
    for (const bool is_true : {true, false}) {
      if (outcome && *outcome != is_true) continue;
      State way = state;
      way.next += is_true ? instruction.jt : instruction.jf;
      if (!outcome && right.IsKnown()) Learn(operation, right.value, is_true, way);
      Come(way);
    }
  }

  // What the outcome of a test tells of the word that it looked at.
  static void Learn(unsigned operation, std::uint32_t operand, bool is_true, State& state) {
    if (state.a.word == kNoWord) return;
    std::uint32_t learnt = 0;  // bits of the word
    if (operation == BPF_JEQ && is_true) learnt = state.a.mask;
    const bool is_one_bit = (operand & (operand - 1)) == 0;
    if (operation == BPF_JSET && (!is_true || is_one_bit)) learnt = operand & state.a.mask;
    const std::uint32_t value = operation == BPF_JEQ || is_true ? operand & learnt : 0;
    Bits& word = state.words[state.a.word];
    word.known |= learnt;
    word.value = (word.value & ~learnt) | value;
    state.a.known |= learnt;
    state.a.value = (state.a.value & ~learnt) | value;
  }

  void Answer(const Bits& answer) {
    if (answer.IsKnown())
      answers_.insert(answer.value);
    else
      every_.may_be_others = true;
  }

  const PrecompiledProgram& program_;
  const KnownValues& known_;
  std::map<std::size_t, bpf::Hole> holes_;
  std::vector<State> waiting_;
  std::set<State> seen_;
  std::set<std::uint32_t> answers_;
  EveryWay every_;
};

}  // namespace

EveryWay EveryWayOf(const PrecompiledProgram& program, const PartlyKnownCall& call,
                    const KnownValues& known) {
  return Ways(program, call, known).Follow();
}

}  // namespace precompiledseccomp::inspect
