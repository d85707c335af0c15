// SPDX-License-Identifier: Apache-2.0

#include "kernel/answers_as_errnos.h"

#include <algorithm>
#include <map>
#include <stdexcept>

#include <linux/seccomp.h>

#include "bpf/acceptance.h"
#include "bpf/instructions.h"

namespace precompiledseccomp::testing {
namespace {

// The kernel's own error numbers end before these, those of filters at 4095.
constexpr std::uint32_t kFirstErrno = 2000;
constexpr std::uint32_t kErrnoOfUnexpected = 4095;

class Translation {
 public:
  Translation(std::span<const sock_filter> program, const std::set<std::uint32_t>& expected)
      : program_(program.begin(), program.end()) {
    for (const std::uint32_t answer : expected) ErrnoFor(answer);
  }

  FilterWithErrnos Make() {
    bool returns_a = false;
    const std::size_t end = program_.size();
    for (std::size_t i = 0; i < end; ++i) {
      sock_filter& instruction = program_[i];
      if (instruction.code == (BPF_RET | BPF_K)) instruction = ReturnErrno(ErrnoFor(instruction.k));
      if (instruction.code != (BPF_RET | BPF_A)) continue;
      instruction = bpf::Jump(static_cast<std::uint32_t>(end - i - 1));
      returns_a = true;
    }
    if (returns_a) AddComparisons();
    if (const auto reason = bpf::ReasonForRefusal(program_)) throw std::invalid_argument(*reason);
    return {program_, answers_};
  }

 private:
  static sock_filter ReturnErrno(std::uint32_t code) { return bpf::Return(SECCOMP_RET_ERRNO | code); }

  std::uint32_t ErrnoFor(std::uint32_t answer) {
    const auto code = static_cast<std::uint32_t>(kFirstErrno + answers_.size());
    const auto [place, is_new] = errnos_.emplace(answer, code);
    if (is_new) answers_.push_back(answer);
    if (place->second >= kErrnoOfUnexpected) throw std::invalid_argument("too many answers");
    return place->second;
  }

  void AddComparisons() {
    for (const auto& [answer, code] : errnos_) {
      program_.push_back(bpf::JumpIfEqual(answer, 0, 1));
      program_.push_back(ReturnErrno(code));
    }
    program_.push_back(ReturnErrno(kErrnoOfUnexpected));
  }

  std::vector<sock_filter> program_;
  std::vector<std::uint32_t> answers_;
  std::map<std::uint32_t, std::uint32_t> errnos_;
};

}  // namespace

std::optional<std::uint32_t> FilterWithErrnos::AnswerFor(std::int64_t result) const {
  const std::int64_t index = -result - kFirstErrno;
  if (index < 0 || index >= static_cast<std::int64_t>(answers.size())) return std::nullopt;
  return answers[static_cast<std::size_t>(index)];
}

FilterWithErrnos WithAnswersAsErrnos(std::span<const sock_filter> program,
                                     const std::set<std::uint32_t>& expected) {
  if (const auto reason = bpf::ReasonForRefusal(program)) throw std::invalid_argument(*reason);
  if (std::any_of(program.begin(), program.end(), [](const sock_filter& instruction) {
        return instruction.code == (BPF_ALU | BPF_DIV | BPF_X);
      }))
    throw std::invalid_argument("a program that divides by X can end in the middle");
  return Translation(program, expected).Make();
}

}  // namespace precompiledseccomp::testing
