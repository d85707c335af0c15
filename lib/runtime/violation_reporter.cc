// SPDX-License-Identifier: Apache-2.0
//
// The one part of this library that has state: a handler is told nothing but its signal.
#include <precompiledseccomp/violation_reporter.h>

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include "cold_start.h"
#include "system_call.h"
#include "trapped_call.h"
#include "violation_line.h"

namespace precompiledseccomp {
inline namespace PRECOMPILEDSECCOMP_INTERFACE {

#if PRECOMPILEDSECCOMP_KNOWS_REGISTERS

namespace {

static_assert(ViolationReporterOptions().error == ENOSYS);

constexpr int kRaisedByFilter = 1;  // SYS_SECCOMP, which older headers lack
constexpr int kLargestErrno = 4095;
constexpr int kKilledBySigsys = 128 + SIGSYS;  // an exit status, as shells have it

struct ViolationReporter {
  struct sigaction before;  // what was done with SIGSYS
  int descriptor;
  ViolationEnd end;
  int exit_status;
  int error;
  std::size_t program_size;
  char program[ViolationReporterOptions::kLongestProgramName];
};

// A reporter is written while no handler looks at it, as the other one counts.
struct ReporterState {
  ViolationReporter reporters[2];
  const ViolationReporter* current;
};
constinit ReporterState reporter_state = {};

const ViolationReporter* CurrentReporter() {
  return __atomic_load_n(&reporter_state.current, __ATOMIC_ACQUIRE);
}

void SetCurrentReporter(const ViolationReporter* reporter) {
  __atomic_store_n(&reporter_state.current, reporter, __ATOMIC_RELEASE);
}

// In whatever way can be had. Inline, and not declared to not return: before a call that does not,
// AddressSanitizer makes calls of its own, which a filter may refuse.
[[gnu::always_inline]] inline void ExitFromHandler(int status) {
  SystemCall(SYS_exit_group, static_cast<unsigned long>(status), 0, 0);
  __builtin_trap();  // a filter answers in the kernel's place
}

// The default for SIGSYS: as soon as the handler returns, the process dies of the signal. Of these calls the
// first that a filter traps does the same.
void DieOfSigsysOnReturn() {
  struct KernelSigaction {
    void (*handler)(int) = SIG_DFL;
    unsigned long flags = 0;
    void (*restorer)() = nullptr;
    unsigned long mask = 0;
  };
  const KernelSigaction by_default;
  if (SystemCall(SYS_rt_sigaction, SIGSYS, reinterpret_cast<unsigned long>(&by_default), 0,
                 sizeof by_default.mask) != 0)
    ExitFromHandler(kKilledBySigsys);
  const long process = SystemCall(SYS_getpid, 0, 0, 0);
  const long thread = SystemCall(SYS_gettid, 0, 0, 0);
  if (SystemCall(SYS_tgkill, static_cast<unsigned long>(process), static_cast<unsigned long>(thread),
                 SIGSYS) != 0)
    ExitFromHandler(kKilledBySigsys);
}

// A signal that is none of ours.
void HandleAsBefore(int signal, siginfo_t* info, void* context) {
  const struct sigaction& before = CurrentReporter()->before;
  if ((before.sa_flags & SA_SIGINFO) != 0)
    before.sa_sigaction(signal, info, context);
  else if (before.sa_handler == SIG_DFL)
    DieOfSigsysOnReturn();
  else if (before.sa_handler != SIG_IGN)
    before.sa_handler(signal);
}

void ReportViolation(int signal, siginfo_t* info, void* context_of_signal) {
  if (info->si_code != kRaisedByFilter) {
    HandleAsBefore(signal, info, context_of_signal);
    return;
  }
  const ViolationReporter& reporter = *CurrentReporter();
  auto& context = *static_cast<ucontext_t*>(context_of_signal);
  const TrappedCall call = ReadTrappedCall(*info, context);
  const ViolationLine line(call, {reporter.program, reporter.program_size});
  // Whether it was written is for nobody to know.
  SystemCall(SYS_write, static_cast<unsigned long>(reporter.descriptor),
             reinterpret_cast<unsigned long>(line.text().data()), line.text().size());
  switch (reporter.end) {
    case ViolationEnd::kAbort:
      MakeOnceMoreWithSigsysBlocked(call, context);
      break;
    case ViolationEnd::kExit:
      ExitFromHandler(reporter.exit_status);
      break;
    case ViolationEnd::kContinue: {
      const bool has_own = info->si_errno > 0 && info->si_errno <= kLargestErrno;
      FailWith(has_own ? info->si_errno : reporter.error, context);
      break;
    }
  }
}

STARTUP_CODE void CopyOptions(const ViolationReporterOptions& options, ViolationReporter& reporter) {
  reporter.descriptor = options.descriptor;
  reporter.end = options.end;
  reporter.exit_status = options.exit_status;
  reporter.error = options.error;
  reporter.program_size =
      options.program.size() < sizeof reporter.program ? options.program.size() : sizeof reporter.program;
  for (std::size_t i = 0; i < reporter.program_size; ++i) {
    const char character = options.program.data()[i];
    const bool is_shown = character >= ' ' && character <= '~' && character != '"';
    reporter.program[i] = is_shown ? character : '?';
  }
}

bool IsReporter(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) != 0 && action.sa_sigaction == ReportViolation;
}

// An assignment might become a call of memcpy.
STARTUP_CODE void CopySigaction(const struct sigaction& from, struct sigaction& to) {
  CopyElements(reinterpret_cast<unsigned char*>(&to), reinterpret_cast<const unsigned char*>(&from),
               sizeof to);
}

constexpr char kNoSigaction[] =
    "sigaction(2) failed: a filter that is already installed refuses rt_sigaction";

// With the mask of the handler that was there, which may be called by ours.
STARTUP_CODE bool HandleSigsys(const struct sigaction& before) {
  struct sigaction ours;
  CopySigaction(before, ours);
  ours.sa_sigaction = ReportViolation;
  ours.sa_flags = SA_SIGINFO | SA_ONSTACK | (before.sa_flags & SA_RESTART);
  return sigaction(SIGSYS, &ours, nullptr) == 0;
}

// Whether it is in charge; if not, errno says why.
STARTUP_CODE bool PutInCharge(ViolationReporter& reporter) {
  const ViolationReporter* const last = CurrentReporter();
  if (sigaction(SIGSYS, nullptr, &reporter.before) != 0) return false;
  const bool is_handled = IsReporter(reporter.before);
  if (is_handled) CopySigaction(last->before, reporter.before);
  SetCurrentReporter(&reporter);
  if (is_handled || HandleSigsys(reporter.before)) return true;
  SetCurrentReporter(last);
  return false;
}

}  // namespace

STARTUP_CODE ViolationReporterResult
InstallViolationReporter(const ViolationReporterOptions& options) noexcept {
  if (options.descriptor < 0) return {EBADF, "the descriptor is negative: did opening it fail?"};
  if (options.error < 1 || options.error > kLargestErrno)
    return {EINVAL, "the error of ViolationEnd::kContinue is no error number: it is 1 to 4095"};
  ViolationReporter* const reporters = reporter_state.reporters;
  ViolationReporter& unused = reporters[CurrentReporter() == &reporters[0] ? 1 : 0];
  CopyOptions(options, unused);
  const int saved = errno;
  const bool is_in_charge = PutInCharge(unused);
  const int error = is_in_charge ? 0 : errno;
  errno = saved;
  if (!is_in_charge) return {error, kNoSigaction};
  return {};
}

#else

STARTUP_CODE ViolationReporterResult
InstallViolationReporter(const ViolationReporterOptions& /*options*/) noexcept {
  return {ENOSYS, "calls are reported on x86_64 and aarch64 only, as 64-bit programs"};
}

#endif

}  // namespace PRECOMPILEDSECCOMP_INTERFACE
}  // namespace precompiledseccomp
