// SPDX-License-Identifier: Apache-2.0

#include "inspect/run/supervise.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/target.h>

#include "bpf/interpreter.h"
#include "inspect/run/stopping_filter.h"
#include "inspect/run/tracee.h"
#include "inspect/standing.h"
#include "inspect/trace/task_tallies.h"

namespace precompiledseccomp::inspect {
namespace {

constexpr std::uintptr_t kOptions = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE |
                                    PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC |
                                    PTRACE_O_EXITKILL;
constexpr int kSystemCallStop = SIGTRAP | 0x80;  // of PTRACE_O_TRACESYSGOOD
constexpr int kFromFilter = 1;                   // si_code of SIGSYS: SYS_SECCOMP of <asm-generic/siginfo.h>

std::string Problem(const std::string& what, int error) {
  return what + ": " + std::generic_category().message(error);
}

// ---- The child, before it is the command.

enum class Stage : int { kFilter, kExecute };

struct Failure {
  Stage stage;
  int error;
};

[[noreturn]] void Fail(int pipe_end, Stage stage) {
  const Failure failure = {stage, errno};
  static_cast<void>(!write(pipe_end, &failure, sizeof failure));
  _exit(127);
}

struct Pipe {
  Pipe() {
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw Error(Problem("cannot make a pipe", errno));
  }
  ~Pipe() {
    Close(0);
    Close(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void Close(std::size_t end) {
    if (ends[end] >= 0) close(ends[end]);
    ends[end] = -1;
  }
  std::array<int, 2> ends{-1, -1};
};

// Keys that end the command leave this process alone, which then tells of it, and waits no longer for what
// the command has left behind. What asks this process to end ends the command.
volatile std::sig_atomic_t keys_pressed = 0;
volatile std::sig_atomic_t asked_to_end = 0;

void NoteKey(int) {
  keys_pressed = 1;
}
void NoteEnd(int) {
  asked_to_end = 1;
}

class Signals {
 public:
  Signals() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      struct sigaction action {};  // without SA_RESTART: a wait ends
      action.sa_handler = kSignals[i] == SIGINT || kSignals[i] == SIGQUIT ? NoteKey : NoteEnd;
      sigaction(kSignals[i], nullptr, &old_[i]);
      if (old_[i].sa_handler != SIG_IGN) sigaction(kSignals[i], &action, nullptr);
    }
  }
  ~Signals() { Restore(); }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  void Restore() const {
    for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &old_[i], nullptr);
  }

 private:
  static constexpr std::array<int, 4> kSignals = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};
  std::array<struct sigaction, kSignals.size()> old_{};
};

[[noreturn]] void BecomeCommand(const std::vector<char*>& command, const sock_fprog& program, int go,
                                int failed, const Signals& signals) {
  signals.Restore();
  char none = 0;
  while (read(go, &none, 1) < 0 && errno == EINTR) {
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
    Fail(failed, Stage::kFilter);
  execvp(command.front(), command.data());
  Fail(failed, Stage::kExecute);
}

// ---- The tracer.

bool IsInstallation(const seccomp_data& call) {
  if (call.arch != NativeTarget().audit_arch) return false;
  if (call.nr == SYS_seccomp) return static_cast<std::uint32_t>(call.args[0]) == SECCOMP_SET_MODE_FILTER;
  return call.nr == SYS_prctl && static_cast<std::uint32_t>(call.args[0]) == PR_SET_SECCOMP &&
         call.args[1] == SECCOMP_MODE_FILTER;
}

bool IsGroupStop(int signal) {
  return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

std::uint32_t IdOf(pid_t task) {
  return static_cast<std::uint32_t>(task);
}

class Supervisor {
 public:
  Supervisor(const RunRequest& request, const LookedAt& looked_at, pid_t first)
      : request_(request), tallies_(looked_at, request.from == RunRequest::From::kFilter), first_(first) {
    tallies_.AddTask(IdOf(first), true);
    alive_.insert(first);
  }

  RunResult Follow() {
    for (;;) {
      int status = 0;
      const pid_t task = waitpid(-1, &status, __WALL);
      if (asked_to_end != 0 || (keys_pressed != 0 && has_ended_)) KillAll();
      if (task < 0 && errno == EINTR) continue;
      if (task < 0) break;
      if (WIFSTOPPED(status))
        OnStop(task, WSTOPSIG(status), status >> 16);
      else
        OnEnd(task, status);
    }
    const TaskTallies::Counted counted = tallies_.Count();
    result_.calls = counted.tally.Calls();
    result_.made = counted.tally.count();
    result_.before_filter = counted.before_filter;
    result_.without_filter = counted.without_filter;
    return std::move(result_);
  }

 private:
  // Fails for a thread that was killed meanwhile: its end will be told.
  static void GoOn(pid_t task, int signal = 0) { ptrace(PTRACE_CONT, task, nullptr, signal); }

  void OnStop(pid_t task, int signal, int event) {
    tallies_.AddTask(IdOf(task));
    alive_.insert(task);
    switch (event) {
      case PTRACE_EVENT_SECCOMP:
        // Whether a filter was installed is known when the call returns.
        if (OnCall(task)) {
          ptrace(PTRACE_SYSCALL, task, nullptr, nullptr);
          return;
        }
        return GoOn(task);
      case PTRACE_EVENT_CLONE:
      case PTRACE_EVENT_FORK:
      case PTRACE_EVENT_VFORK:
        OnChild(task);
        return GoOn(task);
      case PTRACE_EVENT_EXEC:
        OnExec(task);
        return GoOn(task);
      case PTRACE_EVENT_STOP:
        if (!IsGroupStop(signal)) return GoOn(task);
        ptrace(PTRACE_LISTEN, task, nullptr, nullptr);
        return;
      default:
        if (signal != kSystemCallStop) return OnSignal(task, signal);
        OnReturn(task);
        return GoOn(task);
    }
  }

  void OnEnd(pid_t task, int status) {
    alive_.erase(task);
    if (task != first_) return;
    has_ended_ = true;
    if (result_.end == RunResult::End::kRefused) return;
    result_.end = WIFEXITED(status) ? RunResult::End::kExited : RunResult::End::kSignalled;
    result_.status = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
  }

  void KillAll() const {
    for (const pid_t task : alive_) kill(task, SIGKILL);
  }

  // ---- Where it begins.

  void OnExec(pid_t task) {
    // A thread that executes becomes its process' first one, and all others end.
    unsigned long former = 0;
    if (ptrace(PTRACE_GETEVENTMSG, task, nullptr, &former) == 0 && static_cast<pid_t>(former) != task)
      alive_.erase(static_cast<pid_t>(former));
    if (std::exchange(has_started_, true)) return;
    if (request_.from == RunRequest::From::kExec) result_.has_begun = true;
    if (request_.from != RunRequest::From::kEntry) return;
    entry_ = EntryOf(task);
    const std::optional<long> word = entry_ ? Tracee(task).Word(*entry_) : std::nullopt;
    if (!word) {
      // It cannot be stopped there: its loader's calls count, too.
      entry_.reset();
      result_.has_begun = true;
      return;
    }
    word_ = *word;
    Tracee(task).SetWord(*entry_, Tracee::WithBreakpoint(word_));
  }

  // Of processes that were made before, each has the breakpoint in its own memory.
  bool IsAtEntry(pid_t task) {
    if (!entry_ || Tracee(task).Word(*entry_) != Tracee::WithBreakpoint(word_) ||
        !Tracee(task).StandsAtBreakpoint(*entry_))
      return false;
    Tracee(task).SetWord(*entry_, word_);
    result_.has_begun = true;
    return true;
  }

  // A thread is in its parent's process, where /proc shows it.
  void OnChild(pid_t task) {
    unsigned long child = 0;
    if (ptrace(PTRACE_GETEVENTMSG, task, nullptr, &child) != 0) return;
    const std::string thread = "/proc/" + std::to_string(task) + "/task/" + std::to_string(child);
    tallies_.AddChild(IdOf(task), static_cast<std::uint32_t>(child), access(thread.c_str(), F_OK) == 0);
  }

  // ---- What it calls.

  // Whether to come back when it returns.
  bool OnCall(pid_t task) {
    const std::optional<seccomp_data> call = Tracee(task).Call();
    if (!call) return false;
    if (IsInstallation(*call) && IsOwnInstallation(task)) return BeginInstallation(task, *call);
    if (!result_.has_begun) return IsInstallation(*call) && BeginInstallation(task, *call);
    const std::uint32_t answer = bpf::Run(request_.filter, *call).result;
    const bool is_allowed = StandingOf(answer) == Standing::kAllowed;
    const bool is_under = request_.from != RunRequest::From::kFilter || tallies_.HasFilter(IdOf(task));
    const bool enforces = !request_.only_reports && is_under;
    if (!is_allowed) {
      TalliedCall tallied{.call = PartlyKnownCall::Whole(*call), .count = 1, .are_flags_known = false};
      tallied.ended = enforces && IsSignal(answer) ? 1 : 0;
      tallies_.Add(IdOf(task), tallied);
      if (enforces) Enforce(task, *call, answer);
      if (enforces) return false;
    }
    return IsInstallation(*call) && BeginInstallation(task, *call);
  }

  // Where the program itself installs what is being tried, that is no call under it: the first one, by which
  // it gets its filter; in a report, of the command itself.
  [[nodiscard]] bool IsOwnInstallation(pid_t task) const {
    if (request_.from == RunRequest::From::kFilter) return !tallies_.HasFilter(IdOf(task));
    return request_.only_reports && !result_.has_installed && tallies_.ProcessOf(IdOf(task)) == IdOf(first_);
  }

  static bool IsSignal(std::uint32_t answer) {
    switch (answer & SECCOMP_RET_ACTION_FULL) {
      case SECCOMP_RET_ERRNO:
      case SECCOMP_RET_TRACE:
      case SECCOMP_RET_USER_NOTIF:
        return false;
      default:
        return true;
    }
  }

  // In a report it is left out: the program is told that it has what it wanted, if the kernel would take it.
  // One with a listener has a supervisor who waits for it, and is really installed.
  bool BeginInstallation(pid_t task, const seccomp_data& call) {
    const std::uint64_t flags = call.nr == SYS_seccomp ? call.args[1] : 0;
    const std::uint64_t address = call.args[2];
    constexpr std::uint64_t kHarmless = SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG |
                                        SECCOMP_FILTER_FLAG_SPEC_ALLOW | SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
    const bool is_left_out = request_.only_reports && (flags & ~kHarmless) == 0 && HasFilterAt(task, address);
    if (is_left_out) {
      Tracee(task).Skip(0);
      Installed(task, flags);
      return false;
    }
    installing_[task] = flags;
    return true;
  }

  void OnReturn(pid_t task) {
    const auto installing = installing_.find(task);
    if (installing == installing_.end()) return;
    if (Tracee(task).HasSucceeded()) {
      Installed(task, installing->second);
      // What that filter answers by itself is not seen.
      result_.has_own_filter = true;
    }
    installing_.erase(installing);
  }

  void Installed(pid_t task, std::uint64_t flags) {
    result_.has_installed = true;
    if (request_.from == RunRequest::From::kFilter) {
      tallies_.Install(IdOf(task), (flags & SECCOMP_FILTER_FLAG_TSYNC) != 0);
      result_.has_begun = true;
    } else if (request_.only_reports && tallies_.ProcessOf(IdOf(task)) == IdOf(first_)) {
      tallies_.StartHere(IdOf(first_));
      result_.has_begun = true;
    }
  }

  // A sock_fprog, whose first and last instruction can be read.
  static bool HasFilterAt(pid_t task, std::uint64_t address) {
    sock_fprog program{};
    static_assert(sizeof program == 2 * sizeof(long));
    const std::optional<long> length = Tracee(task).Word(address);
    const std::optional<long> place = Tracee(task).Word(address + sizeof(long));
    if (!length || !place) return false;
    const auto count = static_cast<std::uint16_t>(*length);
    const auto first = static_cast<std::uintptr_t>(*place);
    return count >= 1 && count <= BPF_MAXINSNS && Tracee(task).Word(first) &&
           Tracee(task).Word(first + (count - 1) * sizeof(sock_filter));
  }

  // What the kernel does at such an answer (kernel/seccomp.c, __seccomp_filter).
  void Enforce(pid_t task, const seccomp_data& call, std::uint32_t answer) {
    constexpr std::uint32_t kMostErrno = 4095;
    const std::uint32_t data = answer & SECCOMP_RET_DATA;
    switch (answer & SECCOMP_RET_ACTION_FULL) {
      case SECCOMP_RET_ERRNO:
        return Tracee(task).Skip(-static_cast<std::int64_t>(std::min(data, kMostErrno)));
      case SECCOMP_RET_TRACE:
      case SECCOMP_RET_USER_NOTIF:
        return Tracee(task).Skip(-ENOSYS);  // as if nobody were there to be asked
      case SECCOMP_RET_TRAP:
        return Trap(task, call, data);
      case SECCOMP_RET_KILL_THREAD:
        if (HasOtherThreads(task)) return Tracee(task).Exit(call);
        [[fallthrough]];
      default:
        Kill(task);
    }
  }

  void Kill(pid_t task) {
    if (tallies_.ProcessOf(IdOf(task)) == IdOf(first_)) result_.end = RunResult::End::kRefused;
    kill(task, SIGKILL);
  }

  [[nodiscard]] bool HasOtherThreads(pid_t task) const {
    for (const pid_t other : alive_)
      if (other != task && tallies_.ProcessOf(IdOf(task)) == tallies_.ProcessOf(IdOf(other))) return true;
    return false;
  }

  // A signal that is blocked or ignored kills.
  void Trap(pid_t task, const seccomp_data& call, std::uint32_t data) {
    std::uint64_t blocked = 0;
    constexpr std::uint64_t kBit = std::uint64_t{1} << (SIGSYS - 1);
    if (ptrace(PTRACE_GETSIGMASK, task, sizeof blocked, &blocked) == 0 && (blocked & kBit) != 0)
      return Kill(task);
    if (IsIgnored(task, kBit)) return Kill(task);
    Tracee(task).SkipWithNumber(call);
    siginfo_t& info = trapped_[task];
    info = {};
    info.si_signo = SIGSYS;
    info.si_code = kFromFilter;
    info.si_errno = static_cast<int>(data);
    info.si_call_addr = reinterpret_cast<void*>(call.instruction_pointer);  // NOLINT: as the kernel has it
    info.si_syscall = call.nr;
    info.si_arch = call.arch;
    syscall(SYS_tkill, task, SIGSYS);
  }

  static bool IsIgnored(pid_t task, std::uint64_t bit);

  void OnSignal(pid_t task, int signal) {
    if (signal == SIGTRAP && IsAtEntry(task)) return GoOn(task);
    const auto trapped = trapped_.find(task);
    if (signal == SIGSYS && trapped != trapped_.end()) {
      ptrace(PTRACE_SETSIGINFO, task, nullptr, &trapped->second);
      trapped_.erase(trapped);
    }
    GoOn(task, signal);
  }

  const RunRequest& request_;
  TaskTallies tallies_;
  pid_t first_;
  std::set<pid_t> alive_;
  std::map<pid_t, siginfo_t> trapped_;  // that a signal is on its way to
  bool has_started_ = false;
  bool has_ended_ = false;
  std::map<pid_t, std::uint64_t> installing_;  // with these flags
  std::optional<std::uintptr_t> entry_;        // where a breakpoint is
  long word_ = 0;                              // that was there
  RunResult result_;
};

bool Supervisor::IsIgnored(pid_t task, std::uint64_t bit) {
  struct Closer {
    void operator()(std::FILE* stream) const { static_cast<void>(std::fclose(stream)); }
  };
  const std::string name = "/proc/" + std::to_string(task) + "/status";
  const std::unique_ptr<std::FILE, Closer> file(std::fopen(name.c_str(), "re"));
  std::array<char, 256> line{};
  while (file != nullptr && std::fgets(line.data(), line.size(), file.get()) != nullptr) {
    constexpr std::string_view kIgnored = "SigIgn:";
    if (std::string_view(line.data()).starts_with(kIgnored))
      return (std::strtoull(line.data() + kIgnored.size(), nullptr, 16) & bit) != 0;
  }
  return false;
}

}  // namespace

RunResult RunSupervised(const RunRequest& request, const LookedAt& looked_at) {
  if (!IsTracingKnownHere()) throw Error("commands cannot be run under a filter on this architecture");
  // Made here: between fork and exec nothing is allocated.
  std::vector<std::string> words = request.command;
  std::vector<char*> command;
  command.reserve(words.size() + 1);
  for (std::string& word : words) command.push_back(word.data());
  command.push_back(nullptr);
  std::vector<sock_filter> filter = StoppingFilter(request.filter);
  const sock_fprog program = {static_cast<unsigned short>(filter.size()), filter.data()};
  Pipe go;
  Pipe failed;
  const Signals signals;
  const pid_t child = fork();
  if (child < 0) throw Error(Problem("cannot start a process", errno));
  if (child == 0) {
    go.Close(1);
    BecomeCommand(command, program, go.ends[0], failed.ends[1], signals);
  }
  failed.Close(1);
  if (ptrace(PTRACE_SEIZE, child, nullptr, kOptions) != 0) {
    const int error = errno;
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    throw Error(Problem("this machine does not let a process be traced", error));
  }
  go.Close(1);
  RunResult result = Supervisor(request, looked_at, child).Follow();
  Failure failure{};
  if (read(failed.ends[0], &failure, sizeof failure) != sizeof failure) return result;
  if (failure.stage == Stage::kFilter) throw Error(Problem("the kernel refuses the filter", failure.error));
  throw Error(Problem("cannot run \"" + request.command.front() + "\"", failure.error));
}

}  // namespace precompiledseccomp::inspect
