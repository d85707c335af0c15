// SPDX-License-Identifier: Apache-2.0
//
// Whether it makes a difference to a policy what stands in bits that the kernel does not look at.
#pragma once

#include <cstdint>
#include <optional>

#include <linux/seccomp.h>

#include <precompiledseccomp/action.h>
#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/value.h>

#include "verify/calls_of_number.h"
#include "verify/looked_at.h"

namespace precompiledseccomp::verify {

// Two calls that are one to the kernel, with answers of which one is weaker (weakness.h).
struct Twins {
  seccomp_data call;   // with something in bits that are not looked at
  seccomp_data plain;  // the same without
  VariableNumbers numbers;
  Action answer;
  Action plain_answer;
};

// For calls of this number, the smallest one that gets a weaker answer than its plain twin: whoever makes it
// evades the policy. A 32-bit argument whose upper half repeats the sign of a negative number is no evasion:
// so do libcs write it. Nothing also if it would take too much to find out.
std::optional<Twins> FindEvasion(const ResolvedPolicy& policy, std::uint32_t number,
                                 const LookedAt& looked_at, Workbench& workbench);

// For calls of this number, the smallest one with a negative number in one 32-bit argument that gets another
// answer, weaker or not, if the upper half repeats the sign: libcs write it either way. Variables are no
// negative numbers. Nothing also if it would take too much to find out.
std::optional<Twins> FindOneSidedEncoding(const ResolvedPolicy& policy, std::uint32_t number,
                                          const LookedAt& looked_at, Workbench& workbench);

}  // namespace precompiledseccomp::verify
