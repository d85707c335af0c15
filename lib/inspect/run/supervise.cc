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

namespace precompiledseccomp::inspect {
namespace {

constexpr std::uintptr_t kOptions = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                                    PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
constexpr int kFromFilter = 1;  // si_code of SIGSYS: SYS_SECCOMP of <asm-generic/siginfo.h>

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

// `go` ends when the parent traces it; `failed` is closed by the command's start.
[[noreturn]] void BecomeCommand(const std::vector<char*>& command, const sock_fprog& program, int go,
                                int failed) {
  char none = 0;
  while (read(go, &none, 1) < 0 && errno == EINTR) {
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
    Fail(failed, Stage::kFilter);
  execvp(command.front(), command.data());
  Fail(failed, Stage::kExecute);
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

// Keys that end the command leave this process alone, which then tells of it. They are noted, so that it does
// not wait forever for what a command has left behind.
volatile std::sig_atomic_t keys_pressed = 0;

void NoteKey(int) {
  keys_pressed = 1;
}

class WithoutKeys {
 public:
  WithoutKeys() {
    struct sigaction action {};
    action.sa_handler = NoteKey;  // without SA_RESTART: a wait ends
    sigaction(SIGINT, &action, &old_interrupt_);
    sigaction(SIGQUIT, &action, &old_quit_);
  }
  ~WithoutKeys() {
    sigaction(SIGINT, &old_interrupt_, nullptr);
    sigaction(SIGQUIT, &old_quit_, nullptr);
  }
  WithoutKeys(const WithoutKeys&) = delete;
  WithoutKeys& operator=(const WithoutKeys&) = delete;

 private:
  struct sigaction old_interrupt_ {};
  struct sigaction old_quit_ {};
};

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
      : request_(request), tallies_(looked_at, true), first_(first) {
    tallies_.AddTask(IdOf(first), true);
    alive_.insert(first);
  }

  RunResult Follow() {
    for (;;) {
      int status = 0;
      const pid_t task = waitpid(-1, &status, __WALL);
      if (task < 0 && errno == EINTR) {
        if (keys_pressed != 0 && has_ended_) KillAll();
        continue;
      }
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
        OnCall(task);
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
        return OnSignal(task, signal);
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

  bool IsAtEntry(pid_t task) {
    if (!entry_ || !Tracee(task).StandsAtBreakpoint(*entry_)) return false;
    Tracee(task).SetWord(*entry_, word_);
    entry_.reset();
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

  void OnCall(pid_t task) {
    const std::optional<seccomp_data> call = Tracee(task).Call();
    if (!call) return;
    if (IsInstallation(*call)) return OnInstallation(task, *call);
    if (!result_.has_begun) return;
    const std::uint32_t answer = bpf::Run(request_.filter, *call).result;
    if (StandingOf(answer) == Standing::kAllowed) return;
    const bool is_under = request_.from != RunRequest::From::kFilter || tallies_.HasFilter(IdOf(task));
    const bool enforces = !request_.only_reports && is_under;
    TalliedCall tallied{.call = PartlyKnownCall::Whole(*call), .count = 1};
    tallied.ended = enforces && IsSignal(answer) ? 1 : 0;
    tallies_.Add(IdOf(task), tallied);
    if (enforces) Enforce(task, *call, answer);
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

  // One with a listener has a supervisor who waits for it: that is really installed.
  void OnInstallation(pid_t task, const seccomp_data& call) {
    const std::uint64_t flags = call.nr == SYS_seccomp ? call.args[1] : 0;
    tallies_.Install(IdOf(task), (flags & SECCOMP_FILTER_FLAG_TSYNC) != 0);
    result_.has_installed = true;
    result_.has_begun = true;
    entry_.reset();
    if (request_.only_reports && (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) == 0) Tracee(task).Skip(0);
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
  std::optional<std::uintptr_t> entry_;  // where a breakpoint is
  long word_ = 0;                        // that was there
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
  for (std::string& word : words) command.push_back(word.data());
  command.push_back(nullptr);
  std::vector<sock_filter> filter = StoppingFilter(request.filter);
  const sock_fprog program = {static_cast<unsigned short>(filter.size()), filter.data()};
  Pipe go;
  Pipe failed;
  const WithoutKeys without_keys;
  const pid_t child = fork();
  if (child < 0) throw Error(Problem("cannot start a process", errno));
  if (child == 0) {
    go.Close(1);
    BecomeCommand(command, program, go.ends[0], failed.ends[1]);
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
