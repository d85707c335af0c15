// SPDX-License-Identifier: Apache-2.0
//
// INSTALL is the function to define.
#include "two_versions.h"

#include <cerrno>

#include <sys/syscall.h>

#include <linux/seccomp.h>

#include <precompiledseccomp/install.h>

namespace pcs = precompiledseccomp;

extern "C" Installed INSTALL(const Choices& choices) {
  const sock_filter instructions[] = {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_getppid},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EDOM},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  };
  pcs::Filter filter;
  if (!filter.Assign(instructions)) return {-1, -1};
  pcs::InstallOptions options;
  options.no_new_privs = choices.no_new_privs;
  options.new_listener = choices.new_listener;
  if (choices.trap) options.mode = pcs::Mode::kTrap;
  const pcs::InstallResult result = pcs::Install(filter, options);
  return {result.error(), result.listener()};
}
