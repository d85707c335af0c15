// SPDX-License-Identifier: Apache-2.0
//
// Tells which call a filter refused: one line, written in a handler of SIGSYS, and then the end that was
// chosen.
//
//   auto reporter = pcs::InstallViolationReporter({.descriptor = 2, .program = "worker"});
//   if (!reporter.ok()) Fail(reporter.message());
//   auto result = pcs::Install(filter, {.mode = pcs::Mode::kTrap});
//
//   seccomp: refused openat(0xffffff9c, 0x7ffd0000, 0x2, 0x0, 0x0, 0x0) at 0x401136 in program "worker"
//
// All six arguments as they were passed, whether the call has so many or not, and the address behind the
// instruction that made it. A call that this library has no name for is `#470(...) of architecture
// 0xc000003e`, and so is one that was made for another architecture (int 0x80, x32). `precompiledseccomp
// explain --trace` reads these lines, and says of each call which rule refused it.
//
// Nothing is reported unless the filter traps: where its policy says Trap(), or all refusals when it is
// installed with Mode::kTrap (install.h).
//
// What the filter must allow for the reporter, with the system calls that are made in the handler:
//
//   write(descriptor, any, count)    a line; count is at most 512
//   rt_sigreturn()                   for kAbort and kContinue
//   exit_group(status)               for kExit
//
// Policy::ReportsViolations() of policy.h has this proved when the filter is compiled. In the handler SIGSYS
// is blocked, and the kernel kills the process for a trapped call whose signal is blocked. So a handler whose
// own call is refused ends the process by SIGSYS, without a line, and never calls itself; but a write that is
// answered with an error is only a line that is missing.
//
// When there is no line. A thread that blocks SIGSYS while its call is trapped is killed at once, with its
// process, handler or not. glibc blocks all signals in pthread_create (std::thread), posix_spawn, system and
// abort, and calls clone3, rt_sigprocmask, mmap, tgkill and others meanwhile. What to do about it: allow
// these calls. Or let clone3 fail, policy.Errno(ENOSYS, "clone3"), so that glibc falls back on clone; but
// only where the policy's own Trap() raises the signal, for Mode::kTrap turns that error into a trap, too. To
// find out which call it was: `precompiledseccomp try`, strace -f, or the option `log` of Install() and the
// kernel's log.
//
// The handler is async-signal-safe, allocates nothing, makes no call but these, leaves errno alone, and takes
// 1 KiB of stack beside what the kernel puts there (of the alternate one, in a thread that has it). Threads
// may report at once: a line is one write. To a pipe of which there is no reader, that raises SIGPIPE, and
// where the pipe or terminal takes no more it waits.
//
// A child of fork reports as its parent does; execve takes the handler away, and with it all of this. A
// process has one handler of SIGSYS. Whoever installs another one later takes this one's place; so does the
// reporter of another copy of this library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <precompiledseccomp/interface.h>

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

// What follows the line.
enum class ViolationEnd : std::uint8_t {
  // The process is killed by SIGSYS, as if there were no handler, with a core dump if these are on. The
  // handler returns to the refused call with SIGSYS blocked. The call is made once more and refused once
  // more, by the same filter; then the kernel kills, and the dump shows the call where it stands.
  kAbort,
  // exit_group(exit_status), without atexit handlers and destructors.
  kExit,
  // The call returns an error, and its thread goes on: the error number of the refusal if it has one (Errno()
  // in a filter that is installed with Mode::kTrap, and the data of Trap()), else `error`.
  kContinue,
};

struct PRECOMPILEDSECCOMP_LOCAL_CONSTRUCTOR ViolationReporterOptions {
  // Where lines go. Stays the caller's, who leaves it open: a line to a descriptor that is closed is lost.
  int descriptor = 2;

  ViolationEnd end = ViolationEnd::kAbort;

  // Shown in the line if it is not empty: the program's name in the policy, for example. Copied, up to
  // kLongestProgramName characters of it; what is no printable ASCII character, and a quote, becomes '?'.
  std::string_view program = {};

  int exit_status = 159;  // of kExit: what shells say of a process that SIGSYS killed, 128 + 31
  int error = 38;         // of kContinue: 1 to 4095; 38 is ENOSYS

  PRECOMPILEDSECCOMP_LOCAL static constexpr std::size_t kLongestProgramName = 64;
};

// What came of it.
class [[nodiscard]] ViolationReporterResult {
 public:
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] bool ok() const noexcept { return error_ == 0; }
  PRECOMPILEDSECCOMP_LOCAL explicit operator bool() const noexcept { return ok(); }

  // An errno value, or 0; after an error, everything is as it was before:
  //   EBADF   the descriptor is negative
  //   EINVAL  `error` is no error number
  //   ENOSYS  this machine is neither x86_64 nor aarch64 (as 64-bit programs)
  //   others  sigaction(2) failed: a filter that is already installed refuses rt_sigaction
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] int error() const noexcept { return error_; }

  // One line that says what went wrong and the way out; "" on success. A literal.
  PRECOMPILEDSECCOMP_LOCAL [[nodiscard]] const char* message() const noexcept { return message_; }

 private:
  friend ViolationReporterResult InstallViolationReporter(const ViolationReporterOptions& options) noexcept;

  PRECOMPILEDSECCOMP_LOCAL ViolationReporterResult() = default;
  PRECOMPILEDSECCOMP_LOCAL ViolationReporterResult(int error, const char* message) noexcept
      : error_(error), message_(message) {}

  int error_ = 0;
  const char* message_ = "";
};

// Handles SIGSYS of the process from now on: to be called before the filter is installed. Of a filter that is
// there already it needs rt_sigaction. A SIGSYS that no filter raised (kill(2), syscall user dispatch) goes
// where it went before: to the handler that was there, or to the default, which kills.
//
// May be called again, for another descriptor or another program, but not by two threads at once; what is
// reported meanwhile is reported in the one way or the other. Async-signal-safe, leaves errno alone.
PRECOMPILEDSECCOMP_LOCAL ViolationReporterResult
InstallViolationReporter(const ViolationReporterOptions& options = {}) noexcept;

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
