// SPDX-License-Identifier: Apache-2.0
//
// What the compiled programs cost, as JSON.
#pragma once

#include <span>
#include <string>

#include "compile_all.h"

namespace precompiledseccomp::gen {

// An object of this form; the programs are sorted by name:
//
//   {"generator": "precompiledseccomp-gen 0.1.0",
//    "programs": [
//     {"name": "worker", "arch": "x86_64",
//      "instructions": 24,
//      "variables": [{"name": "fd1", "bits": 32, "low_offsets": [7, 11], "high_offsets": []}],
//      "cacheable": [{"number": 15, "name": "rt_sigreturn"}],
//      "path_lengths": [10, 9, 5],
//      "mean_path_length": 5.125, "maximum_path_length": 10}]}
//
// with one element for each program and target. `cacheable` are the calls that the kernel (5.11 and later)
// will answer from its allow bitmap without running the filter. `path_lengths` are the instructions run for
// each call number from 0 to the highest one that libseccomp knows for the target, with zero for all
// arguments, all variables and the instruction pointer. The kernel walks these paths at installation too, as
// far as it can without looking at arguments, so their mean says what installing costs.
std::string StatsText(std::span<const CompiledTarget> targets);

}  // namespace precompiledseccomp::gen
