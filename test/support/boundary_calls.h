// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <linux/seccomp.h>

#include <precompiledseccomp/evaluate.h>

#include "support/random.h"

// The calls for which a compiled policy is most likely to be wrong.
namespace precompiledseccomp::testing {

struct Effort {
  // Each test of each rule is aimed at so many times, for both outcomes.
  std::size_t aims_per_test = 2;
  // Combinations of boundary values, for each call number that a rule names.
  std::size_t combinations = 16;
  // How many boundary values of one field are tried one by one, all others being zero.
  std::size_t values_one_by_one = 400;
};

// The numbers that rules, baseline and frequencies name, and their neighbours; the same with the x32 bit and
// with bit 31; the ends of all ranges. Ascending, each once.
std::vector<std::uint32_t> BoundaryNumbers(const ResolvedPolicy& policy);

// Every call number of BoundaryNumbers(), with arguments and instruction pointers chosen from the conditions
// of the rules that name it; other architectures; instruction pointers in and out of the vsyscall page's half
// of the address space.
std::vector<seccomp_data> BoundaryCalls(const ResolvedPolicy& policy, Random& random,
                                        const Effort& effort = {});

// Only those of the target's own architecture with this number.
std::vector<seccomp_data> BoundaryCallsOf(const ResolvedPolicy& policy, std::uint32_t number, Random& random,
                                          const Effort& effort = {});

}  // namespace precompiledseccomp::testing
