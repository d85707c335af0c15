// SPDX-License-Identifier: Apache-2.0
#include "return_actions.h"

#include "cold_start.h"

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {
namespace {

enum class ReturnKind : std::uint8_t {
  kNone,      // not a return
  kStated,    // a return with an action operand
  kComputed,  // a return without
};

struct Return {
  ReturnKind kind;
  std::size_t operand;  // for kStated: the index of the instruction with the action operand
};

STARTUP_CODE Return ReturnAt(const sock_filter* instructions, std::size_t index) {
  const sock_filter& here = instructions[index];
  if (here.code == (BPF_RET | BPF_K)) return {ReturnKind::kStated, index};
  if (here.code != (BPF_RET | BPF_A)) return {ReturnKind::kNone, index};
  if (index < 2) return {ReturnKind::kComputed, index};

  const sock_filter& cut = instructions[index - 2];
  const sock_filter& action = instructions[index - 1];
  const bool is_our_sequence = cut.code == (BPF_ALU | BPF_AND | BPF_K) && cut.k == kRetDataMask &&
                               action.code == (BPF_ALU | BPF_OR | BPF_K);
  return {is_our_sequence ? ReturnKind::kStated : ReturnKind::kComputed, index - 1};
}

// Whether a jump that leads here enters one of our sequences behind its first instruction, and so reaches its
// `ret a` with an answer from elsewhere.
bool IsInsideSequence(std::span<const sock_filter> instructions, std::size_t index) {
  const std::size_t last = index + 1 < instructions.size() ? index + 1 : index;
  for (std::size_t i = index; i <= last; ++i) {
    const Return found = ReturnAt(instructions.data(), i);
    if (found.kind == ReturnKind::kStated && found.operand != i) return true;
  }
  return false;
}

// Whether the instruction is a jump that leads into one of our sequences. Jumps lead forward only, and the
// kernel refuses those that leave the program: their distance is compared with what is left of it, so that
// nothing overflows.
bool JumpsIntoSequence(std::span<const sock_filter> instructions, std::size_t index) {
  const sock_filter& here = instructions[index];
  if (BPF_CLASS(here.code) != BPF_JMP) return false;
  const std::size_t next = index + 1;
  const std::size_t left = instructions.size() - next;
  const auto leads_into = [&](std::uint32_t distance) {
    return distance < left && IsInsideSequence(instructions, next + distance);
  };
  if (BPF_OP(here.code) == BPF_JA) return leads_into(here.k);
  return leads_into(here.jt) || leads_into(here.jf);
}

bool IsRefusal(std::uint32_t action) {
  return action == kRetKillProcess || action == kRetKillThread || action == kRetTrap || action == kRetErrno;
}

}  // namespace

STARTUP_CODE std::uint32_t ChangeAction(std::uint32_t answer, Mode mode) {
  const std::uint32_t action = answer & kRetActionMask;
  const std::uint32_t data = answer & kRetDataMask;
  if (IsRefusal(action)) {
    switch (mode) {
      case Mode::kEnforce:
        break;
      case Mode::kLog:
        return kRetLog;
      case Mode::kTrap:
        return kRetTrap | (action == kRetErrno || action == kRetTrap ? data : 0);
    }
  }
  return answer;
}

STARTUP_CODE NewActions FindNewActions(std::span<const sock_filter> instructions, Mode mode) {
  NewActions answered;
  const sock_filter* code = instructions.data();
  for (std::size_t i = 0; i < instructions.size(); ++i) {
    const Return found = ReturnAt(code, i);
    if (found.kind != ReturnKind::kStated) continue;
    const std::uint32_t action = ChangeAction(code[found.operand].k, mode) & kRetActionMask;
    answered.kill_process |= action == kRetKillProcess;
    answered.log |= action == kRetLog;
    answered.user_notify |= action == kRetUserNotify;
  }
  return answered;
}

bool AllAnswersAreStated(std::span<const sock_filter> instructions) {
  for (std::size_t i = 0; i < instructions.size(); ++i)
    if (ReturnAt(instructions.data(), i).kind == ReturnKind::kComputed || JumpsIntoSequence(instructions, i))
      return false;
  return true;
}

void ChangeActions(sock_filter* instructions, std::size_t count, Mode mode) {
  for (std::size_t i = 0; i < count; ++i) {
    const Return found = ReturnAt(instructions, i);
    if (found.kind != ReturnKind::kStated) continue;
    sock_filter& operand = instructions[found.operand];
    operand.k = ChangeAction(operand.k, mode);
  }
}

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
