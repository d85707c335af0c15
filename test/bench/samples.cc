// SPDX-License-Identifier: Apache-2.0

#include "bench/samples.h"

#include <ctime>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace precompiledseccomp::testing {

SharedMemory::SharedMemory(std::size_t size)
    : size_(size), address_(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
  if (address_ == MAP_FAILED) throw std::runtime_error("no shared memory");
}

SharedMemory::~SharedMemory() {
  munmap(address_, size_);
}

void RunInChild(const std::function<void()>& work) {
  const pid_t child = fork();
  if (child == -1) throw std::runtime_error("cannot fork");
  if (child == 0) {
    const rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    Now();  // the clock's own first call is no part of what is measured
    work();
    // Not _exit: sanitizers make further calls there, and the libc's never returns.
    syscall(SYS_exit_group, 0);
    __builtin_trap();  // a filter refuses even this
  }
  waitpid(child, nullptr, 0);
}

double Median(const std::vector<double>& numbers) {
  return Median(numbers, [](double number) { return number; });
}

double Now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

}  // namespace precompiledseccomp::testing
