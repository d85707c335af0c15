// SPDX-License-Identifier: Apache-2.0
//
// The door of this room: a policy and instructions in; out comes whether they agree, for every architecture,
// call number, instruction pointer and all six arguments, and for every value of the policy's variables.
//
//   const Verdict verdict = Prove(Resolve(policy, target), {instructions, {{17, "fd1"}}});
//   if (const auto* refuted = std::get_if<Refuted>(&verdict)) std::puts(Describe(*refuted, target).c_str());
//
// This room judges lib/compile and shares no code with it: only the policy (lib/policy) and the instructions
// (lib/bpf).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <linux/seccomp.h>

#include <precompiledseccomp/evaluate.h>

#include "bpf/filter_with_holes.h"
#include "verify/limits.h"

namespace precompiledseccomp::verify {

// They agree, for all calls and all values.
struct Proved {
  std::uint64_t paths = 0;  // paths from the first instruction to a return, UINT64_MAX if there are more
  std::size_t nodes = 0;    // of the decision diagrams that were compared
  std::uint64_t steps = 0;  // of Limits::steps
};

// They do not: this call, with these values of the variables, shows it. It is the smallest one: of the
// target's own architecture if there is one, then with the smallest number, instruction pointer, arguments
// from the first to the last, and values in the order of their names. (Where to find the smallest one would
// exceed the limits: one that was found by then.)
struct Refuted {
  seccomp_data call{};
  std::vector<std::pair<std::string, std::uint32_t>> values;  // of every variable, sorted by name
  std::uint32_t filter_answer = 0;
  std::uint32_t policy_answer = 0;
  std::size_t instruction = 0;  // the return that the filter ends in
};

// It is not known whether they do.
struct Undecided {
  enum class Reason {
    kTooMuchWork,  // more than the limits
    kInstruction,  // an instruction that the kernel refuses, or whose meaning is not followed
  };
  Reason reason = Reason::kTooMuchWork;
  std::string text;  // without a final full stop: "instruction 3 (lsh #0x2) is arithmetic on ..."
};

using Verdict = std::variant<Proved, Refuted, Undecided>;

// Decides for all filters made of loads, stores and copies, the bitwise operations, comparisons, jumps and
// returns, and of arithmetic on constants. That is what this compiler emits, and what libseccomp, minijail
// and gVisor emit; arithmetic on what was loaded (add #1) is undecided, and named.
//
// Variables in the policy and holes in the filter stand for any value whatsoever, but of one name everywhere
// for the same. Where the usual order of tests makes it too much work, another is tried. Deterministic, and
// safe to call from several threads at once. Throws std::invalid_argument for a hole outside of the
// instructions.
Verdict Prove(const ResolvedPolicy& policy, const bpf::FilterWithHoles& filter, const Limits& limits = {});

// "write(0x5, ...) with fd1 = 0x5: filter allow, policy kill_process, at instruction 17". The arguments that
// are left out are zero.
std::string Describe(const Refuted& refuted, const Target& target);

// "proved", the call that refutes, or why it is undecided.
std::string Describe(const Verdict& verdict, const Target& target);

}  // namespace precompiledseccomp::verify
