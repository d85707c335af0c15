// SPDX-License-Identifier: Apache-2.0

#include "module/child.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <precompiledseccomp/error.h>

namespace precompiledseccomp::gen {
namespace {

// ---- What goes through the pipe: records, each a length and that many bytes. The first holds the number of
// those that follow:
//
//   "result"  path  content  path  content ...
//   "error"   program  problem

[[noreturn]] void ThrowSystemError(const char* what) {
  throw Error(std::string("cannot ") + what + ": " + std::strerror(errno));
}

bool WriteBytes(int pipe, const char* bytes, std::size_t size) {
  while (size != 0) {
    const ssize_t written = write(pipe, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

bool ReadBytes(int pipe, char* bytes, std::size_t size) {
  while (size != 0) {
    const ssize_t got = read(pipe, bytes, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    bytes += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool WriteRecord(int pipe, std::string_view text) {
  const std::uint64_t size = text.size();
  return WriteBytes(pipe, reinterpret_cast<const char*>(&size), sizeof size) &&
         WriteBytes(pipe, text.data(), text.size());
}

std::optional<std::string> ReadRecord(int pipe) {
  std::uint64_t size = 0;
  if (!ReadBytes(pipe, reinterpret_cast<char*>(&size), sizeof size)) return std::nullopt;
  std::string text(size, '\0');
  if (!ReadBytes(pipe, text.data(), text.size())) return std::nullopt;
  return text;
}

// All records of a message behind their number; nothing if it is not complete. Does not wait for the pipe
// to be closed: a process that the module left behind may keep it open.
std::optional<std::vector<std::string>> ReadMessage(int pipe) {
  const std::optional<std::string> count = ReadRecord(pipe);
  if (!count) return std::nullopt;
  std::vector<std::string> records;
  for (std::size_t left = std::stoul(*count); left != 0; --left) {
    std::optional<std::string> record = ReadRecord(pipe);
    if (!record) return std::nullopt;
    records.push_back(std::move(*record));
  }
  return records;
}

void WriteMessage(int pipe, const std::vector<std::string_view>& records) {
  if (!WriteRecord(pipe, std::to_string(records.size()))) return;
  for (const std::string_view record : records)
    if (!WriteRecord(pipe, record)) return;
}

constexpr std::string_view kResult = "result";
constexpr std::string_view kError = "error";

void WriteError(int pipe, const Error& error) {
  WriteMessage(pipe, {kError, error.program(), error.problem()});
}

void WriteResult(int pipe, const std::vector<OutputFile>& outputs) {
  std::vector<std::string_view> records = {kResult};
  for (const OutputFile& output : outputs) {
    records.push_back(output.path);
    records.push_back(output.content);
  }
  WriteMessage(pipe, records);
}

// ---- The child.

// The module called exit. Its own destructors have run by now; those of the generator must not, as other
// threads may still be at work.
void EndWithoutResult() {
  std::fflush(nullptr);
  _exit(EXIT_SUCCESS);
}

// Does not return, not even to main: a module's destructors and exit functions are none of our business once
// the result is there.
[[noreturn]] void RunChild(const std::function<std::vector<OutputFile>(Progress&)>& work, Progress& progress,
                           int pipe) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(STDERR_FILENO, STDOUT_FILENO);
  if (std::atexit(EndWithoutResult) != 0) _exit(EXIT_FAILURE);
  try {
    WriteResult(pipe, work(progress));
  } catch (const Error& error) {
    WriteError(pipe, error);
  } catch (const std::exception& exception) {
    WriteError(pipe, Error(exception.what()));
  }
  std::fflush(nullptr);  // what the module has printed
  _exit(EXIT_SUCCESS);
}

// ---- The parent.

// Memory that stays shared across fork.
class SharedProgress {
 public:
  SharedProgress()
      : memory_(mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (memory_ == MAP_FAILED) ThrowSystemError("map memory");
    progress_ = new (memory_) Progress;
  }
  SharedProgress(const SharedProgress&) = delete;
  SharedProgress& operator=(const SharedProgress&) = delete;
  ~SharedProgress() { munmap(memory_, sizeof(Progress)); }

  [[nodiscard]] Progress& operator*() const { return *progress_; }

 private:
  void* memory_;
  Progress* progress_ = nullptr;
};

int WaitFor(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) ThrowSystemError("wait for the child process");
  return status;
}

std::vector<OutputFile> ToResult(std::vector<std::string> records) {
  if (records.front() == kError) {
    const Error error(records[2]);
    throw records[1].empty() ? error : error.InProgram(records[1]);
  }
  std::vector<OutputFile> outputs;
  for (std::size_t i = 1; i + 1 < records.size(); i += 2)
    outputs.push_back({std::move(records[i]), std::move(records[i + 1])});
  return outputs;
}

}  // namespace

std::vector<OutputFile> RunInChild(const std::function<std::vector<OutputFile>(Progress&)>& work) {
  const SharedProgress progress;
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) ThrowSystemError("make a pipe");
  // Inherited from a parent that ignores it, this would make the child's status unknown.
  std::signal(SIGCHLD, SIG_DFL);
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) ThrowSystemError("start a child process");
  if (child == 0) {
    close(pipe_ends[0]);
    RunChild(work, *progress, pipe_ends[1]);
  }

  close(pipe_ends[1]);
  std::optional<std::vector<std::string>> records = ReadMessage(pipe_ends[0]);
  close(pipe_ends[0]);
  const int status = WaitFor(child);
  if (!records) throw DescribeDeath(*progress, status);
  return ToResult(std::move(*records));
}

}  // namespace precompiledseccomp::gen
