// SPDX-License-Identifier: Apache-2.0
#include "child.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

void Report::Write(const std::string& text) const {
  if (write(descriptor_, text.data(), text.size()) == -1) _exit(99);
}

std::string DescribeEnd(int wait_status) {
  if (WIFEXITED(wait_status)) return "exited with " + std::to_string(WEXITSTATUS(wait_status));
  if (WTERMSIG(wait_status) == SIGSYS) return "killed by SIGSYS";
  return "killed by signal " + std::to_string(WTERMSIG(wait_status));
}

std::string InChild(const std::function<void(Report&)>& body) {
  int ends[2];
  if (pipe(ends) == -1) throw std::runtime_error("pipe");
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == -1) throw std::runtime_error("fork");
  if (child == 0) {
    close(ends[0]);
    alarm(10);
    // The test framework's handlers would turn a signal into an exit; deaths are what is looked at here.
    std::signal(SIGSYS, SIG_DFL);
    std::signal(SIGALRM, SIG_DFL);
    const rlimit no_core_file = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core_file);
    Report report(ends[1]);
    body(report);
    _exit(0);
  }
  close(ends[1]);
  std::string complaints;
  char buffer[512];
  ssize_t count = 0;
  while ((count = read(ends[0], buffer, sizeof buffer)) > 0)
    complaints.append(buffer, static_cast<std::size_t>(count));
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) == -1 && errno == EINTR) {
  }
  return DescribeEnd(status) + complaints;
}
