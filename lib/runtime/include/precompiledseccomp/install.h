// SPDX-License-Identifier: Apache-2.0
//
// Installs a filter into the running kernel, for the calling thread and all it will create.
//
//   auto result = pcs::Install(filter, {.tsync = true});
//   if (!result) Fail(result.message());
//
// Never allocates, never throws, leaves errno as it was, and makes no other system calls than seccomp(2) and
// prctl(2). Async-signal-safe: usable in a child between fork and exec, and also between vfork and exec,
// where it changes the child only (it writes nothing but its own stack, of which the modes other than
// kEnforce need about 33 KiB; nor does the dynamic linker, in shared libraries either).
//
// A filter cannot be removed. When several are installed all of them run, and the strictest answer counts.
#pragma once

#include <cstdint>

#include <sys/types.h>

#include <precompiledseccomp/filter.h>
#include <precompiledseccomp/interface.h>

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

// Variants of one filter, chosen at installation. The refusals are kill-process, kill-thread, trap and errno;
// allow, log, trace and user-notify stay what they are.
enum class Mode : std::uint8_t {
  kEnforce,  // as compiled

  // Refused calls go through and are logged, as type 1326 in the audit log or the kernel's log: for finding
  // out what a policy lacks. Protects nothing. Needs Linux 4.14. Actions are logged only if they are listed
  // in /proc/sys/kernel/seccomp/actions_logged.
  kLog,

  // Refused calls raise SIGSYS in the calling thread, with si_syscall and si_arch saying which call it was
  // and si_errno the error number of the refusal (0 if it has none). Where nothing handles the signal it
  // kills the process. The call is not made.
  kTrap,
};

// What to do with a filter that asks for kill-process where the running kernel does not confirm that it has
// this action: a kernel before 4.14 has not and cannot be asked, and a filter that is already installed may
// answer in the kernel's place. The instructions are the same in any case. A kernel before 4.14 takes
// kill-process for kill-thread: the calling thread dies by SIGSYS as it would have, but the other threads of
// its process live on.
enum class KillProcessUnconfirmed : std::uint8_t {
  kInstall,  // as compiled, and say so in the result
  kFail,     // refuse, before anything is changed
};

struct PRECOMPILEDSECCOMP_LOCAL_CONSTRUCTOR InstallOptions {
  // Set no_new_privs first: execve(2) then gives no rights, so that the filter cannot be used to confuse a
  // set-user-ID program. Without it the caller needs CAP_SYS_ADMIN in its user namespace. Linux 3.5. Stays
  // set even if the kernel then refuses the filter.
  bool no_new_privs = true;

  // Give the filter to all threads of the process, or to none. Linux 3.17.
  bool tsync = false;

  // Log every action but allow that actions_logged lists. Linux 4.14.
  bool log = false;

  // Leave the mitigation of speculative store bypass as it is. Without this, kernels before 5.16 (and later
  // ones by configuration) switch it on for good, which makes some programs 1.3 to 1.9 times slower.
  // Linux 4.17.
  bool spec_allow = false;

  // Open a descriptor that receives the calls for which the filter says user-notify. One for each thread's
  // filters. Linux 5.0; together with tsync, Linux 5.7.
  bool new_listener = false;

  // While a supervisor works on a notified call, only fatal signals interrupt the caller. Only with
  // new_listener. Linux 5.19.
  bool wait_killable_recv = false;

  Mode mode = Mode::kEnforce;
  KillProcessUnconfirmed kill_process_unconfirmed = KillProcessUnconfirmed::kInstall;
};

// True when the filter is installed.
class [[nodiscard]] InstallResult {
 public:
  PRECOMPILEDSECCOMP_LOCAL explicit operator bool() const noexcept { return error_ == 0; }

  // An errno value, or 0. Those of seccomp(2), where ESRCH means that a thread could not be synchronised, and
  // found before anything is changed:
  //   EINVAL      the filter is empty, wait_killable_recv without new_listener, or a mode other than kEnforce
  //               for a filter with computed answers that this library's compiler does not make
  //   EOPNOTSUPP  the filter uses log or user-notify, which the running kernel does not have; or it asks for
  //               kill-process, is to be refused if that is unconfirmed, and it is
  //   others      a filter that is already installed answers so when the kernel is asked for an action
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] int error() const noexcept { return error_; }

  // One line that says what went wrong and, where there is one, the way out; "" on success. A literal: always
  // valid.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const char* message() const noexcept { return message_; }

  // The thread that has filters of its own and so could not be synchronised, or 0. Not known (0) together
  // with new_listener.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] pid_t unsynchronised_thread() const noexcept {
    return unsynchronised_thread_;
  }

  // The descriptor asked for with new_listener, or -1. Close-on-exec. The caller owns it.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] int listener() const noexcept { return listener_; }

  // Whether the filter is installed, as it was compiled, and asks for kill-process, but the kernel, or a
  // filter in front of it, did not confirm that it has this action: where it has not, the calling thread dies
  // instead of its process. See KillProcessUnconfirmed.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] bool kill_process_unconfirmed() const noexcept {
    return kill_process_unconfirmed_;
  }

 private:
  friend InstallResult Install(const Filter& filter, const InstallOptions& options) noexcept;

  PRECOMPILEDSECCOMP_LOCAL InstallResult() = default;

  int error_ = 0;
  const char* message_ = "";
  pid_t unsynchronised_thread_ = 0;
  int listener_ = -1;
  bool kill_process_unconfirmed_ = false;
};

// Installs the filter. See the top of this file, InstallOptions and InstallResult.
//
// Where seccomp(2) itself is missing (before Linux 3.17) and no flag is asked for, prctl(2) installs the
// filter.
PRECOMPILEDSECCOMP_LOCAL InstallResult Install(const Filter& filter,
                                               const InstallOptions& options = {}) noexcept;

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
