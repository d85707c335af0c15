// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <precompiledseccomp/evaluate.h>

#include "kernel/doors.h"

// Installs filters in this machine's kernel, and makes calls under them.
namespace precompiledseccomp::testing {

// What became of a call.
struct Outcome {
  enum class Kind {
    kReturned,  // `value` is the kernel's result
    kTrapped,   // `value` is si_errno: the data of the trap action
    kKilled,    // by SIGSYS
  };
  Kind kind = Kind::kReturned;
  std::int64_t value = 0;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// A filter's own errors are distinguished from the kernel's: they are this or above.
inline constexpr int kFirstErrnoOfFilters = 2000;

// "errno 2001 of the filter", "returned 7", "trapped with 3", "killed".
std::string OutcomeText(const Outcome& outcome);

// Installs `program` in a child and makes the calls there, one after the other. A child that is killed has a
// successor for the calls that are left. The program must always allow CallsNeeded(). Throws
// std::runtime_error if the kernel refuses the program, or a child ends otherwise than by exiting or SIGSYS.
std::vector<Outcome> MakeCalls(std::span<const sock_filter> program, std::span<const seccomp_data> calls,
                               Door door = Door::kSyscall);

// exit_group and rt_sigreturn.
std::vector<std::uint32_t> CallsNeeded();

// Makes the calls as they are (architecture and instruction pointer as this door gives them), and compares
// what became of them with the policy's answers, which are also the interpreter's: of refusals exactly, of
// others that they were not refused. Of calls that kill only the first few are made.
boost::test_tools::assertion_result KernelObeys(const ResolvedPolicy& policy,
                                                std::span<const sock_filter> program,
                                                std::span<const seccomp_data> calls,
                                                Door door = Door::kSyscall);

// For tests: skips them, visibly, where the kernel takes no filters (emulators, some containers).
boost::test_tools::assertion_result KernelTakesFilters(boost::unit_test::test_unit_id);

}  // namespace precompiledseccomp::testing
