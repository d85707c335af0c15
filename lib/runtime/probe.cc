// SPDX-License-Identifier: Apache-2.0
#include "probe.h"

#include <errno.h>

#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>

#include "cold_start.h"
#include "return_actions.h"

#define OR_A_FILTER ", or a filter that is already installed answers in its place"

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {
namespace {

constexpr char kNoFilters[] =
    "the running kernel was built without seccomp filters (CONFIG_SECCOMP_FILTER)" OR_A_FILTER;

// The last address that there is, which is never the program's: reading from there is EFAULT. Not a null
// pointer, for a process can have something there (MMAP_PAGE_ZERO of personality(2)).
constexpr unsigned long kNowhere = ~0UL;

bool KernelKnows(unsigned flags) {
  return Seccomp(kSetModeFilter, flags, kNowhere) == -EFAULT;
}

// Which of the flags is answered with EINVAL.
const char* ExplainUnknownFlags(unsigned flags) {
  struct Probe {
    unsigned flag;
    unsigned with;  // what the flag needs beside it
    const char* message;
  };
  const Probe probes[] = {
      {kFlagTsync, 0, "the running kernel does not know tsync (Linux 3.17)" OR_A_FILTER},
      {kFlagLog, 0, "the running kernel does not know log (Linux 4.14)" OR_A_FILTER},
      {kFlagSpecAllow, 0, "the running kernel does not know spec_allow (Linux 4.17)" OR_A_FILTER},
      {kFlagNewListener, 0, "the running kernel does not know new_listener (Linux 5.0)" OR_A_FILTER},
      {kFlagTsyncEsrch, 0,
       "the running kernel does not know tsync together with new_listener (Linux 5.7)" OR_A_FILTER},
      {kFlagWaitKillableRecv, kFlagNewListener,
       "the running kernel does not know wait_killable_recv (Linux 5.19)" OR_A_FILTER},
  };
  if (!KernelKnows(0)) return kNoFilters;
  for (const Probe& probe : probes)
    if ((flags & probe.flag) != 0 && !KernelKnows(probe.flag | probe.with)) return probe.message;
  return "the running kernel does not take these options together" OR_A_FILTER;
}

// Where seccomp(2) is missing, in kernels from 3.5 to 3.16 or behind a filter that hides it.
Door FindPrctl() {
  const long answer = Prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, kNowhere);
  if (answer == -EFAULT) return {{}, true};
  if (answer >= 0)
    return {{EPERM, "a filter that is already installed answers prctl(2) in the kernel's place"}};
  if (answer == -EINVAL) return {{EINVAL, kNoFilters}};
  return {{static_cast<int>(-answer),
           "a filter that is already installed lets neither seccomp(2) nor prctl(2) through"}};
}

// What an answer means that is not the one which the kernel gives to a probe.
Door ExplainAnswer(long answer, unsigned flags, bool ask_kernel) {
  if (answer >= 0)
    return {{EPERM, "a filter that is already installed answers seccomp(2) in the kernel's place"}};
  if (answer == -ENOSYS && flags == 0) return FindPrctl();
  if (answer == -ENOSYS)
    return {{ENOSYS,
             "the options need seccomp(2), which the running kernel does not have (Linux 3.17) or a filter "
             "that is already installed hides"}};
  if (answer == -EINVAL && flags == 0) return {{EINVAL, kNoFilters}};
  // Finding out takes calls with other flags, which a filter may kill for.
  if (answer == -EINVAL && !ask_kernel)
    return {{EINVAL, "the running kernel does not know one of the options" OR_A_FILTER}};
  if (answer == -EINVAL) return {{EINVAL, ExplainUnknownFlags(flags)}};
  return {{static_cast<int>(-answer), "a filter that is already installed does not let seccomp(2) through"}};
}

}  // namespace

STARTUP_CODE Door FindDoor(unsigned flags, bool ask_kernel) {
  const bool has_new_flags = (flags & ~kFlagTsync) != 0;
  const sock_fprog no_instructions = {};
  const long answer = Seccomp(kSetModeFilter, flags, has_new_flags ? kNowhere : AddressOf(&no_instructions));
  if (answer == (has_new_flags ? -EFAULT : -EINVAL)) return {};
  return ExplainAnswer(answer, flags, ask_kernel);
}

Failure ExplainInvalid(unsigned flags, bool ask_kernel) {
  const long answer = Seccomp(kSetModeFilter, flags, kNowhere);
  if (answer == -EFAULT) return {EINVAL, kNotAccepted};
  return ExplainAnswer(answer, flags, ask_kernel).failure;
}

STARTUP_CODE Failure ProbeNoNewPrivs() {
  // A third argument that is not 0 is EINVAL. Another error is for the call that is meant to explain.
  constexpr unsigned long superfluous = 1;
  if (Prctl(PR_SET_NO_NEW_PRIVS, 1, superfluous) < 0) return {};
  return {EPERM,
          "a filter that is already installed answers prctl(2) in the kernel's place, so that no_new_privs "
          "cannot be set"};
}

Failure ProbeOtherThreads() {
  // Changes nothing where there is one thread, and is EINVAL where there are more (unshare(2)).
  const long answer = SystemCall(SYS_unshare, CLONE_THREAD, 0, 0);
  if (answer == 0) return {};
  if (answer == -EINVAL)
    return {
        EEXIST,
        "the process has other threads, or a filter that is already installed says so: install before they "
        "are created, or with tsync instead of only_thread"};
  return {answer < 0 ? static_cast<int>(-answer) : EPERM,
          "only_thread needs unshare(2), which a filter that is already installed does not let through"};
}

STARTUP_CODE int QueryAction(std::uint32_t action) {
  const long answer = Seccomp(kGetActionAvail, 0, AddressOf(&action));
  // A filter that always answers 0 is not to be believed. There will be no action with data, and to ask for
  // one takes a fifth of the time that the exception takes which an unreadable address comes to.
  constexpr std::uint32_t no_action = kRetActionMask | kRetDataMask;
  if (answer == 0 && Seccomp(kGetActionAvail, 0, AddressOf(&no_action)) != -EOPNOTSUPP) return EOPNOTSUPP;
  // EINVAL and ENOSYS: a kernel older than the question has only the actions that are as old as seccomp
  // filters. No kernel gives a positive answer.
  if (answer == -EINVAL || answer == -ENOSYS || answer == -EOPNOTSUPP || answer > 0) return EOPNOTSUPP;
  return static_cast<int>(-answer);
}

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
