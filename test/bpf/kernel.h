// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "bpf/instructions.h"

// Asks the running kernel. Everything happens in forked children, which a filter may kill.
namespace precompiledseccomp::bpf::testing {

// 0 if seccomp(2) installs the program, otherwise its errno.
int ErrnoOfInstalling(std::span<const sock_filter> program);

// The same for many programs, without installing them, and so in one child: it has no room left for another
// filter (32768 instructions over all filters of a task), which the kernel finds out last, after it has
// looked at the program.
std::vector<int> ErrnosOfInstalling(std::span<const Program> programs);

// What the kernel computes: the value of A at the end of `body` (at most 4000 instructions, without a return)
// for a system call with this number and these arguments, or nothing if the body returned 0 by itself and so
// killed the process. `call.nr` must be a number that no kernel uses, `call.arch` and
// `call.instruction_pointer` are not looked at.
std::optional<std::uint32_t> ValueComputedByKernel(std::span<const sock_filter> body,
                                                   const seccomp_data& call);

// The AUDIT_ARCH_ value of this process' system calls, as a filter sees it.
std::uint32_t NativeAuditArch();

// For tests that ask the kernel: skips them, visibly, where it takes no filters (emulators, some containers).
boost::test_tools::assertion_result KernelTakesFilters(boost::unit_test::test_unit_id);

}  // namespace precompiledseccomp::bpf::testing
