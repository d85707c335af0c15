// SPDX-License-Identifier: Apache-2.0

#include "kernel/ordinary_program.h"

#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <linux/filter.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <precompiledseccomp/evaluate.h>

#include "compile/compile.h"

namespace precompiledseccomp::testing {
namespace {

// A file with the instructions, at its beginning.
int FileWith(const std::vector<sock_filter>& filter) {
  const int file = memfd_create("filter", MFD_CLOEXEC);
  const std::size_t size = filter.size() * sizeof(sock_filter);
  if (file < 0 || pwrite(file, filter.data(), size, 0) != static_cast<ssize_t>(size))
    throw std::runtime_error("no file for the filter");
  return file;
}

// Says nothing: what it prints, and what its libc says of its errors, goes nowhere.
pid_t Start(const std::string& path, const std::string& task, const Policy& policy) {
  const int filter = FileWith(Compile(Resolve(policy, NativeTarget())));
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  const pid_t child = fork();
  if (child == 0) {
    dup2(filter, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    execl(path.c_str(), path.c_str(), task.c_str(), nullptr);
    _exit(253);
  }
  close(filter);
  close(nowhere);
  if (child < 0) throw std::runtime_error("cannot fork");
  return child;
}

int Wait(pid_t child, int options = 0) {
  int status = 0;
  if (waitpid(child, &status, options) != child) throw std::runtime_error("no child to wait for");
  return status;
}

std::string TextOf(int status) {
  if (WIFEXITED(status)) return "exited with " + std::to_string(WEXITSTATUS(status));
  return std::string("killed by SIG") + sigabbrev_np(WTERMSIG(status));
}

// 'S' of a process that sleeps, 'Z' of one that is gone (proc_pid_stat(5)).
char StateOf(pid_t child) {
  std::ifstream file("/proc/" + std::to_string(child) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t end_of_name = text.rfind(')');
  if (end_of_name == std::string::npos || end_of_name + 2 >= text.size())
    throw std::runtime_error("/proc does not show the child");
  return text[end_of_name + 2];
}

// Up to its task, the program never sleeps in this way. Returns whether it is not gone.
bool ComesToWait(pid_t child) {
  for (;;) switch (StateOf(child)) {
      case 'S':
        return true;
      case 'Z':
        return false;
      default:
        sched_yield();
    }
}

}  // namespace

std::string OrdinaryProgram::Do(const std::string& task, const Policy& policy) const {
  return TextOf(Wait(Start(path_, task, policy)));
}

std::string OrdinaryProgram::StopAndContinue(const std::string& task, const Policy& policy) const {
  const pid_t child = Start(path_, task, policy);
  if (ComesToWait(child)) {
    kill(child, SIGSTOP);
    if (!WIFSTOPPED(Wait(child, WUNTRACED))) throw std::runtime_error("the program does not stop");
    kill(child, SIGCONT);
    if (ComesToWait(child)) {
      kill(child, SIGKILL);
      Wait(child);
      return "waits";
    }
  }
  return TextOf(Wait(child));
}

}  // namespace precompiledseccomp::testing
