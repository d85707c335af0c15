// SPDX-License-Identifier: Apache-2.0

#include "testing/filters.h"

#include <sys/syscall.h>

#include <linux/seccomp.h>

#include "bpf/instructions.h"

namespace precompiledseccomp::testing {
namespace {

using boost::test_tools::assertion_result;
using bpf::Half;

std::uint32_t Low(int argument) {
  return bpf::ArgumentOffset(argument, Half::kLow, false);
}

assertion_result Unless(const std::string& problem) {
  assertion_result result(problem.empty());
  result.message() << problem;
  return result;
}

}  // namespace

TestedFilter AllAllowedBut(const std::vector<AnswerTo>& answers, const std::string& name) {
  std::vector<sock_filter> filter = {bpf::LoadWord(bpf::kNumberOffset)};
  for (const AnswerTo& row : answers) {
    filter.push_back(bpf::JumpIfEqual(static_cast<std::uint32_t>(row.number), 0, 1));
    filter.push_back(bpf::Return(row.answer));
  }
  filter.push_back(bpf::Return(SECCOMP_RET_ALLOW));
  return TestedFilter(filter, name);
}

TestedFilter Always(std::uint32_t answer) {
  return TestedFilter(std::vector{bpf::Return(answer)}, "always");
}

std::vector<sock_filter> SampleFilter() {
  return {
      /* 0 */ bpf::LoadWord(bpf::kNumberOffset),
      /* 1 */ bpf::JumpIfEqual(SYS_ioctl, 3, 0),
      /* 2 */ bpf::JumpIfEqual(SYS_mmap, 10, 0),
      /* 3 */ bpf::JumpIfGreaterOrEqual(101, 14, 0),
      /* 4 */ bpf::Return(SECCOMP_RET_ALLOW),
      /* 5 */ bpf::LoadWord(Low(0)),
      /* 6 */ bpf::JumpIfEqual(3, 0, 4),
      /* 7 */ bpf::LoadWord(Low(1)),
      /* 8 */ bpf::JumpIfEqual(0x5401, 3, 0),
      /* 9 */ bpf::JumpIfGreater(0x5415, 1, 0),
      /* 10 */ bpf::JumpIfGreaterOrEqual(0x5413, 1, 0),
      /* 11 */ bpf::Return(SECCOMP_RET_ERRNO | 1),
      /* 12 */ bpf::Return(SECCOMP_RET_ALLOW),
      /* 13 */ bpf::LoadWord(Low(2)),
      /* 14 */ bpf::JumpIfAnySet(6, 3, 0),
      /* 15 */ bpf::And(0xf0),
      /* 16 */ bpf::JumpIfEqual(0x30, 2, 0),
      /* 17 */ bpf::Return(SECCOMP_RET_ALLOW),
      /* 18 */ bpf::Return(SECCOMP_RET_KILL_PROCESS),
      /* 19 */ bpf::Return(SECCOMP_RET_ERRNO | 7),
  };
}

assertion_result KernelTakesFilters(boost::unit_test::test_unit_id /*unused*/) {
  return Unless(RunUnder(Always(SECCOMP_RET_ALLOW), [] {}).problem);
}

assertion_result ChildrenCanBeTraced(boost::unit_test::test_unit_id /*unused*/) {
  const Outcome outcome = RunUnder(Always(SECCOMP_RET_ALLOW), [] {});
  return Unless(outcome.problem + outcome.why_untraced);
}

}  // namespace precompiledseccomp::testing
