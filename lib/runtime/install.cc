// SPDX-License-Identifier: Apache-2.0
//
// Everything that can be found wrong without the kernel's verdict on the filter is found before no_new_privs
// is set. The usual path makes no copy: the filter goes to the kernel as it is.
#include <precompiledseccomp/install.h>

#include <cstdint>
#include <span>

#include <errno.h>

#include <linux/prctl.h>
#include <linux/seccomp.h>

#include "cold_start.h"
#include "probe.h"
#include "return_actions.h"

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {
namespace {

using Instructions = std::span<const sock_filter>;

constexpr std::uint32_t kKnownNeeds =
    PRECOMPILEDSECCOMP_INSTALL_TSYNC | PRECOMPILEDSECCOMP_INSTALL_LOG |
    PRECOMPILEDSECCOMP_INSTALL_SPEC_ALLOW | PRECOMPILEDSECCOMP_INSTALL_NEW_LISTENER |
    PRECOMPILEDSECCOMP_INSTALL_WAIT_KILLABLE_RECV | PRECOMPILEDSECCOMP_INSTALL_CONFIRMED_KILL_PROCESS;

// The caller's options, and what the program needs.
InstallOptions WithNeeds(InstallOptions options, std::uint32_t needs) {
  const auto is_needed = [&](std::uint32_t option) { return (needs & option) != 0; };
  options.tsync |= is_needed(PRECOMPILEDSECCOMP_INSTALL_TSYNC);
  options.log |= is_needed(PRECOMPILEDSECCOMP_INSTALL_LOG);
  options.spec_allow |= is_needed(PRECOMPILEDSECCOMP_INSTALL_SPEC_ALLOW);
  options.new_listener |= is_needed(PRECOMPILEDSECCOMP_INSTALL_NEW_LISTENER);
  options.wait_killable_recv |= is_needed(PRECOMPILEDSECCOMP_INSTALL_WAIT_KILLABLE_RECV);
  if (is_needed(PRECOMPILEDSECCOMP_INSTALL_CONFIRMED_KILL_PROCESS))
    options.kill_process_unconfirmed = KillProcessUnconfirmed::kFail;
  return options;
}

STARTUP_CODE unsigned FlagsOf(const InstallOptions& options) {
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

// Whether memory for the changed copy begins elsewhere in the instructions than they do, or ends in them.
bool OverlapsInPart(const InstructionBuffer& buffer, Instructions instructions) {
  const auto to = reinterpret_cast<std::uintptr_t>(buffer.data());
  const auto from = reinterpret_cast<std::uintptr_t>(instructions.data());
  const std::uintptr_t size = instructions.size_bytes();
  return to != from && to < from + size && from < to + size;
}

static_assert(InstallOptions::kStackCopyLimit == 400, "the number stands in a message");

Failure FindMistakeOfMode(Instructions instructions, const InstructionBuffer& buffer) {
  if (!AllAnswersAreStated(instructions))
    return {EINVAL, "the filter computes its answers, so it can only be enforced"};
  if (buffer.empty() && instructions.size() > InstallOptions::kStackCopyLimit)
    return {EINVAL, "for more than 400 instructions, a mode other than kEnforce needs mode_buffer"};
  if (!buffer.empty() && buffer.size() < instructions.size())
    return {EINVAL, "mode_buffer is smaller than the filter: give it room for 4096 instructions"};
  if (!buffer.empty() && OverlapsInPart(buffer, instructions))
    return {EINVAL, "mode_buffer overlaps the filter: let it begin where the filter does, or be elsewhere"};
  return {};
}

STARTUP_CODE Failure FindMistake(Instructions instructions, NewActions answered,
                                 const InstallOptions& options) {
  if (instructions.empty()) return {EINVAL, "the filter is empty: was its rendering checked?"};
  if (instructions.size() > Filter::kCapacity)
    return {EINVAL, "the filter has more than 4096 instructions, which is what the kernel accepts"};
  if (options.wait_killable_recv && !options.new_listener)
    return {EINVAL, "wait_killable_recv needs new_listener"};
  if (options.kill_process_unconfirmed == KillProcessUnconfirmed::kFail && !options.ask_kernel)
    return {EINVAL, "KillProcessUnconfirmed::kFail needs ask_kernel: nothing else can confirm kill-process"};
  if (answered.user_notify && !options.new_listener && !options.notify_without_listener)
    return {EINVAL,
            "the filter answers user-notify and would have no listener, so that these calls fail with "
            "ENOSYS: ask for new_listener, or for this with notify_without_listener"};
  if (options.mode != Mode::kEnforce) return FindMistakeOfMode(instructions, options.mode_buffer);
  return {};
}

constexpr char kNoQuery[] = "a filter that is already installed does not let seccomp(2) query actions";

// Checks log and user-notify, as far as the filter uses them. An old kernel would take the filter, and kill
// the thread where an action unknown to it is answered.
STARTUP_CODE Failure CheckActions(NewActions answered) {
  struct Check {
    bool is_answered;
    std::uint32_t action;
    const char* message;
  };
  const Check checks[] = {
      {answered.log, kRetLog,
       "the action log is not confirmed: the kernel is older than Linux 4.14, or a filter that is already "
       "installed answers in its place"},
      {answered.user_notify, kRetUserNotify,
       "the action user-notify is not confirmed: the kernel is older than Linux 5.0, or a filter that is "
       "already installed answers in its place"},
  };
  for (const Check& check : checks) {
    if (!check.is_answered) continue;
    if (const int error = QueryAction(check.action); error != 0)
      return {error, error == EOPNOTSUPP ? check.message : kNoQuery};
  }
  return {};
}

// Why nobody confirms that the running kernel has the action kill-process; nothing if the filter does not ask
// for it. Whatever the reason, the instructions stay: a kernel that lacks the action masks the answer with
// 0x7fff0000, which makes it kill-thread, and one that has it, behind a filter that hides this, is to act on
// it.
STARTUP_CODE Failure CheckKillProcess(NewActions answered, bool ask_kernel) {
  if (!answered.kill_process) return {};
  const int error = ask_kernel ? QueryAction(kRetKillProcess) : EOPNOTSUPP;
  if (error == 0) return {};
  if (error != EOPNOTSUPP) return {error, kNoQuery};
  return {error,
          "kill-process is not confirmed: the kernel is older than Linux 4.14, or a filter that is already "
          "installed answers in its place"};
}

// What is known before anything is changed.
struct Preparation {
  Failure failure;
  Door door;
  bool kill_process_unconfirmed = false;
};

STARTUP_CODE Preparation Prepare(Instructions instructions, const InstallOptions& options) {
  Preparation known;
  const NewActions answered = FindNewActions(instructions, options.mode);
  known.failure = FindMistake(instructions, answered, options);
  if (known.failure.error == 0 && options.only_thread) known.failure = ProbeOtherThreads();
  if (known.failure.error != 0) return known;

  known.door = FindDoor(FlagsOf(options), options.ask_kernel);
  known.failure = known.door.failure;
  if (known.failure.error == 0 && options.no_new_privs && options.ask_kernel)
    known.failure = ProbeNoNewPrivs();
  if (known.failure.error == 0 && options.ask_kernel) known.failure = CheckActions(answered);
  if (known.failure.error != 0) return known;

  const Failure unconfirmed = CheckKillProcess(answered, options.ask_kernel);
  known.kill_process_unconfirmed = unconfirmed.error != 0;
  if (options.kill_process_unconfirmed == KillProcessUnconfirmed::kFail) known.failure = unconfirmed;
  return known;
}

const char* Explain(int error, const InstallOptions& options) {
  if (error == EINVAL) return kNotAccepted;
  if (error == EACCES && options.no_new_privs)
    return "no_new_privs is not set in spite of prctl(2): a filter that is already installed answers in the "
           "kernel's place";
  if (error == EACCES) return "no_new_privs is not set and the caller lacks CAP_SYS_ADMIN";
  if (error == EBUSY) return "a filter of this thread already has a listener; there can be only one";
  if (error == EFAULT) return "a filter that is already installed answers in the kernel's place";
  if (error == EMFILE || error == ENFILE) return "no descriptor is left for the listener";
  if (error == ENOMEM)
    return "the kernel is out of memory, or all filters of this thread take more than 32768 instructions";
  if (error == EPERM) return "a filter that is already installed does not let seccomp(2) or prctl(2) through";
  if (error == ESRCH) return "another thread has filters of its own and cannot be synchronised";
  return "the kernel, or a filter that is already installed, refuses the filter";
}

struct Loaded {
  Failure failure;
  pid_t unsynchronised_thread = 0;
  int listener = -1;
};

STARTUP_CODE Loaded Load(Instructions instructions, const InstallOptions& options, bool by_prctl) {
  const long no_new_privs = options.no_new_privs ? Prctl(PR_SET_NO_NEW_PRIVS, 1) : 0;
  if (no_new_privs < 0)
    return {{static_cast<int>(-no_new_privs),
             "no_new_privs cannot be set (Linux 3.5), or a filter that is already installed does not let "
             "prctl(2) through"}};

  // The kernel's structure has no const: it reads the instructions only.
  const sock_fprog program = {static_cast<unsigned short>(instructions.size()),
                              const_cast<sock_filter*>(instructions.data())};
  const long answer = by_prctl ? Prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, AddressOf(&program))
                               : Seccomp(kSetModeFilter, FlagsOf(options), AddressOf(&program));
  if (answer == -EINVAL && !by_prctl) return {ExplainInvalid(FlagsOf(options), options.ask_kernel)};
  if (answer < 0) {
    const int error = static_cast<int>(-answer);
    return {{error, Explain(error, options)}};
  }
  if (options.new_listener) return {{}, 0, static_cast<int>(answer)};
  if (answer > 0) return {{ESRCH, Explain(ESRCH, options)}, static_cast<pid_t>(answer)};
  return {};
}

Loaded LoadChanged(Instructions instructions, sock_filter* copy, const InstallOptions& options,
                   bool by_prctl) {
  CopyElements(copy, instructions.data(), instructions.size());
  ChangeActions(copy, instructions.size(), options.mode);
  return Load({copy, instructions.size()}, options, by_prctl);
}

// A function of its own, so that only the caller who needs the copy has the stack for it.
[[gnu::noinline]] Loaded LoadChangedOnStack(Instructions instructions, const InstallOptions& options,
                                            bool by_prctl) {
  sock_filter copy[InstallOptions::kStackCopyLimit];
  return LoadChanged(instructions, copy, options, by_prctl);
}

STARTUP_CODE Loaded LoadInMode(Instructions instructions, const InstallOptions& options, bool by_prctl) {
  if (options.mode == Mode::kEnforce) return Load(instructions, options, by_prctl);
  if (options.mode_buffer.empty()) return LoadChangedOnStack(instructions, options, by_prctl);
  return LoadChanged(instructions, options.mode_buffer.data(), options, by_prctl);
}

}  // namespace

STARTUP_CODE InstallResult Install(FilterView filter, const InstallOptions& callers) noexcept {
  InstallResult result;
  result.rendering_ = filter.rendering();
  const InstallOptions options = WithNeeds(callers, filter.install_options());

  Preparation known;
  if (!result.rendering_.ok()) {
    known.failure.error = EINVAL;
  } else if ((filter.install_options() & ~kKnownNeeds) != 0) {
    known.failure = {EINVAL, "the program was generated for a newer version of this library"};
  } else {
    known = Prepare(filter.instructions(), options);
  }
  const Loaded loaded = known.failure.error != 0
                            ? Loaded{known.failure}
                            : LoadInMode(filter.instructions(), options, known.door.is_prctl);
  result.error_ = loaded.failure.error;
  result.message_ = loaded.failure.message;
  result.unsynchronised_thread_ = loaded.unsynchronised_thread;
  result.listener_ = loaded.listener;
  result.kill_process_unconfirmed_ = known.kill_process_unconfirmed && result.ok();
  return result;
}

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
