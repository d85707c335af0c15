// SPDX-License-Identifier: Apache-2.0
//
// The way of one call through a filter, in words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <linux/seccomp.h>

#include <precompiledseccomp/precompile.h>

#include "inspect/known_values.h"

namespace precompiledseccomp::inspect {

struct Step {
  std::size_t index = 0;  // of the instruction
  // Of a test: what it compares, and the outcome, "cmd (0x5412 TIOCSTI) == 0x5401 TCGETS: no". Of a return:
  // the answer. Empty for what only moves data.
  std::string meaning;
};

struct Path {
  std::vector<Step> steps;
  // What the filter returns. Nothing if it depends on a variable that is not known: then the path ends at the
  // test of it, or with the return.
  std::optional<std::uint32_t> answer;
};

// Of a program that the kernel accepts. Division by an X of 0 ends it, as in the kernel.
Path PathOf(const PrecompiledProgram& program, const seccomp_data& call, const KnownValues& known);

// "errno 1 (EPERM)": what a filter returns, as bpf::DescribeReturn() has it, with the names of error numbers.
std::string AnswerText(std::uint32_t answer);

}  // namespace precompiledseccomp::inspect
