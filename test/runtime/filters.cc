// SPDX-License-Identifier: Apache-2.0
#include "filters.h"

#include <bit>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/seccomp.h>

std::vector<sock_filter> AnswerCall(long number, std::uint32_t answer) {
  return {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<std::uint32_t>(number)},
      {BPF_RET | BPF_K, 0, 0, answer},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  };
}

std::vector<sock_filter> AnswerCallWith(long number, int argument, std::uint32_t value,
                                        std::uint32_t answer) {
  const int low_half = std::endian::native == std::endian::little ? 0 : 4;
  return {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 3, static_cast<std::uint32_t>(number)},
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(16 + 8 * argument + low_half)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value},
      {BPF_RET | BPF_K, 0, 0, answer},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  };
}

precompiledseccomp::Filter ToFilter(const std::vector<sock_filter>& instructions) {
  precompiledseccomp::Filter filter;
  if (!filter.Assign(instructions)) std::abort();
  return filter;
}

precompiledseccomp::Filter RefuseGetppid() {
  return ToFilter(AnswerCall(SYS_getppid, SECCOMP_RET_ERRNO | EDOM));
}

int ErrnoOfGetppid() {
  errno = 0;
  return syscall(SYS_getppid) == -1 ? errno : 0;
}

void InstallWithPrctl(std::vector<sock_filter> instructions) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1) std::abort();
  InstallWithoutNoNewPrivs(std::move(instructions));
}

void InstallWithoutNoNewPrivs(std::vector<sock_filter> instructions) {
  const sock_fprog program = {static_cast<unsigned short>(instructions.size()), instructions.data()};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == -1) std::abort();
}
