// SPDX-License-Identifier: Apache-2.0
//
// Three at work: the calling thread forks, and keeps the time; a thread of its own follows the child, for a
// tracer waits for all it traces at once, and must not wait for other children of the process; and the child.

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <memory>
#include <mutex>
#include <new>
#include <thread>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cxxabi.h>

#include <precompiledseccomp/testing.h>

#include "testing/child.h"
#include "testing/report.h"
#include "testing/tracer.h"

namespace precompiledseccomp::testing {
namespace {

std::string WithError(const std::string& what) {
  return std::string("cannot ").append(what).append(": ").append(std::strerror(errno));
}

class SharedReport {
 public:
  SharedReport()
      : memory_(mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (IsThere()) report_ = new (memory_) Report;
  }
  ~SharedReport() {
    if (IsThere()) munmap(memory_, sizeof(Report));
  }
  SharedReport(const SharedReport&) = delete;
  SharedReport& operator=(const SharedReport&) = delete;

  [[nodiscard]] bool IsThere() const { return memory_ != MAP_FAILED; }
  [[nodiscard]] Report& operator*() const { return *report_; }
  [[nodiscard]] Report* operator->() const { return report_; }

 private:
  void* memory_;
  Report* report_ = nullptr;
};

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const { return fd_; }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

// Kills a child that somebody else may have waited for by now: its number may be another process's then, its
// descriptor not (Linux 5.3).
class KillableChild {
 public:
  explicit KillableChild(pid_t pid) : pid_(pid), pidfd_(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))) {}

  void Kill() const {
    if (pidfd_.get() < 0) {
      kill(pid_, SIGKILL);
    } else {
      syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
    }
  }

 private:
  pid_t pid_;
  Descriptor pidfd_;
};

// What the following thread has to say.
struct Followed {
  std::mutex mutex;
  std::condition_variable changed;
  bool has_ended = false;

  std::optional<int> status;  // as from waitpid; nothing if somebody else has waited for the child
  std::string why_untraced;
  std::vector<TracedCall> refused;
  std::optional<TracedCall> fatal;
  std::optional<TracedCall> last;
};

// The group is asked for while the child, dead or alive, still has its number.
std::optional<int> WaitUntraced(pid_t child) {
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) < 0)
    if (errno != EINTR) return std::nullopt;
  kill(-child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return std::nullopt;
  return status;
}

void Follow(pid_t child, int go, const TestedFilter& filter, const Report& report, Followed& followed) {
  Tracer tracer(child, filter.instructions(), report, Outcome::kMostRefused);
  const std::optional<std::string> why_not = tracer.Attach();
  // Fails if the child was killed meanwhile; its end will be told.
  (void)!write(go, why_not ? &kGoUntraced : &kGoTraced, 1);
  followed.status = why_not ? WaitUntraced(child) : tracer.Follow();
  followed.why_untraced = why_not.value_or("");
  followed.refused = tracer.refused();
  followed.fatal = tracer.fatal();
  followed.last = tracer.last();
  const std::lock_guard lock(followed.mutex);
  followed.has_ended = true;
  followed.changed.notify_all();
}

// Signals are for the threads of the program that is tested.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

std::thread StartFollowing(pid_t child, int go, const TestedFilter& filter, const Report& report,
                           Followed& followed) {
  const SignalsBlocked blocked;
  return std::thread(
      [&followed, &filter, &report, child, go] { Follow(child, go, filter, report, followed); });
}

ObservedCall Observed(const TracedCall& traced) {
  return {SystemCall(traced.call), Answer(traced.answer), traced.count};
}

std::string Demangled(const char* type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(abi::__cxa_demangle(type, nullptr, nullptr, &status),
                                                         &std::free);
  return name ? name.get() : type;
}

std::string ExceptionText(const Report& report) {
  const std::string type = Demangled(report.type);
  return report.text[0] == '\0' ? type : type + ": " + report.text;
}

void SetEndBySignal(int signal, const Followed& followed, bool was_timed_out, Outcome& outcome) {
  outcome.signal = signal;
  if (was_timed_out && outcome.signal == SIGKILL) {
    outcome.end = End::kTimedOut;
    outcome.signal = 0;
    if (followed.last) outcome.call = Observed(*followed.last);
    return;
  }
  outcome.end = End::kSignalled;
  if (outcome.signal != SIGSYS) return;
  if (followed.fatal) outcome.call = Observed(*followed.fatal);
  if (followed.fatal || !followed.why_untraced.empty()) outcome.end = End::kKilled;
}

// What the child reported counts, whatever then killed it; if it did not, how it ended.
void SetEnd(const Report& report, const Followed& followed, bool was_timed_out, Outcome& outcome) {
  switch (report.stage) {
    case Stage::kRefused:
      outcome.problem = std::string("cannot install the filter: ").append(report.text);
      return;
    case Stage::kReturned:
      outcome.end = End::kExited;
      outcome.status = report.status;
      return;
    case Stage::kThrew:
      outcome.end = End::kThrew;
      outcome.problem = ExceptionText(report);
      return;
    case Stage::kStarting:
      outcome.problem = "the child was killed before the filter was installed";
      if (was_timed_out) outcome.end = End::kTimedOut;
      return;
    case Stage::kInstalled:
      break;
  }
  if (!followed.status) {
    outcome.end = End::kUnknown;
    outcome.problem = "somebody else has waited for the child, or SIGCHLD is ignored";
  } else if (WIFEXITED(*followed.status)) {
    outcome.end = End::kExited;
    outcome.status = WEXITSTATUS(*followed.status);
  } else {
    SetEndBySignal(WTERMSIG(*followed.status), followed, was_timed_out, outcome);
  }
}

Outcome NotRun(const TestedFilter& filter, std::string problem) {
  Outcome outcome;
  outcome.filter_name = filter.name();
  outcome.problem = std::move(problem);
  return outcome;
}

}  // namespace

Outcome internal::RunUnder(const TestedFilter& filter, const std::function<int()>& callable,
                           const RunOptions& options) {
  if (!filter.ok()) return NotRun(filter, filter.message());
  const SharedReport report;
  if (!report.IsThere()) return NotRun(filter, WithError("share memory"));
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return NotRun(filter, WithError("make a pipe"));
  Descriptor wait(ends[0]);
  Descriptor go(ends[1]);
  // Or the child would write it once more.
  std::cout.flush();
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) return NotRun(filter, WithError("fork"));
  if (child == 0) {
    go.Close();
    RunChild(filter.instructions(), callable, wait.get(), *report);
  }
  wait.Close();

  const KillableChild killable(child);
  Followed followed;
  std::thread following;
  try {
    following = StartFollowing(child, go.get(), filter, *report, followed);
  } catch (const std::exception& error) {
    killable.Kill();
    WaitUntraced(child);
    return NotRun(filter, std::string("cannot follow the child: ").append(error.what()));
  }
  constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24);
  bool was_timed_out = false;
  {
    std::unique_lock lock(followed.mutex);
    was_timed_out = !followed.changed.wait_for(lock, std::min(options.time_limit, kLongest),
                                               [&] { return followed.has_ended; });
  }
  if (was_timed_out) killable.Kill();
  following.join();

  Outcome outcome;
  outcome.filter_name = filter.name();
  outcome.why_untraced = followed.why_untraced;
  for (const TracedCall& refused : followed.refused) outcome.refused.push_back(Observed(refused));
  SetEnd(*report, followed, was_timed_out, outcome);
  return outcome;
}

}  // namespace precompiledseccomp::testing
