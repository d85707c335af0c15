// SPDX-License-Identifier: Apache-2.0
//
// Everything that can be found wrong without the kernel's verdict on the filter is found before no_new_privs
// is set. The usual path makes no copy: the filter goes to the kernel as it is.
#include <precompiledseccomp/install.h>

#include <span>

#include <errno.h>
#include <sys/syscall.h>

#include <linux/prctl.h>
#include <linux/seccomp.h>

#include "cold_start.h"
#include "return_actions.h"
#include "system_call.h"

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {
namespace {

// Values of <linux/seccomp.h>, some of which older headers lack.
constexpr unsigned kSetModeFilter = 1;    // seccomp(2), Linux 3.17
constexpr unsigned kGetActionAvail = 2;   // Linux 4.14
constexpr unsigned kFlagTsync = 1U << 0;  // Linux 3.17
constexpr unsigned kFlagLog = 1U << 1;
constexpr unsigned kFlagSpecAllow = 1U << 2;
constexpr unsigned kFlagNewListener = 1U << 3;
constexpr unsigned kFlagTsyncEsrch = 1U << 4;
constexpr unsigned kFlagWaitKillableRecv = 1U << 5;

struct Failure {
  int error = 0;
  const char* message = "";
};

// The answers of both are the kernel's: the negative of an errno value on failure.
long Seccomp(unsigned operation, unsigned flags, void* argument) {
  return SystemCall(SYS_seccomp, operation, flags, reinterpret_cast<unsigned long>(argument));
}

long Prctl(unsigned long option, unsigned long first, const void* second = nullptr) {
  return SystemCall(SYS_prctl, option, first, reinterpret_cast<unsigned long>(second));
}

unsigned FlagsOf(const InstallOptions& options) {
  unsigned flags = 0;
  if (options.tsync) flags |= kFlagTsync;
  if (options.log) flags |= kFlagLog;
  if (options.spec_allow) flags |= kFlagSpecAllow;
  if (options.new_listener) flags |= kFlagNewListener;
  if (options.wait_killable_recv) flags |= kFlagWaitKillableRecv;
  // A positive answer can be a thread or a descriptor, not both: the kernel wants to be told that a thread is
  // to be answered with ESRCH.
  if (options.tsync && options.new_listener) flags |= kFlagTsyncEsrch;
  return flags;
}

Failure FindMistake(const Filter& filter, const InstallOptions& options) {
  if (filter.empty()) return {EINVAL, "the filter is empty: was its rendering checked?"};
  if (options.wait_killable_recv && !options.new_listener)
    return {EINVAL, "wait_killable_recv needs new_listener"};
  if (options.mode != Mode::kEnforce && !AllAnswersAreStated(filter.instructions()))
    return {EINVAL, "the filter computes its answers, so it can only be enforced"};
  return {};
}

// 0 if the running kernel knows the action, EOPNOTSUPP if not, another errno value if it refuses to say.
int QueryAction(std::uint32_t action) {
  const long answer = Seccomp(kGetActionAvail, 0, &action);
  // EINVAL and ENOSYS: a kernel older than the question has only the actions that are as old as seccomp
  // filters. No kernel gives a positive answer.
  if (answer == -EINVAL || answer == -ENOSYS || answer == -EOPNOTSUPP || answer > 0) return EOPNOTSUPP;
  return static_cast<int>(-answer);
}

constexpr char kNoQuery[] = "a filter that is already installed does not let seccomp(2) query actions";

// Checks the actions log and user-notify, which are newer than seccomp filters, as far as the filter uses
// them. An old kernel would take the filter, and kill the thread where an action unknown to it is answered.
Failure CheckActions(const Filter& filter, Mode mode) {
  struct NewAction {
    std::uint32_t action;
    const char* message;
  };
  const NewAction must_be_available[] = {
      {kRetLog, "the running kernel does not have the action log (Linux 4.14)"},
      {kRetUserNotify, "the running kernel does not have the action user-notify (Linux 5.0)"},
  };
  for (const NewAction& entry : must_be_available) {
    if (!AnswersWith(filter.instructions(), entry.action, mode)) continue;
    if (const int error = QueryAction(entry.action); error != 0)
      return {error, error == EOPNOTSUPP ? entry.message : kNoQuery};
  }
  return {};
}

// Why nobody confirms that the running kernel has the action kill-process; nothing if the filter does not ask
// for it. Whatever the reason, the instructions stay: a kernel that lacks the action masks the answer with
// 0x7fff0000, which makes it kill-thread, and one that has it, behind a filter that hides this, is to act on
// it.
Failure CheckKillProcess(const Filter& filter, Mode mode) {
  if (!AnswersWith(filter.instructions(), kRetKillProcess, mode)) return {};
  const int error = QueryAction(kRetKillProcess);
  if (error == 0) return {};
  if (error != EOPNOTSUPP) return {error, kNoQuery};
  return {error,
          "kill-process is not confirmed: the kernel is older than Linux 4.14, or a filter that is already "
          "installed answers in its place"};
}

// The kernel answers EINVAL to a flag that it does not know, and EFAULT to known flags without a program.
bool KernelKnows(unsigned flags) {
  return Seccomp(kSetModeFilter, flags, nullptr) == -EFAULT;
}

const char* ExplainInvalid(unsigned flags) {
  struct Probe {
    unsigned flag;
    unsigned with;  // what the flag needs beside it
    const char* message;
  };
  const Probe probes[] = {
      {kFlagTsync, 0, "the running kernel does not know tsync (Linux 3.17)"},
      {kFlagLog, 0, "the running kernel does not know log (Linux 4.14)"},
      {kFlagSpecAllow, 0, "the running kernel does not know spec_allow (Linux 4.17)"},
      {kFlagNewListener, 0, "the running kernel does not know new_listener (Linux 5.0)"},
      {kFlagTsyncEsrch, 0, "the running kernel does not know tsync together with new_listener (Linux 5.7)"},
      {kFlagWaitKillableRecv, kFlagNewListener,
       "the running kernel does not know wait_killable_recv (Linux 5.19)"},
  };
  if (!KernelKnows(0)) return "the running kernel was built without seccomp filters";
  for (const Probe& probe : probes)
    if ((flags & probe.flag) != 0 && !KernelKnows(probe.flag | probe.with)) return probe.message;
  return "the kernel does not accept this filter";
}

const char* Explain(int error, unsigned flags) {
  if (error == EINVAL) return ExplainInvalid(flags);
  if (error == EACCES) return "no_new_privs is not set and the caller lacks CAP_SYS_ADMIN";
  if (error == EBUSY) return "a filter of this thread already has a listener; there can be only one";
  if (error == EMFILE || error == ENFILE) return "no descriptor is left for the listener";
  if (error == ENOMEM)
    return "the kernel is out of memory, or all filters of this thread take more than 32768 instructions";
  if (error == ENOSYS) return "the running kernel does not have seccomp(2), or a filter hides it";
  if (error == EPERM) return "a filter that is already installed does not let seccomp(2) or prctl(2) through";
  if (error == ESRCH) return "another thread has filters of its own and cannot be synchronised";
  return "the kernel refused the filter";
}

struct Loaded {
  Failure failure;
  pid_t unsynchronised_thread = 0;
  int listener = -1;
};

long LoadFilter(sock_fprog& program, unsigned flags) {
  const long answer = Seccomp(kSetModeFilter, flags, &program);
  if (answer != -ENOSYS || flags != 0) return answer;
  return Prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

STARTUP_CODE Loaded Load(std::span<const sock_filter> instructions, const InstallOptions& options) {
  const long no_new_privs = options.no_new_privs ? Prctl(PR_SET_NO_NEW_PRIVS, 1) : 0;
  if (no_new_privs < 0)
    return {{static_cast<int>(-no_new_privs),
             "no_new_privs cannot be set (Linux 3.5), or a filter does not let prctl(2) through"}};

  // The kernel's structure has no const: it reads the instructions only.
  sock_fprog program = {static_cast<unsigned short>(instructions.size()),
                        const_cast<sock_filter*>(instructions.data())};
  const unsigned flags = FlagsOf(options);
  const long answer = LoadFilter(program, flags);
  if (answer < 0) {
    const int error = static_cast<int>(-answer);
    return {{error, Explain(error, flags)}};
  }
  if (options.new_listener) return {{}, 0, static_cast<int>(answer)};
  if (answer > 0) return {{ESRCH, Explain(ESRCH, flags)}, static_cast<pid_t>(answer)};
  return {};
}

// A function of its own, so that only the caller who needs the copy has the stack for it.
[[gnu::noinline]] Loaded LoadChanged(const Filter& filter, const InstallOptions& options) {
  sock_filter copy[Filter::kCapacity];
  CopyElements(copy, filter.instructions().data(), filter.size());
  ChangeActions(copy, filter.size(), options.mode);
  return Load({copy, filter.size()}, options);
}

}  // namespace

STARTUP_CODE InstallResult Install(const Filter& filter, const InstallOptions& options) noexcept {
  Failure failure = FindMistake(filter, options);
  if (failure.error == 0) failure = CheckActions(filter, options.mode);
  Failure unconfirmed;
  if (failure.error == 0) unconfirmed = CheckKillProcess(filter, options.mode);
  if (options.kill_process_unconfirmed == KillProcessUnconfirmed::kFail && unconfirmed.error != 0)
    failure = unconfirmed;

  Loaded loaded;
  if (failure.error != 0) {
    loaded.failure = failure;
  } else if (options.mode != Mode::kEnforce) {
    loaded = LoadChanged(filter, options);
  } else {
    loaded = Load(filter.instructions(), options);
  }

  InstallResult result;
  result.error_ = loaded.failure.error;
  result.message_ = loaded.failure.message;
  result.unsynchronised_thread_ = loaded.unsynchronised_thread;
  result.listener_ = loaded.listener;
  result.kill_process_unconfirmed_ = unconfirmed.error != 0 && loaded.failure.error == 0;
  return result;
}

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
