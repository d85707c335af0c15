// SPDX-License-Identifier: Apache-2.0

#include "testing/child.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <typeinfo>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cxxabi.h>

#include <precompiledseccomp/install.h>

namespace precompiledseccomp::testing {
namespace {

// Not by libc: sanitizers look for leaks when that is asked to exit, with calls that the filter may refuse.
// Not instrumented either, for ahead of a call that does not return they ask for the bounds of the stack.
// Traced, a child that has reported is killed on its way into the call. Untraced, it may be that the filter
// refuses it.
[[noreturn]] __attribute__((no_sanitize("address"))) void EndNow(int status) {
  syscall(SYS_exit_group, status);
  __builtin_trap();
}

// As by execve. A test framework's handlers would jump back to where the parent is.
void ResetSignalHandlers() {
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    if (sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) continue;
    action = {};
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, nullptr);
  }
}

bool Prepare(int go) {
  ResetSignalHandlers();
  const rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  char word = 0;
  ssize_t size = 0;
  do size = read(go, &word, 1);
  while (size < 0 && errno == EINTR);
  close(go);
  if (word == kGoUntraced) setpgid(0, 0);
  return size == 1;
}

// Memory that is zero in what this process forks: by it, a copy that returns from the callable knows itself,
// without a call that a filter might refuse. Where the kernel does not have that (before 4.14), it does not.
class OriginalMark {
 public:
  OriginalMark() : mark_(mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    if (mark_ == MAP_FAILED) return;
    madvise(mark_, kSize, MADV_WIPEONFORK);
    *static_cast<volatile char*>(mark_) = 1;
  }
  // Ends with the process.

  [[nodiscard]] bool IsOriginal() const {
    return mark_ == MAP_FAILED || *static_cast<volatile char*>(mark_) == 1;
  }

 private:
  static constexpr std::size_t kSize = 1;
  void* mark_;
};

// The exception that is being handled. To demangle its name takes memory, and so is for the parent.
void Describe(const char* text, Report& report) {
  if (const std::type_info* const type = abi::__cxa_current_exception_type())
    CopyText(type->name(), report.type);
  CopyText(text, report.text);
}

// Nothing is called if nothing is there to be written.
void FlushOutput() {
  std::cout.flush();
  std::fflush(nullptr);
}

}  // namespace

__attribute__((no_sanitize("address"))) void RunChild(std::span<const sock_filter> filter,
                                                      const std::function<int()>& callable, int go,
                                                      Report& report) {
  if (!Prepare(go)) EndNow(0);
  const OriginalMark mark;
  const InstallResult installed = Install(filter, {.notify_without_listener = true});
  if (!installed.ok()) {
    CopyText(installed.message(), report.text);
    report.stage = Stage::kRefused;
    EndNow(0);
  }
  report.stage = Stage::kInstalled;
  Stage end = Stage::kThrew;
  int status = 1;  // of a copy, if an exception leaves it
  try {
    status = callable();
    end = Stage::kReturned;
  } catch (const std::exception& error) {
    if (mark.IsOriginal()) Describe(error.what(), report);
  } catch (...) {
    if (mark.IsOriginal()) Describe("", report);
  }
  FlushOutput();
  if (mark.IsOriginal()) {
    report.status = status;
    report.stage = end;
  }
  EndNow(status);
}

}  // namespace precompiledseccomp::testing
