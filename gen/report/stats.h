// SPDX-License-Identifier: Apache-2.0
//
// What the compiled programs cost, as JSON. The README describes the format for users, under "Statistics".
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "programs/compiled_target.h"

namespace precompiledseccomp::gen {

// An object of this form; the programs are sorted by name:
//
//   {"format": 1, "generator": "precompiledseccomp-gen 0.1.0",
//    "targets": [{"arch": "x86_64", "programs": 1, "compiled": 1}],
//    "programs": [
//     {"name": "worker", "arch": "x86_64",
//      "instructions": 24,
//      "variables": [{"name": "fd1", "bits": 32, "kind": "fd", "low_offsets": [7, 11],
//         "high_offsets": [], "flipped_offsets": []}],
//      "install": ["spec_allow"],
//      "left_out": [{"name": "open", "rule": "policy.cc:12"}],
//      "proof": {"proved": true, "paths": 31, "nodes": 410, "steps": 603},
//      "checks_any_call": ["policy.cc:20"],
//      "accepted": [{"finding": "sibling-allowed", "reason": "..."}],
//      "cacheable": [{"number": 15, "name": "rt_sigreturn"}],
//      "short_life": {"calls_per_run": 300, "steps": 1880, "steps_otherwise": 5768,
//         "instructions_otherwise": 66, "run_for": [{"number": 39, "name": "getpid"}]},
//      "path_lengths": [10, 9, 5],
//      "mean_path_length": 5.125, "maximum_path_length": 10,
//      "checked": [
//       {"number": 0, "name": "read", "weight": 1, "mean_path_length": 9.500, "maximum_path_length": 10}],
//      "mean_checked_path": 9.500, "maximum_checked_path": 10}]}
//
// with one element of `programs` for each program and target.
//
// `compiled` counts the programs of a target that were compiled; the others have the policy and the variables
// of one of these, and so its instructions.
//
// `left_out` are the calls of IfAvailable() that the target does not have, and where the rule stands; "" if
// that is not known.
//
// `proof` says how many paths through the instructions the proof covers (2^64 - 1 if they are more), and how
// much work it was: nodes of decision diagrams and steps, as in --proof-steps. Without a proof it is
// {"proved": false, "reason": "--prove=off"}.
//
// `checks_any_call` are the places of the rules for AnyCall() that have a condition: no call that gets to one
// of them is cacheable.
//
// `accepted` are the findings that the policy accepts, and why.
//
// `cacheable` are the calls that the kernel (5.11 and later) will answer from its allow bitmap without
// running the filter.
//
// `short_life` says what has come of CallsPerRun(), and is not there without it: how many instructions the
// kernel looks at when it is installed, of all numbers together, to find those calls; how many that were, and
// how many instructions there were, had the policy not said how few calls are made; and the calls that the
// filter is run for because that is cheaper. Where it would have been too large, there is only the first.
//
// `path_lengths` are the instructions run for each call number from 0 to the highest one that has a
// name on the target, with zero for all arguments, all variables and the instruction pointer. The kernel
// walks these paths at installation too, as far as it can without looking at arguments, so their mean says
// what installing costs.
//
// `checked` are the calls among these numbers that the kernel runs the filter for each time, and that the
// filter may allow: what a running program pays for. Their lengths are instructions run, the mean and the
// maximum over the paths through the instructions that end in allowing (or logging) the call, each path being
// as likely as any other; see allowed_paths.h. `weight` is how often the policy says that the call is made
// (SyscallCounts or HotSyscalls); if it says nothing of any checked call, 1 for each. `mean_checked_path` is
// the mean of their means, by weight, and `maximum_checked_path` the longest path of all; both are 0 if there
// are no such calls.
//
// With `time`, what compiling and proving all programs took from begin to end, there are also `microseconds`:
// in the object itself, this time; in each program, the time taken by its definition and its compilation, on
// whatever core that ran, and as `proof_microseconds` that of its proof. All else is the same each time.
std::string StatsText(std::span<const CompiledTarget> targets,
                      const std::optional<std::chrono::nanoseconds>& time);

}  // namespace precompiledseccomp::gen
