// SPDX-License-Identifier: Apache-2.0

#include "verify/weakness.h"

#include <linux/seccomp.h>

namespace precompiledseccomp::verify {

int WeaknessOf(std::uint32_t answer) {
  // Signed, as in the kernel (seccomp_run_filters): kill-process is negative, and the least.
  constexpr std::uint32_t kFromLeastToMost[] = {
      SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_TRAP, SECCOMP_RET_ERRNO,
      SECCOMP_RET_USER_NOTIF,   SECCOMP_RET_TRACE,       SECCOMP_RET_LOG,  SECCOMP_RET_ALLOW};
  int weakness = 0;
  for (const std::uint32_t action : kFromLeastToMost) {
    if ((answer & SECCOMP_RET_ACTION_FULL) == action) return weakness;
    ++weakness;
  }
  return 0;  // the kernel kills for what it does not know
}

int WeaknessOf(const Action& action) {
  return WeaknessOf(action.ReturnValueWithoutData());
}

}  // namespace precompiledseccomp::verify
