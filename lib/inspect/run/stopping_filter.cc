// SPDX-License-Identifier: Apache-2.0

#include "inspect/run/stopping_filter.h"

#include <algorithm>

#include <linux/seccomp.h>
#include <sys/syscall.h>

#include "bpf/instructions.h"

namespace precompiledseccomp::inspect {
namespace {

constexpr sock_filter kStop = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);

bool IsReturn(const sock_filter& instruction) {
  return BPF_CLASS(instruction.code) == BPF_RET;
}

bool IsCalculated(const sock_filter& instruction) {
  return IsReturn(instruction) && BPF_RVAL(instruction.code) != BPF_K;
}

bool LetsThrough(std::uint32_t answer) {
  const std::uint32_t action = answer & SECCOMP_RET_ACTION_FULL;
  return action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG;
}

}  // namespace

std::vector<sock_filter> StoppingFilter(std::span<const sock_filter> filter) {
  std::vector<sock_filter> stopping = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, bpf::kNumberOffset),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 1),
      kStop,
      BPF_STMT(BPF_LD | BPF_IMM, 0),
  };
  if (std::any_of(filter.begin(), filter.end(), IsCalculated) ||
      filter.size() + stopping.size() > BPF_MAXINSNS)
    return {kStop};
  for (const sock_filter& instruction : filter) {
    const bool stops = IsReturn(instruction) && !LetsThrough(instruction.k);
    stopping.push_back(stops ? kStop : instruction);
  }
  return stopping;
}

}  // namespace precompiledseccomp::inspect
