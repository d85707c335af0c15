// SPDX-License-Identifier: Apache-2.0
//
// What a tracer does to a thread that it has stopped (ptrace(2)). What differs from architecture to
// architecture stands in tracee.cc, and nowhere else.
#pragma once

#include <cstdint>
#include <optional>

#include <sys/types.h>

#include <linux/seccomp.h>

namespace precompiledseccomp::inspect {

// Whether threads of this machine's architecture can be traced here at all.
[[nodiscard]] bool IsTracingKnownHere();

class Tracee {
 public:
  explicit Tracee(pid_t thread) : thread_(thread) {}

  // The call in front of which a filter has stopped it. Nothing if it was killed meanwhile.
  [[nodiscard]] std::optional<seccomp_data> Call() const;

  // Whether the call that it returns from has succeeded.
  [[nodiscard]] bool HasSucceeded() const;

  // Has the kernel skip that call: the thread finds this as its result.
  void Skip(std::int64_t result) const;
  // Has the kernel do at this call what it does at SECCOMP_RET_TRAP, but for the signal.
  void SkipWithNumber(const seccomp_data& call) const { Skip(call.nr); }
  // Has it call exit() instead, which ends this thread alone.
  void Exit(const seccomp_data& call) const;

  // The word of its memory; nothing if there is none.
  [[nodiscard]] std::optional<long> Word(std::uintptr_t address) const;
  void SetWord(std::uintptr_t address, long word) const;

  // A word with a breakpoint in it, as the first instruction.
  [[nodiscard]] static long WithBreakpoint(long word);
  // Whether it has stopped at a breakpoint at that address; then it stands there again.
  [[nodiscard]] bool StandsAtBreakpoint(std::uintptr_t address) const;

 private:
  [[nodiscard]] std::optional<std::uintptr_t> InstructionPointer() const;
  void SetInstructionPointer(std::uintptr_t address) const;

  pid_t thread_;
};

// Where the program that a process runs begins, behind its loader: AT_ENTRY of its auxiliary vector.
std::optional<std::uintptr_t> EntryOf(pid_t process);

}  // namespace precompiledseccomp::inspect
