// SPDX-License-Identifier: Apache-2.0
//
// An application that looks up, renders and installs, linked with nothing but libc: that it links is the
// test.
#include <precompiledseccomp/install.h>

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "embedded_programs.h"

int main() {
  const precompiledseccomp::Program* program = embedded::GetPrecompiled("answer");
  if (program == nullptr) return 1;
  precompiledseccomp::Filter filter;
  if (auto error = program->Render({{"code", EDOM}}, filter)) return 2;
  if (auto result = precompiledseccomp::Install(filter); !result) return 3;
  if (auto result = precompiledseccomp::Install(embedded::Worker{.fd1 = 0, .fd2 = 1}.Render()); !result)
    return 4;
  if (syscall(SYS_getppid) != -1 || errno != EDOM) return 5;
  return syscall(SYS_fcntl, 2, 1, 0) == -1 && errno == EPERM ? 0 : 6;
}
