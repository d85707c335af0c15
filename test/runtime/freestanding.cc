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
  if (!program->Render({{"code", EDOM}}, filter).ok()) return 2;
  if (!precompiledseccomp::Install(filter).ok()) return 3;
  if (!precompiledseccomp::Install(embedded::Worker{.fd1 = 0, .fd2 = 1}.Render()).ok()) return 4;
  if (!precompiledseccomp::Install(*embedded::GetPrecompiled("idle")).ok()) return 7;
  sock_filter buffer[7];
  if (!precompiledseccomp::Install(
           embedded::GetPrecompiled("worker")->RenderInto({{"fd1", 0}, {"fd2", 1}}, buffer))
           .ok())
    return 8;
  if (syscall(SYS_getppid) != -1 || errno != EDOM) return 5;
  return syscall(SYS_fcntl, 2, 1, 0) == -1 && errno == EPERM ? 0 : 6;
}
