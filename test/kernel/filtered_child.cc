// SPDX-License-Identifier: Apache-2.0

#include "kernel/filtered_child.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <stdexcept>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <precompiledseccomp/filter.h>
#include <precompiledseccomp/install.h>

#include "bpf/disassembler.h"
#include "bpf/interpreter.h"
#include "support/child.h"
#include "support/compare.h"

namespace precompiledseccomp::testing {
namespace {

using boost::test_tools::assertion_result;

constexpr int kLargestErrno = 4095;  // MAX_ERRNO: larger data of the errno action is capped
constexpr int kInstallFailed = 100;  // exit status; the errno is in the report

struct Progress {
  std::atomic<std::size_t> calls_begun = 0;
  int install_error = 0;
};

// Shared with the child, which so needs no system call to report.
struct Report {
  explicit Report(std::size_t calls) : shared_progress(1), outcomes(calls) {}

  [[nodiscard]] Progress& progress() const { return shared_progress[0]; }

  SharedArray<Progress> shared_progress;
  SharedArray<Outcome> outcomes;
};

volatile std::sig_atomic_t trapped = 0;
volatile int trap_data = 0;

void OnSigsys(int, siginfo_t* info, void*) {
  trapped = 1;
  trap_data = info->si_errno;
}

void PrepareChild() {
  const rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  struct sigaction action {};
  action.sa_sigaction = OnSigsys;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSYS, &action, nullptr);
}

// Without the libc: sanitizers look for leaks when _exit is called, with system calls that filters refuse.
[[noreturn]] void Exit(int status) {
  for (;;) syscall(SYS_exit_group, status);
}

// Not instrumented: ahead of a call that does not return, AddressSanitizer asks for the stack's bounds, with
// system calls that filters refuse.
[[noreturn]] __attribute__((no_sanitize("address"))) void RunChild(const Filter& filter,
                                                                   std::span<const seccomp_data> calls,
                                                                   Door door, Report& report) {
  PrepareChild();
  // Nobody answers notified calls: they fail.
  if (const InstallResult result = Install(filter, {.notify_without_listener = true}); !result.ok()) {
    report.progress().install_error = result.error();
    Exit(kInstallFailed);
  }
  while (report.progress().calls_begun < calls.size()) {
    const std::size_t i = report.progress().calls_begun++;
    trapped = 0;
    const std::int64_t result = Enter(door, calls[i]);
    report.outcomes[i] = trapped != 0 ? Outcome{Outcome::Kind::kTrapped, trap_data}
                                      : Outcome{Outcome::Kind::kReturned, result};
  }
  Exit(EXIT_SUCCESS);
}

void CheckEnd(int status, const Progress& progress) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS) return;
  if (WIFEXITED(status) && WEXITSTATUS(status) == kInstallFailed)
    throw std::runtime_error("the kernel refuses the filter: errno " +
                             std::to_string(progress.install_error));
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
    throw std::runtime_error("a child ended with status " + std::to_string(status));
}

// What the kernel is expected to make of a filter's answer; nothing that can be told for sure of a call that
// goes through.
std::optional<Outcome> ExpectedOutcome(std::uint32_t answer) {
  const auto data = static_cast<int>(answer & SECCOMP_RET_DATA);
  switch (answer & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ERRNO:
      return Outcome{Outcome::Kind::kReturned, -std::min(data, kLargestErrno)};
    case SECCOMP_RET_TRAP:
      return Outcome{Outcome::Kind::kTrapped, data};
    case SECCOMP_RET_TRACE:       // without a tracer
    case SECCOMP_RET_USER_NOTIF:  // without a listener
      return Outcome{Outcome::Kind::kReturned, -ENOSYS};
    case SECCOMP_RET_KILL_PROCESS:
    case SECCOMP_RET_KILL_THREAD:
      return Outcome{Outcome::Kind::kKilled, 0};
    default:
      return std::nullopt;
  }
}

bool Kills(std::uint32_t answer) {
  return ExpectedOutcome(answer) == Outcome{Outcome::Kind::kKilled, 0};
}

// The calls as filters see them, without most of those that kill: each needs another child, and the kernel
// logs it.
std::vector<seccomp_data> CallsToMake(const ResolvedPolicy& policy, std::span<const seccomp_data> calls,
                                      Door door) {
  constexpr int kMostKills = 2;
  int kills = 0;
  std::vector<seccomp_data> to_make;
  for (seccomp_data call : calls) {
    call.arch = ArchitectureOf(door);
    call.instruction_pointer = InstructionPointerOf(door, static_cast<std::uint32_t>(call.nr));
    if (Kills(Evaluate(policy, call)) && ++kills > kMostKills) continue;
    to_make.push_back(call);
  }
  return to_make;
}

bool IsRefusal(const Outcome& outcome) {
  return outcome.kind != Outcome::Kind::kReturned ||
         (outcome.value <= -kFirstErrnoOfFilters && outcome.value >= -kLargestErrno);
}

bool Agree(const std::optional<Outcome>& expected, const Outcome& outcome) {
  return expected ? outcome == *expected : !IsRefusal(outcome);
}

}  // namespace

std::string OutcomeText(const Outcome& outcome) {
  switch (outcome.kind) {
    case Outcome::Kind::kTrapped:
      return "trapped with " + std::to_string(outcome.value);
    case Outcome::Kind::kKilled:
      return "killed";
    default:
      return IsRefusal(outcome) ? "errno " + std::to_string(-outcome.value) + " of the filter"
                                : "returned " + std::to_string(outcome.value);
  }
}

std::vector<Outcome> MakeCalls(std::span<const sock_filter> program, std::span<const seccomp_data> calls,
                               Door door) {
  Filter filter;
  if (!filter.Assign(program)) throw std::runtime_error("the filter is too large");
  Report report(calls.size());
  while (report.progress().calls_begun < calls.size()) {
    const pid_t child = fork();
    if (child == -1) throw std::runtime_error("cannot fork");
    if (child == 0) RunChild(filter, calls, door, report);
    int status = 0;
    waitpid(child, &status, 0);
    CheckEnd(status, report.progress());
    if (WIFSIGNALED(status)) report.outcomes[report.progress().calls_begun - 1] = {Outcome::Kind::kKilled, 0};
  }
  return {report.outcomes.begin(), report.outcomes.begin() + calls.size()};
}

std::vector<std::uint32_t> CallsNeeded() {
  return {SYS_exit_group, SYS_rt_sigreturn};
}

assertion_result KernelObeys(const ResolvedPolicy& policy, std::span<const sock_filter> program,
                             std::span<const seccomp_data> calls, Door door) {
  const std::vector<seccomp_data> real_calls = CallsToMake(policy, calls, door);
  const std::vector<Outcome> outcomes = MakeCalls(program, real_calls, door);
  for (std::size_t i = 0; i < real_calls.size(); ++i) {
    const std::uint32_t by_policy = Evaluate(policy, real_calls[i]);
    const std::uint32_t by_interpreter = bpf::Run(program, real_calls[i]).result;
    if (by_policy == by_interpreter && Agree(ExpectedOutcome(by_policy), outcomes[i])) continue;
    assertion_result result(false);
    result.message() << CallText(policy.target, real_calls[i])
                     << "\nthe policy says:      " << bpf::DescribeReturn(by_policy)
                     << "\nthe interpreter says: " << bpf::DescribeReturn(by_interpreter)
                     << "\nin the kernel:        " << OutcomeText(outcomes[i]) << "\n"
                     << bpf::Disassemble(program);
    return result;
  }
  return true;
}

assertion_result KernelTakesFilters(boost::unit_test::test_unit_id) {
  const std::vector<sock_filter> allow_all = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
  seccomp_data call{};
  call.nr = SYS_getppid;
  try {
    MakeCalls(allow_all, {&call, 1});
    return true;
  } catch (const std::runtime_error& error) {
    assertion_result result(false);
    result.message() << error.what();
    return result;
  }
}

}  // namespace precompiledseccomp::testing
