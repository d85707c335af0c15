// SPDX-License-Identifier: Apache-2.0

#include "testing/tracer.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iterator>

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <precompiledseccomp/target.h>
#include <precompiledseccomp/testing.h>

#include "bpf/interpreter.h"
#include "target/parameters.h"

namespace precompiledseccomp::testing {
namespace {

constexpr std::uintptr_t kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                                    PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
constexpr int kSystemCallStop = SIGTRAP | 0x80;  // of PTRACE_O_TRACESYSGOOD
constexpr int kFromFilter = 1;                   // si_code of SIGSYS: SYS_SECCOMP of <asm-generic/siginfo.h>

using SystemCallInfo = __ptrace_syscall_info;

std::string LastError() {
  return std::string("ptrace: ").append(std::strerror(errno));
}

// Fails for a thread that was killed meanwhile: its end will be told.
void GoOn(pid_t tid, int signal = 0) {
  ptrace(PTRACE_SYSCALL, tid, nullptr, signal);
}

void Kill(pid_t tid) {
  syscall(SYS_tkill, tid, SIGKILL);
}

// False also where the kernel does not know the request (before Linux 5.3).
bool ReadInfo(pid_t tid, SystemCallInfo& info) {
  return ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof info, &info) > 0;
}

bool IsGroupStop(int signal) {
  return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

bool LetsThrough(std::uint32_t answer) {
  const AnswerKind kind = Answer(answer).kind();
  return kind == AnswerKind::kAllow || kind == AnswerKind::kLog;
}

bool KillsThread(std::uint32_t answer) {
  return Answer(answer).kind() == AnswerKind::kKillThread;
}

bool KillsProcess(std::uint32_t answer) {
  return Answer(answer).kind() == AnswerKind::kKillProcess;
}

// Nothing of a call that is not known, and of other architectures'.
std::optional<std::vector<Parameter>> ParametersOf(const seccomp_data& call) {
  const Target& target = NativeTarget();
  if (call.arch != target.audit_arch) return std::nullopt;
  return precompiledseccomp::ParametersOf(target, SyscallName(target, static_cast<std::uint32_t>(call.nr)));
}

// What is in the registers of arguments that the call does not have is chance.
seccomp_data WithoutChance(seccomp_data call) {
  call.instruction_pointer = 0;
  if (const auto parameters = ParametersOf(call))
    std::fill(std::begin(call.args) + parameters->size(), std::end(call.args), 0);
  return call;
}

// They are others each time.
seccomp_data WithoutAddresses(seccomp_data call) {
  if (const auto parameters = ParametersOf(call))
    for (const Parameter& parameter : *parameters)
      if (parameter.is_pointer) call.args[parameter.index] = 0;
  return call;
}

}  // namespace

std::optional<std::string> Tracer::Attach() {
  if (ptrace(PTRACE_SEIZE, child_, nullptr, kOptions) != 0) return LastError();
  ptrace(PTRACE_INTERRUPT, child_, nullptr, nullptr);
  int status = 0;
  while (waitpid(child_, &status, __WALL) < 0 && errno == EINTR) {
  }
  if (!WIFSTOPPED(status)) {
    OnEnd(child_, status);
    return std::nullopt;
  }
  SystemCallInfo info{};
  if (!ReadInfo(child_, info)) {
    const std::string problem = LastError() + " (calls are followed from Linux 5.3 on)";
    ptrace(PTRACE_DETACH, child_, nullptr, nullptr);
    return problem;
  }
  GoOn(child_);
  return std::nullopt;
}

std::optional<int> Tracer::Follow() {
  for (;;) {
    int status = 0;
    const pid_t tid = waitpid(-1, &status, __WALL | __WNOTHREAD);
    if (tid < 0 && errno == EINTR) continue;
    if (tid < 0) return status_;  // nobody is left
    if (WIFSTOPPED(status)) {
      OnStop(tid, status);
    } else {
      OnEnd(tid, status);
    }
  }
}

void Tracer::OnStop(pid_t tid, int status) {
  if (status_) return Kill(tid);
  const int signal = WSTOPSIG(status);
  const int event = status >> 16;
  ThreadOf(tid);
  if (signal == kSystemCallStop) return OnSystemCall(tid);
  if (event == 0) return OnSignal(tid, signal);
  // Stopped by a signal such as SIGSTOP, it stays so until SIGCONT. All other events are of new threads.
  if (event == PTRACE_EVENT_STOP && IsGroupStop(signal)) {
    ptrace(PTRACE_LISTEN, tid, nullptr, nullptr);
  } else {
    GoOn(tid);
  }
}

void Tracer::OnSystemCall(pid_t tid) {
  SystemCallInfo info{};
  if (!ReadInfo(tid, info)) return GoOn(tid);
  if (info.op != PTRACE_SYSCALL_INFO_ENTRY) {
    ThreadOf(tid).inside.reset();
    return GoOn(tid);
  }
  if (tid == child_ && report_.HasEnded()) return Kill(tid);
  if (report_.stage != Stage::kStarting) {
    seccomp_data call{};
    call.nr = static_cast<int>(info.entry.nr);
    call.arch = info.arch;
    call.instruction_pointer = info.instruction_pointer;
    std::copy(std::begin(info.entry.args), std::end(info.entry.args), call.args);
    OnEntry(tid, call);
  }
  GoOn(tid);
}

void Tracer::OnEntry(pid_t tid, const seccomp_data& call) {
  Thread& thread = ThreadOf(tid);
  thread.inside = {WithoutChance(call), bpf::Run(filter_, call).result};
  if (LetsThrough(thread.inside->answer)) return;
  NoteRefusal(*thread.inside);
  if (Answer(thread.inside->answer).kind() == AnswerKind::kTrap) thread.trapped = thread.inside;
  const bool kills = KillsProcess(thread.inside->answer) || KillsThread(thread.inside->answer);
  if (kills && thread.is_of_child) NoteFatal(*thread.inside);
}

void Tracer::OnSignal(pid_t tid, int signal) {
  if (signal == SIGSYS) {
    siginfo_t info{};
    const Thread& thread = ThreadOf(tid);
    if (ptrace(PTRACE_GETSIGINFO, tid, nullptr, &info) == 0 && info.si_code == kFromFilter &&
        thread.is_of_child && thread.trapped)
      NoteFatal(*thread.trapped);
  }
  GoOn(tid, signal);
}

void Tracer::OnEnd(pid_t tid, int status) {
  if (tid != child_) {
    threads_.erase(tid);
    return;
  }
  last_ = ThreadOf(tid).inside;
  threads_.erase(tid);
  status_ = status;
  for (const auto& [left, thread] : threads_) Kill(left);
}

// Signal 0 is not sent; the kernel says whether it could be: to a thread of that process.
Tracer::Thread& Tracer::ThreadOf(pid_t tid) {
  const auto [found, is_new] = threads_.try_emplace(tid);
  if (is_new) found->second.is_of_child = tid == child_ || syscall(SYS_tgkill, child_, tid, 0) == 0;
  return found->second;
}

void Tracer::NoteRefusal(const TracedCall& refused) {
  const auto key = std::pair(WordsOf(WithoutAddresses(refused.call)), refused.answer);
  if (const auto same = places_.find(key); same != places_.end()) {
    ++refused_[same->second].count;
  } else if (refused_.size() < most_refused_) {
    places_.emplace(key, refused_.size());
    refused_.push_back(refused);
  }
}

// Of calls that kill the process, the first one does. Of the others, which may leave it alive, the last one
// is the one that did not.
void Tracer::NoteFatal(const TracedCall& call) {
  if (!fatal_ || !KillsProcess(fatal_->answer)) fatal_ = call;
}

}  // namespace precompiledseccomp::testing
