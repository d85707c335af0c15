// SPDX-License-Identifier: Apache-2.0
//
// What will answer the calls that install a filter, found out before anything is changed: the running kernel,
// or a filter that is already installed, which may answer them with any error number and with 0.
//
// The idea: a call that the kernel can only refuse, with an error number that is known. It gives EFAULT for a
// program at an address that nobody can read, but only after EINVAL for flags that it does not know; and
// EINVAL for a program of no instructions; all of them without privileges. Any other answer is a filter's.
// What no probe can tell is a filter that lets just the probes through: whoever was there first is in charge.
//
// Where an address cannot be read, the kernel takes an exception, which makes EFAULT cost as much as ten
// other calls: it is for what EINVAL cannot tell.
#pragma once

#include <cstdint>

#include <sys/syscall.h>

#include <precompiledseccomp/install.h>
#include <precompiledseccomp/interface.h>

#include "system_call.h"

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

// Values of <linux/seccomp.h>, some of which older headers lack.
inline constexpr unsigned kSetModeFilter = 1;    // seccomp(2), Linux 3.17
inline constexpr unsigned kGetActionAvail = 2;   // Linux 4.14
inline constexpr unsigned kFlagTsync = 1U << 0;  // Linux 3.17
inline constexpr unsigned kFlagLog = 1U << 1;
inline constexpr unsigned kFlagSpecAllow = 1U << 2;
inline constexpr unsigned kFlagNewListener = 1U << 3;
inline constexpr unsigned kFlagTsyncEsrch = 1U << 4;
inline constexpr unsigned kFlagWaitKillableRecv = 1U << 5;

struct Failure {
  int error = 0;
  const char* message = "";
};

// The answers of both are the kernel's: the negative of an errno value on failure.
PRECOMPILEDSECCOMP_LOCAL inline long Seccomp(unsigned operation, unsigned flags, unsigned long address) {
  return SystemCall(SYS_seccomp, operation, flags, address);
}
PRECOMPILEDSECCOMP_LOCAL inline long Prctl(unsigned long option, unsigned long first,
                                           unsigned long second = 0) {
  return SystemCall(SYS_prctl, option, first, second);
}

PRECOMPILEDSECCOMP_LOCAL inline unsigned long AddressOf(const void* object) {
  return reinterpret_cast<unsigned long>(object);
}

// The call that takes a filter with these flags, found by EFAULT. But a kernel that has seccomp(2) knows
// tsync: without other flags, EINVAL is enough.
struct Door {
  Failure failure;        // why there is none
  bool is_prctl = false;  // seccomp(2) is missing, and no flag needs it
};
PRECOMPILEDSECCOMP_LOCAL Door FindDoor(unsigned flags, bool ask_kernel);

// The error for EINVAL when a filter was to be installed by seccomp(2) with these flags. The kernel means the
// filter with it, unless FindDoor() took a filter's EINVAL for the kernel's.
inline constexpr char kNotAccepted[] = "the kernel does not accept this filter";
PRECOMPILEDSECCOMP_LOCAL Failure ExplainInvalid(unsigned flags, bool ask_kernel);

// Whether something else than the kernel says that it sets no_new_privs.
PRECOMPILEDSECCOMP_LOCAL Failure ProbeNoNewPrivs();

// Whether this process has other threads, or nobody says.
PRECOMPILEDSECCOMP_LOCAL Failure ProbeOtherThreads();

// 0 if the running kernel confirms that it has the action, EOPNOTSUPP if not, another errno value if a filter
// refuses to say.
PRECOMPILEDSECCOMP_LOCAL int QueryAction(std::uint32_t action);

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
