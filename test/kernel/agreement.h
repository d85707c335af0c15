// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <precompiledseccomp/evaluate.h>

#include "kernel/exact_calls.h"
#include "support/boundary_calls.h"
#include "support/random.h"

// The running kernel, the interpreter (bpf::Run) and the policy (Evaluate) asked for one answer.
namespace precompiledseccomp::testing {

// What was asked, and what was not.
struct Tally {
  std::size_t programs = 0;
  std::size_t calls = 0;
  // Of these calls.
  std::set<std::uint32_t> numbers;
  std::set<std::uint64_t> instruction_pointers;
  std::map<std::string, std::size_t> answers;  // by action
  std::size_t meant_to_differ = 0;             // from the policy; kernel and interpreter agree
  std::map<Obstacle, std::size_t> not_made;
};

// Prints a few lines to stdout.
void Print(const std::string& title, const Tally& tally);

// Whether a program other than this compiler's may give this answer, where the policy gives another one.
using MayDiffer = std::function<bool(const seccomp_data& call, std::uint32_t answer)>;

// Makes the calls, exactly as they are, in a child with the program's answers turned into error numbers
// (answers_as_errnos.h); those that cannot be made are counted by reason. Of every call made, the kernel's
// answer is the interpreter's and the policy's: the same action with the same data.
boost::test_tools::assertion_result AllThreeAgree(const ResolvedPolicy& policy,
                                                  std::span<const sock_filter> program,
                                                  std::span<const seccomp_data> calls, Tally& tally,
                                                  const MayDiffer& may_differ = nullptr);

// BoundaryCalls(), and what only a kernel can get wrong: every number up to 600, with the x32 bit too; for
// i386, with arguments as they fit; and from the vsyscall page, where a call can come from there.
std::vector<seccomp_data> CallsToAgreeOn(const ResolvedPolicy& policy, Random& random, const Effort& effort);

}  // namespace precompiledseccomp::testing
