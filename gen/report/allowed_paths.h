// SPDX-License-Identifier: Apache-2.0
//
// What a call costs that the kernel runs the filter for: the paths through the instructions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <linux/filter.h>

namespace precompiledseccomp::gen {

// The paths that a call of one number can take through a program and be allowed, or allowed and logged.
//
// The number and the architecture are known; at a test of anything else a path goes on to both sides. So a
// path stands for the calls that get the same answers to all tests, such as those with one value of a list
// that an argument must be in. Paths that no call takes, because one test contradicts another, are counted
// like the others. An answer that is computed (`ret a`) is taken for a refusal.
struct AllowedPaths {
  // Not an integer: a program of 4096 instructions can have 2^4000 paths. This type can hold that (its
  // exponent has 15 bits on x86-64 and aarch64).
  long double count = 0;
  long double total_length = 0;  // instructions run, summed over all paths
  std::size_t longest = 0;

  [[nodiscard]] long double MeanLength() const { return count == 0 ? 0 : total_length / count; }
};

// `program` is one that bpf::ReasonForRefusal has nothing against.
AllowedPaths FindAllowedPaths(std::span<const sock_filter> program, std::uint32_t number,
                              std::uint32_t audit_arch);

}  // namespace precompiledseccomp::gen
