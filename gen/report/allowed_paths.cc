// SPDX-License-Identifier: Apache-2.0

#include "report/allowed_paths.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include <linux/seccomp.h>

#include "bpf/instructions.h"

namespace precompiledseccomp::gen {
namespace {

bool IsAllowed(std::uint32_t answer) {
  const std::uint32_t action = answer & SECCOMP_RET_ACTION_FULL;
  return action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG;
}

using Register = std::optional<std::uint32_t>;  // nothing if it depends on the arguments

// All paths that arrive at an instruction with the same in A.
struct Arrival {
  Register a;
  AllowedPaths paths;
};

// Jumps go forward only, so that all paths to an instruction are known once those before it are done.
class Walk {
 public:
  Walk(std::span<const sock_filter> program, std::uint32_t number, std::uint32_t audit_arch)
      : program_(program), number_(number), audit_arch_(audit_arch) {
    waiting_[0].push_back({0, {1, 0, 0}});
  }

  AllowedPaths Run() {
    while (!waiting_.empty()) {
      const auto first = waiting_.extract(waiting_.begin());
      for (Arrival arrival : first.mapped()) {
        arrival.paths.total_length += arrival.paths.count;
        ++arrival.paths.longest;
        Step(first.key(), arrival);
      }
    }
    return allowed_;
  }

 private:
  void Step(std::size_t index, const Arrival& arrival) {
    const sock_filter& instruction = program_[index];
    switch (BPF_CLASS(instruction.code)) {
      case BPF_RET:
        if (BPF_RVAL(instruction.code) == BPF_K && IsAllowed(instruction.k)) Add(arrival.paths, allowed_);
        return;
      case BPF_JMP:
        Jump(index, arrival);
        return;
      case BPF_LD:
        Arrive(index + 1, {Loaded(instruction), arrival.paths});
        return;
      case BPF_ALU: {
        const bool is_known_and = instruction.code == (BPF_ALU | BPF_AND | BPF_K) && arrival.a;
        Arrive(index + 1, {is_known_and ? Register(*arrival.a & instruction.k) : Register(), arrival.paths});
        return;
      }
      case BPF_MISC:
        Arrive(index + 1, {instruction.code == (BPF_MISC | BPF_TXA) ? Register() : arrival.a, arrival.paths});
        return;
      default:  // stores, and loads of X
        Arrive(index + 1, arrival);
        return;
    }
  }

  [[nodiscard]] Register Loaded(const sock_filter& instruction) const {
    if (instruction.code != (BPF_LD | BPF_W | BPF_ABS)) return std::nullopt;
    if (instruction.k == bpf::kNumberOffset) return number_;
    if (instruction.k == bpf::kArchOffset) return audit_arch_;
    return std::nullopt;
  }

  void Jump(std::size_t index, const Arrival& arrival) {
    const sock_filter& instruction = program_[index];
    if (BPF_OP(instruction.code) == BPF_JA) {
      Arrive(index + 1 + instruction.k, arrival);
      return;
    }
    const std::optional<bool> holds = Holds(instruction, arrival.a);
    const bool is_no_test = instruction.jt == instruction.jf;
    if (holds.value_or(true)) Arrive(index + 1 + instruction.jt, arrival);
    if (!holds.value_or(is_no_test)) Arrive(index + 1 + instruction.jf, arrival);
  }

  static std::optional<bool> Holds(const sock_filter& instruction, const Register& a) {
    if (!a || BPF_SRC(instruction.code) != BPF_K) return std::nullopt;
    switch (BPF_OP(instruction.code)) {
      case BPF_JEQ:
        return *a == instruction.k;
      case BPF_JGT:
        return *a > instruction.k;
      case BPF_JGE:
        return *a >= instruction.k;
      default:
        return (*a & instruction.k) != 0;
    }
  }

  void Arrive(std::size_t index, const Arrival& arrival) {
    std::vector<Arrival>& arrivals = waiting_[index];
    const auto same = std::find_if(arrivals.begin(), arrivals.end(),
                                   [&](const Arrival& other) { return other.a == arrival.a; });
    if (same != arrivals.end())
      Add(arrival.paths, same->paths);
    else
      arrivals.push_back(arrival);
  }

  static void Add(const AllowedPaths& paths, AllowedPaths& sum) {
    sum.count += paths.count;
    sum.total_length += paths.total_length;
    sum.longest = std::max(sum.longest, paths.longest);
  }

  std::span<const sock_filter> program_;
  std::uint32_t number_;
  std::uint32_t audit_arch_;
  std::map<std::size_t, std::vector<Arrival>> waiting_;  // by instruction
  AllowedPaths allowed_;
};

}  // namespace

AllowedPaths FindAllowedPaths(std::span<const sock_filter> program, std::uint32_t number,
                              std::uint32_t audit_arch) {
  return Walk(program, number, audit_arch).Run();
}

}  // namespace precompiledseccomp::gen
