// SPDX-License-Identifier: Apache-2.0

#include "compile/unreachable.h"

#include <cstddef>
#include <cstdint>

namespace precompiledseccomp::compile {
namespace {

// Calls `visit` with every offset that an instruction jumps by, which it may change.
template <typename Visit>
void VisitJumps(sock_filter& instruction, const Visit& visit) {
  if (BPF_CLASS(instruction.code) == BPF_JMP && BPF_OP(instruction.code) == BPF_JA) {
    visit(instruction.k);
  } else if (BPF_CLASS(instruction.code) == BPF_JMP) {
    visit(instruction.jt);
    visit(instruction.jf);
  } else if (BPF_CLASS(instruction.code) != BPF_RET) {
    std::uint8_t to_the_next = 0;
    visit(to_the_next);
  }
}

std::vector<bool> ReachedIn(std::vector<sock_filter> program) {
  std::vector<bool> reached(program.size(), false);
  reached[0] = true;
  for (std::size_t i = 0; i < program.size(); ++i)
    if (reached[i]) VisitJumps(program[i], [&](auto& offset) { reached[i + 1 + offset] = true; });
  return reached;
}

}  // namespace

std::vector<sock_filter> WithoutUnreachable(const std::vector<sock_filter>& program) {
  const std::vector<bool> reached = ReachedIn(program);
  std::vector<std::size_t> kept_before = {0};
  for (const bool is_kept : reached) kept_before.push_back(kept_before.back() + (is_kept ? 1 : 0));
  std::vector<sock_filter> kept;
  kept.reserve(kept_before.back());
  for (std::size_t i = 0; i < program.size(); ++i) {
    if (!reached[i]) continue;
    kept.push_back(program[i]);
    VisitJumps(kept.back(), [&]<typename Offset>(Offset& offset) {
      offset = static_cast<Offset>(kept_before[i + 1 + offset] - kept_before[i + 1]);
    });
  }
  return kept;
}

}  // namespace precompiledseccomp::compile
