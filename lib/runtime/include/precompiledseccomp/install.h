// SPDX-License-Identifier: Apache-2.0
//
// Installs a filter into the running kernel, for the calling thread and all it will create.
//
//   auto result = pcs::Install(myapp::Worker{.fd1 = in, .fd2 = out}.Render(), {.tsync = true});
//   if (!result.ok()) Fail(result.message());
//
// Not for threads that are already there: they run on without it, unless tsync gives it to them. only_thread
// refuses when there are any. What one thread may not do, another does for it.
//
// Never allocates, never throws, leaves errno as it was, and makes no other system calls than seccomp(2),
// prctl(2) and, for only_thread, unshare(2). Async-signal-safe: usable in a child between fork and exec, and
// also between vfork and exec, where it changes the child only (it writes nothing but its own stack and
// mode_buffer; nor does the dynamic linker, in shared libraries either). It takes half a KiB of stack; in the
// modes other than kEnforce 4 KiB, of which no function has more than a page, so that a guard page is enough
// for whatever stack it is called on.
//
// A filter cannot be removed. When several are installed all of them run, and the strictest answer counts; on
// a tie, the newest filter's.
//
// Under another filter. One that is there first must allow the calls that Install() makes, or the process may
// be killed in it. InstallCalls() of policy.h is a rule set that allows them all:
//
//   seccomp(SECCOMP_SET_MODE_FILTER, flags, any)       a probe, and the installation
//   prctl(PR_SET_NO_NEW_PRIVS, 1, any, 0, 0)           with no_new_privs: a probe, and the real one
//   seccomp(SECCOMP_GET_ACTION_AVAIL, 0, any)          if the filter says kill-process, log or user-notify
//   seccomp(SECCOMP_SET_MODE_FILTER, others, any)      if the flags are refused: each of them, and none
//   prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, any)    if seccomp(2) is answered with ENOSYS
//   unshare(CLONE_THREAD)                              with only_thread
//
// ask_kernel = false leaves the least of these. The probes are calls that the kernel can only refuse: so a
// filter that answers in its place, with 0 for example, is found out before anything is changed. A kernel
// without seccomp filters, or a filter that answers with EINVAL, is found out by the installation itself
// where no option but tsync needs a flag: no_new_privs is set then. A filter that answers the probes as the
// kernel does, and the rest in another way, is not found out. It is in charge.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <sys/types.h>

#include <precompiledseccomp/filter_view.h>
#include <precompiledseccomp/interface.h>
#include <precompiledseccomp/render_result.h>

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

// Variants of one filter, chosen at installation. The refusals are kill-process, kill-thread, trap and errno;
// allow, log, trace and user-notify stay what they are.
enum class Mode : std::uint8_t {
  kEnforce,  // as compiled

  // Refused calls go through and are logged, as type 1326 in the audit log or the kernel's log: for finding
  // out what a policy lacks. Protects nothing. Needs Linux 4.14. Actions are logged only if they are listed
  // in /proc/sys/kernel/seccomp/actions_logged.
  //
  // Without an audit daemon, the kernel's log drops most of it: it takes 10 lines in 5 seconds
  // (/proc/sys/kernel/printk_ratelimit and printk_ratelimit_burst). Nothing is lost by auditd, by kTrap with
  // a handler that writes down si_syscall, by strace -f, or by a policy of which the default is
  // Action::UserNotify(), with a supervisor that lets calls go on.
  kLog,

  // Refused calls raise SIGSYS in the calling thread, with si_syscall and si_arch saying which call it was
  // and si_errno the error number of the refusal (0 if it has none). Where nothing handles the signal it
  // kills the process. The call is not made. violation_reporter.h has a handler that writes a line.
  //
  // It also kills the process where the thread blocks SIGSYS, handler or not: the kernel then sets the
  // handler back to the default. glibc blocks all signals for a while in pthread_create, posix_spawn, system
  // and abort, and their clone3, for example, is called then.
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

  // Give the filter to all threads of the process, or to none. Linux 3.17. Without this, threads that are
  // already there run on unfiltered, and Install() is a success.
  bool tsync = false;

  // Refuse, before anything is changed, if the process has other threads: for who means to be the only one. A
  // child of vfork is a process of its own, with one thread; but before Linux 4.3 it is refused, as its
  // memory is its parent's. Asks by unshare(CLONE_THREAD), which changes nothing. A filter that is already
  // installed and does not let this through makes it an error; one that answers with 0 is believed.
  bool only_thread = false;

  // Log every action but allow that actions_logged lists. Linux 4.14.
  bool log = false;

  // Leave the mitigation of speculative store bypass as it is. Without this, kernels before 5.16 (and later
  // ones by configuration) switch it on for good, which makes some programs 1.3 to 1.9 times slower.
  // Linux 4.17.
  bool spec_allow = false;

  // Open a descriptor that receives the calls for which the filter says user-notify. Linux 5.0; together with
  // tsync, Linux 5.7. Of all filters of a thread, one may have a listener.
  bool new_listener = false;

  // Install a filter that says user-notify although it has no listener: such a call then fails with ENOSYS.
  // Without this it is an error, for that is what a forgotten new_listener comes to. Another filter's
  // listener is no help. The kernel notifies the listener of the filter whose answer counts, the newest of
  // those that say user-notify, or nobody; and no listener can be added to a filter later.
  bool notify_without_listener = false;

  // While a supervisor works on a notified call, only fatal signals interrupt the caller. Only with
  // new_listener. Linux 5.19.
  bool wait_killable_recv = false;

  // Ask the kernel which actions it has, and make sure that it is the kernel which sets no_new_privs: one to
  // seven calls of 0.1 to 0.2 microseconds, of which most filters need three. Without this, log and
  // user-notify are not checked (a kernel that lacks them kills the thread where they are answered),
  // kill-process is reported as unconfirmed, and of flags that the kernel refuses none is named. For who
  // knows the kernel, and is under a filter that allows just
  //
  //   seccomp(SECCOMP_SET_MODE_FILTER, flags, any)
  //   prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)             with no_new_privs
  bool ask_kernel = true;

  Mode mode = Mode::kEnforce;
  KillProcessUnconfirmed kill_process_unconfirmed = KillProcessUnconfirmed::kInstall;

  // Room for the changed copy of the instructions that the modes other than kEnforce need. If it is given it
  // is used, must have room for all of them (Filter::kCapacity is enough for any), and holds the copy
  // afterwards, of no further use. It may begin where the instructions themselves do, which are then changed
  // in place, for good; any other overlap is an error. Without it, as many as kStackCopyLimit instructions
  // are copied to the stack, and a larger filter is an error.
  //
  //   static sock_filter room[pcs::Filter::kCapacity];
  //   pcs::Install(filter, {.mode = pcs::Mode::kTrap, .mode_buffer = room});
  InstructionBuffer mode_buffer = {};

  // With 3200 bytes, the function that has the copy stays below a page: it cannot step over the guard page of
  // a small stack. And it fits on an alternate signal stack of SIGSTKSZ (8 KiB), beside what the kernel puts
  // there. Filters of a container profile have less than 100 instructions, the largest sandboxes 250.
  PRECOMPILEDSECCOMP_LOCAL static constexpr std::size_t kStackCopyLimit = 400;
};

// What came of an installation.
class [[nodiscard]] InstallResult {
 public:
  // Whether the filter is installed.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] bool ok() const noexcept { return error_ == 0; }
  PRECOMPILEDSECCOMP_LOCAL explicit operator bool() const noexcept { return ok(); }

  // An errno value, or 0. Those of seccomp(2), where ESRCH means that a thread could not be synchronised, and
  // found before anything is changed:
  //   EINVAL      the rendering failed; a program has variables, and was not rendered, or needs something
  //               that this library does not know; the filter is empty or has more than 4096 instructions; it
  //               says user-notify and has no listener; options that contradict each other; a mode other than
  //               kEnforce for a filter with computed answers that this library's compiler does not make, or
  //               without the mode_buffer that it needs; options that the running kernel does not know
  //   EEXIST      the process has other threads, and only_thread is asked for
  //   ENOSYS      the running kernel does not have seccomp(2), which the options need, or a filter hides it
  //   EOPNOTSUPP  the filter uses log or user-notify, and the running kernel does not confirm that it has
  //               them; or it asks for kill-process, is to be refused if that is unconfirmed, and it is
  //   EPERM       a filter that is already installed answers with 0 in the kernel's place
  //   others      a filter that is already installed answers so
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] int error() const noexcept { return error_; }

  // One line that says what went wrong and, where there is one, the way out; "" on success. Valid as long as
  // this object.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const char* message() const noexcept {
    return rendering_.ok() ? message_ : rendering_.message();
  }

  // What went wrong with the rendering that was to be installed, if that is the reason.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const RenderResult& rendering() const noexcept { return rendering_; }

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
  friend InstallResult Install(FilterView filter, const InstallOptions& options) noexcept;

  PRECOMPILEDSECCOMP_LOCAL InstallResult() = default;

  int error_ = 0;
  const char* message_ = "";
  RenderResult rendering_;
  pid_t unsynchronised_thread_ = 0;
  int listener_ = -1;
  bool kill_process_unconfirmed_ = false;
};

// Installs what it is given (filter_view.h): a rendering, a Filter, a program without variables, or any
// instructions. See the top of this file, InstallOptions and InstallResult. What the definition of a program
// says that installing it needs (InstallNeeds in define.h) is as if the caller's options said so; with
// new_listener among it, mind InstallResult::listener().
//
// Of instructions that this library's compiler did not make, what they compute (`ret a`) is not known to be
// an action: nobody asks whether the kernel has it, or for a listener. Where seccomp(2) itself is missing
// (before Linux 3.17) and no flag is asked for, prctl(2) installs the filter.
PRECOMPILEDSECCOMP_LOCAL InstallResult Install(FilterView filter,
                                               const InstallOptions& options = {}) noexcept;

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
