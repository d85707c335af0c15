// SPDX-License-Identifier: Apache-2.0
//
// Runs a command as it would run under a filter, and sees what the filter does not allow.
//
// The command is traced by ptrace(2), under a filter that stops it where the given one would not simply allow
// a call (stopping_filter.h): what is allowed runs at full speed, and what is not is seen with its arguments,
// whether it then goes on or is refused. Nothing is lost: a stopped thread waits. A supervisor behind
// SECCOMP_RET_USER_NOTIF would see the same calls, but not where a program begins, and there can be only one,
// so that it would be in the way of programs that have one themselves.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <linux/filter.h>

#include "inspect/call_tally.h"

namespace precompiledseccomp::inspect {

struct RunRequest {
  enum class From : std::uint8_t {
    kEntry,   // the program's first instruction, behind its loader
    kExec,    // the loader's first call
    kFilter,  // a filter that the program installs itself
  };
  std::vector<std::string> command;  // a program as the shell finds it, and its arguments; not empty
  // For this machine's architecture; accepted by the kernel.
  std::span<const sock_filter> filter;
  // Whether calls that are refused are made all the same. Then a program that installs a filter itself is
  // told that it has, and has not.
  bool only_reports = false;
  // Since when calls count, and are refused. Where a program installs a filter itself, what it did before
  // does not count.
  From from = From::kEntry;
};

struct RunResult {
  // Of calls that the filter does not allow. `ended` counts what was answered by a signal.
  std::vector<TalliedCall> calls;
  std::uint64_t made = 0;
  std::uint64_t before_filter = 0;   // of a program that installed one itself
  std::uint64_t without_filter = 0;  // of processes that have none, while others have
  enum class End : std::uint8_t { kExited, kSignalled, kRefused };
  End end = End::kExited;
  int status = 0;              // that it exited with, or the signal's number
  bool has_installed = false;  // whether it installed a filter itself
  // Whether one was really installed, or was there before: what that answers in the place of an error, a
  // signal or a supervisor is not seen.
  bool has_own_filter = false;
  bool has_begun = false;  // whether it got to where calls count
};

// Waits until the command has ended, and all that it started: all of these run under the filter, but for
// children that are made with CLONE_UNTRACED, which nobody can trace: their calls that are not allowed fail
// with ENOSYS, and are not seen. A command that traces others fails at that. A key that ends the command ends
// what it has left behind, too; SIGTERM and SIGHUP end all. Its signals, standard streams and working
// directory are this process', which must have no other children, and one thread. Throws Error if the command
// cannot be started or traced.
RunResult RunSupervised(const RunRequest& request, const LookedAt& looked_at);

}  // namespace precompiledseccomp::inspect
