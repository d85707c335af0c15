// SPDX-License-Identifier: Apache-2.0
//
// Whether a caller gets a weaker answer by filling bits that the kernel does not look at.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include <linux/seccomp.h>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/value.h>

#include "verify/limits.h"

namespace precompiledseccomp::verify {

// Of each argument of a call, the bits that the kernel looks at.
using LookedAt = std::array<std::uint64_t, 6>;

// Two calls that are one to the kernel.
struct Evasion {
  seccomp_data call{};   // with something in bits that are not looked at
  seccomp_data plain{};  // the same without
  VariableNumbers numbers;
  std::uint32_t answer = 0;  // weaker than the plain call's
  std::uint32_t plain_answer = 0;
};

// How weak an answer is, from 0 for kill-process to allow: the order in which the kernel prefers answers of
// several filters (seccomp(2)). Data does not matter.
int WeaknessOf(std::uint32_t answer);

// For calls of this number, the smallest evasion, if there is one. A 32-bit argument whose upper half repeats
// the sign of a negative number is not one: so do libcs write it. Nothing also if it takes more than the
// limits to find out.
std::optional<Evasion> FindEvasion(const ResolvedPolicy& policy, std::uint32_t number,
                                   const LookedAt& looked_at,
                                   const Limits& limits = {.steps = 2'000'000, .bytes = 50'000'000});

}  // namespace precompiledseccomp::verify
