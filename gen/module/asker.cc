// SPDX-License-Identifier: Apache-2.0

#include "module/asker.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <precompiledseccomp/precompile.h>

#include "module/other_world.h"
#include "precompile/ask.h"

namespace precompiledseccomp::gen {
namespace {

constexpr const char* kThisProgram = "/proc/self/exe";
constexpr const char* kMalformed =
    "what it said is malformed: it wrote to descriptors that it had not opened";
constexpr World kWorlds[] = {World::kThis, World::kOther};

[[noreturn]] void ThrowSystemError(const char* what) {
  throw Error(std::string("cannot ") + what + ": " + std::strerror(errno));
}

// As execve takes it. The texts stay where they are.
std::vector<char*> PointersTo(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Behind those that a module might close or write to without knowing whose they are.
int MoveAway(int descriptor) {
  constexpr int kFarAway = 400;
  const int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, kFarAway);
  if (moved < 0) return descriptor;  // fewer are allowed
  close(descriptor);
  return moved;
}

// ---- Between fork and exec: async-signal-safe. Nothing is reported but by the exit status.

struct Child {
  char* const* arguments;
  char* const* environment;
  int pipe;
  pid_t parent;
  bool is_silent;
};

[[noreturn]] void Become(const Child& child) {
  constexpr int kCannotBegin = 98;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != child.parent) _exit(kCannotBegin);  // it died before that
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0) _exit(kCannotBegin);
  if (child.is_silent && dup2(nothing, STDERR_FILENO) < 0) _exit(kCannotBegin);
  if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0) _exit(kCannotBegin);
  // What this process inherited is not the module's to write to or to close: make's job server, for example.
  // Where the kernel does not know the call (before 5.9), it has it.
  const auto pipe = static_cast<unsigned>(child.pipe);
  syscall(SYS_close_range, 3U, pipe - 1, 0);
  syscall(SYS_close_range, pipe + 1, ~0U, 0);
  if (fcntl(child.pipe, F_SETFD, 0) != 0) _exit(kCannotBegin);
  execve(kThisProgram, child.arguments, child.environment);
  _exit(kCannotBegin);
}

// ---- What the module leaves behind becomes a child of this process, which is a subreaper.

// Of this process; empty where the kernel does not say.
std::vector<pid_t> Children() {
  std::ifstream file("/proc/thread-self/children");
  std::vector<pid_t> children;
  for (pid_t child = 0; file >> child;) children.push_back(child);
  return children;
}

// All but those that were there before: whoever became this program by exec may have had some.
void EndChildrenBut(const std::vector<pid_t>& others) {
  // One that forks as it is killed may need another round; a module that wins this race is left alone.
  constexpr int kMostRounds = 100;
  for (int round = 0; round < kMostRounds; ++round) {
    std::vector<pid_t> children = Children();
    std::erase_if(children, [&](pid_t child) {
      return std::find(others.begin(), others.end(), child) != others.end();
    });
    if (children.empty()) return;
    for (const pid_t child : children) kill(child, SIGKILL);
    for (const pid_t child : children) waitpid(child, nullptr, 0);
  }
}

std::string DescribeEnd(int status, const Request& request) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
    return "it took more than " + std::to_string(request.limit.count()) +
           " seconds of processor time; make it faster, or permit more with --definition-seconds";
  if (WIFSIGNALED(status))
    return "it was killed by signal " + std::to_string(WTERMSIG(status)) + " (" +
           strsignal(WTERMSIG(status)) + ")";
  if (WEXITSTATUS(status) == kPipeIsLost)
    return "it closed or replaced descriptors that it had not opened, the one for its answer among them";
  return "it ended the process instead of returning";
}

}  // namespace

Asker::Asker(Request request) : request_(std::move(request)), children_of_others_(Children()) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  // Inherited from a parent that ignores it, this would make the status of a child unknown.
  std::signal(SIGCHLD, SIG_DFL);
  std::fflush(nullptr);
  try {
    for (const World world : kWorlds) Start(world);
    for (const World world : kWorlds) files_ = DecodeTexts(Read(world, RecordKind::kFiles).bytes);
    step_ = Step::kListing;
    const std::string listed = Read(World::kThis, RecordKind::kPrograms).bytes;
    if (Read(World::kOther, RecordKind::kPrograms).bytes != listed)
      throw Error(
          "the module lists other programs in another process, at another time, with another process id and "
          "environment; what it defines must not depend on these");
    definitions_ = DecodePrograms(listed);
    step_ = Step::kDefining;
    for (const ProgramDefinition& definition : definitions_)
      if (!request_.program || *request_.program == definition.name) asked_.push_back(definition.name);
  } catch (const Malformed&) {
    EndAll();
    throw Located(World::kThis, kMalformed);
  } catch (...) {
    EndAll();
    throw;
  }
}

Asker::~Asker() {
  EndAll();
}

void Asker::Start(World world) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) ThrowSystemError("make a pipe");
  const int write_end = MoveAway(ends[1]);
  Process& process = In(world);
  process.pipe = ends[0];

  std::vector<std::string> arguments = AskingArguments(request_, world, write_end);
  arguments.insert(arguments.begin(), "precompiledseccomp-gen");
  std::vector<std::string> environment = EnvironmentOfOtherWorld();
  const std::vector<char*> argument_pointers = PointersTo(arguments);
  const std::vector<char*> environment_pointers = PointersTo(environment);
  const Child child = {.arguments = argument_pointers.data(),
                       .environment = world == World::kThis ? environ : environment_pointers.data(),
                       .pipe = write_end,
                       .parent = getpid(),
                       .is_silent = world == World::kOther};
  process.id = fork();
  if (process.id == 0) Become(child);
  close(write_end);
  if (process.id < 0) ThrowSystemError("start a process that asks the module");
}

std::variant<PolicyBytes, Error> Asker::Next() {
  try {
    const Record answer = Read(World::kThis, RecordKind::kPolicy);
    const Record other = Read(World::kOther, RecordKind::kPolicy);
    std::variant<PolicyBytes, Error> result = Compared(answer, other);
    ++next_;
    return result;
  } catch (const Malformed&) {
    throw Located(World::kThis, kMalformed);
  }
}

std::variant<PolicyBytes, Error> Asker::Compared(const Record& answer, const Record& other) const {
  if (answer.kind == RecordKind::kError) return DecodeError(answer.bytes);
  const std::string& program = asked_[next_ / request_.targets.size()];
  const std::string in_other_world =
      "asked in another process, at another time, with another process id and environment, ";
  if (other.kind == RecordKind::kError)
    return Error(in_other_world + "the definition fails: " + DecodeError(other.bytes).problem())
        .InProgram(program);
  PolicyBytes policy = DecodePolicy(answer.bytes);
  const PolicyBytes again = DecodePolicy(other.bytes);
  if (again.policy == policy.policy) return policy;
  return Error(in_other_world + "the definition answers differently: " +
               precompile::DescribeDifference(PolicyOf(policy), PolicyOf(again)) +
               "; a policy must not depend on these")
      .InProgram(program);
}

// In place of the wanted one there may be an error: of the definition, or of the module, which is thrown.
Record Asker::Read(World world, RecordKind wanted) {
  ReadFailure failure{};
  std::optional<Record> record = ReadRecord(In(world).pipe, request_.limit, failure);
  if (!record) ThrowFailure(world, failure);
  if (record->kind == RecordKind::kError && step_ != Step::kDefining) throw DecodeError(record->bytes);
  if (record->kind != wanted && record->kind != RecordKind::kError) throw Malformed();
  return std::move(*record);
}

void Asker::ThrowFailure(World world, ReadFailure failure) {
  switch (failure) {
    case ReadFailure::kMalformed:
      throw Malformed();
    case ReadFailure::kTooLong:
      throw Located(world, "what it said is longer than any policy that makes a filter");
    case ReadFailure::kTimedOut:
      throw Located(world, "it took more than " + std::to_string(request_.limit.count()) +
                               " seconds; make it faster, or permit more with --definition-seconds");
    case ReadFailure::kEnded:
      break;
  }
  throw Located(world, DescribeEnd(WaitFor(In(world)), request_));
}

Error Asker::Located(World world, const std::string& problem) const {
  const std::string where =
      world == World::kThis
          ? ""
          : " when it was asked in another process, at another time, with another process id and "
            "environment";
  const Error error(During() + where + ": " + problem);
  return step_ == Step::kDefining && next_ / request_.targets.size() < asked_.size()
             ? error.InProgram(asked_[next_ / request_.targets.size()])
             : error;
}

std::string Asker::During() const {
  switch (step_) {
    case Step::kLoading:
      return "the module failed while it was loaded";
    case Step::kListing:
      return "the module failed while it listed its programs";
    case Step::kDefining:
      break;
  }
  return "the definition failed";
}

// The pipe has ended, but the process may go on: it closed the pipe.
int Asker::WaitFor(Process& process) {
  int status = 0;
  constexpr int kTries = 100;
  for (int i = 0; i < kTries; ++i) {
    const pid_t ended = waitpid(process.id, &status, WNOHANG);
    if (ended == process.id || (ended < 0 && errno != EINTR)) {
      process.id = -1;
      return status;
    }
    poll(nullptr, 0, 10);
  }
  kill(process.id, SIGKILL);
  waitpid(process.id, &status, 0);
  process.id = -1;
  return W_EXITCODE(kPipeIsLost, 0);
}

// Those that have told all are given the time to end by themselves, and to print what the module has left in
// its buffers.
void Asker::EndAll() noexcept {
  const bool is_done = step_ == Step::kDefining && next_ == asked_.size() * request_.targets.size();
  for (const World world : kWorlds) {
    Process& process = In(world);
    if (process.id > 0 && is_done) WaitFor(process);
    if (process.id > 0) {
      kill(process.id, SIGKILL);
      waitpid(process.id, nullptr, 0);
    }
    process.id = -1;
    if (process.pipe >= 0) close(process.pipe);
    process.pipe = -1;
  }
  EndChildrenBut(children_of_others_);
}

}  // namespace precompiledseccomp::gen
