// SPDX-License-Identifier: Apache-2.0

#include "testing/tests_on_path.h"

#include <array>
#include <cstddef>
#include <utility>

#include "bpf/interpreter.h"

namespace precompiledseccomp::testing {
namespace {

constexpr int kBits = 32;

// What a register or a slot holds, and how it came from a word of the call, if it did.
struct Content {
  std::uint32_t value = 0;
  std::optional<std::size_t> word;
  std::vector<Calculation> calculations;
};

std::uint32_t Calculate(std::uint16_t operation, std::uint32_t a, std::uint32_t operand) {
  constexpr std::uint32_t kShiftMask = kBits - 1;
  switch (operation) {
    case BPF_ADD:
      return a + operand;
    case BPF_SUB:
      return a - operand;
    case BPF_MUL:
      return a * operand;
    case BPF_DIV:
      return operand == 0 ? 0 : a / operand;
    case BPF_AND:
      return a & operand;
    case BPF_OR:
      return a | operand;
    case BPF_XOR:
      return a ^ operand;
    case BPF_LSH:
      return a << (operand & kShiftMask);
    case BPF_RSH:
      return a >> (operand & kShiftMask);
    default:
      return 0U - a;  // BPF_NEG
  }
}

// What has to be there before a calculation so that `wanted` comes out; where that leaves bits open, they are
// as they were. If nothing leads there, something near.
std::uint32_t Undo(const Calculation& done, std::uint32_t wanted) {
  const std::uint32_t shift = done.operand & (kBits - 1);
  const std::uint32_t all = UINT32_MAX;
  switch (done.operation) {
    case BPF_ADD:
      return wanted - done.operand;
    case BPF_SUB:
      return wanted + done.operand;
    case BPF_MUL:
      return done.operand == 0 ? done.before : wanted / done.operand;
    case BPF_DIV:
      return wanted * done.operand;
    case BPF_AND:
      return (wanted & done.operand) | (done.before & ~done.operand);
    case BPF_OR:
      return (wanted & ~done.operand) | (done.before & done.operand);
    case BPF_XOR:
      return wanted ^ done.operand;
    case BPF_LSH:
      return (wanted >> shift) | (done.before & ~(all >> shift));
    case BPF_RSH:
      return (wanted << shift) | (done.before & ~(all << shift));
    default:
      return 0U - wanted;  // BPF_NEG
  }
}

std::uint16_t OperationOf(const sock_filter& instruction) {
  return static_cast<std::uint16_t>(BPF_OP(instruction.code));
}

// Goes the way of one call, which the interpreter has found.
class Follower {
 public:
  explicit Follower(const CallWords& call) : call_(call) {}

  void Step(std::size_t index, const sock_filter& instruction) {
    switch (BPF_CLASS(instruction.code)) {
      case BPF_ALU:
        return Calculated(instruction);
      case BPF_JMP:
        return Tested(index, instruction);
      default:
        return Moved(instruction);
    }
  }

  std::vector<TestOnPath> tests;

 private:
  void Moved(const sock_filter& instruction) {
    switch (instruction.code) {
      case BPF_LD | BPF_W | BPF_ABS: {
        const std::size_t word = instruction.k / sizeof(std::uint32_t);
        a_ = {call_[word], word, {}};
        break;
      }
      case BPF_LD | BPF_W | BPF_LEN:
        a_ = {sizeof(seccomp_data), {}, {}};
        break;
      case BPF_LD | BPF_IMM:
        a_ = {instruction.k, {}, {}};
        break;
      case BPF_LD | BPF_MEM:
        a_ = slots_[instruction.k];
        break;
      case BPF_LDX | BPF_W | BPF_LEN:
        x_ = {sizeof(seccomp_data), {}, {}};
        break;
      case BPF_LDX | BPF_IMM:
        x_ = {instruction.k, {}, {}};
        break;
      case BPF_LDX | BPF_MEM:
        x_ = slots_[instruction.k];
        break;
      case BPF_ST:
        slots_[instruction.k] = a_;
        break;
      case BPF_STX:
        slots_[instruction.k] = x_;
        break;
      case BPF_MISC | BPF_TAX:
        x_ = a_;
        break;
      case BPF_MISC | BPF_TXA:
        a_ = x_;
        break;
      default:
        break;  // a return
    }
  }

  // Of A with X, what was done to X is a number.
  void Calculated(const sock_filter& instruction) {
    const Calculation calculation = {OperationOf(instruction), Operand(instruction), a_.value};
    a_.value = Calculate(calculation.operation, a_.value, calculation.operand);
    a_.calculations.push_back(calculation);
  }

  void Tested(std::size_t index, const sock_filter& instruction) {
    if (BPF_OP(instruction.code) == BPF_JA || !a_.word) return;
    tests.push_back(
        {index, *a_.word, OperationOf(instruction), a_.value, Operand(instruction), a_.calculations});
  }

  [[nodiscard]] std::uint32_t Operand(const sock_filter& instruction) const {
    return BPF_SRC(instruction.code) == BPF_X ? x_.value : instruction.k;
  }

  const CallWords& call_;
  Content a_;
  Content x_;
  std::array<Content, BPF_MEMWORDS> slots_;
};

// Bits of A that a calculation left of the word; all, if none took some away.
std::uint32_t MaskOf(const TestOnPath& test) {
  std::uint32_t mask = UINT32_MAX;
  for (const Calculation& done : test.calculations)
    if (done.operation == BPF_AND) mask &= done.operand;
  return mask;
}

}  // namespace

std::vector<TestOnPath> TestsOnPath(std::span<const sock_filter> filter, const CallWords& call) {
  std::vector<bool> ran;
  bpf::Run(filter, CallOf(call), ran);
  // Jumps go forward only: the instructions were run in the order in which they stand.
  Follower follower(call);
  for (std::size_t i = 0; i < ran.size(); ++i)
    if (ran[i]) follower.Step(i, filter[i]);
  return std::move(follower.tests);
}

BoundaryContents ContentsAround(const TestOnPath& test) {
  const auto content_for = [&](std::uint32_t wanted) {
    for (auto done = test.calculations.rbegin(); done != test.calculations.rend(); ++done)
      wanted = Undo(*done, wanted);
    return wanted;
  };
  const bool is_of_bits = test.operation == BPF_JSET;
  const std::uint32_t with = test.operand;
  const std::uint32_t mask = MaskOf(test);
  BoundaryContents contents;
  contents.exact = content_for(is_of_bits ? test.value | with : with);
  const auto add = [&](std::uint32_t wanted) { contents.others.push_back(content_for(wanted)); };
  if (is_of_bits) {
    add(test.value & ~with);
  } else {
    add(with - 1);
    add(with + 1);
  }
  // Each bit that is looked at, set and cleared: of a mask, one by one; the bits beside it all together.
  const std::uint32_t bits = is_of_bits ? with & mask : mask == UINT32_MAX ? 0 : mask;
  for (int bit = 0; bit < kBits; ++bit) {
    const std::uint32_t one = std::uint32_t{1} << bit;
    if ((bits & one) == 0) continue;
    add((is_of_bits ? test.value & ~with : with) ^ one);
    if (is_of_bits) add((test.value | with) ^ one);
  }
  if (mask != UINT32_MAX) contents.others.push_back(contents.exact | ~mask);
  return contents;
}

}  // namespace precompiledseccomp::testing
