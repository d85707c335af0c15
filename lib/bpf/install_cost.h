// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

// How long the kernel takes to install a filter, as a model: what it counts, and what each costs. Measured on
// Linux 6.18, x86-64; what carries over to other machines are the proportions (test/bench/install_model
// prints its terms for any filter, beside what it measures). Of a first filter: for a second one, the kernel
// looks only at numbers that the first leaves open.
namespace precompiledseccomp::bpf {

// To copy, check and convert an instruction.
inline constexpr double kNanosecondsOfAnInstruction = 104;
// To translate an eBPF instruction in one pass (translation.h).
inline constexpr double kNanosecondsOfATranslation = 12.5;
// To look at an instruction of the filter while a call number is looked for (allow_cache.h).
inline constexpr double kNanosecondsOfAStep = 2.5;
// What any filter takes, in a process that is running, and in one that has just been forked.
inline constexpr double kNanosecondsOfAnyFilter = 7200;
inline constexpr double kNanosecondsOfAnyFilterAfterFork = 13500;

struct InstallCost {
  std::size_t instructions = 0;
  std::size_t ebpf_instructions = 0;
  std::size_t passes = 0;
  std::size_t steps = 0;  // of all numbers, of the native and of the compat architecture

  // Without what any filter takes.
  [[nodiscard]] double Nanoseconds() const {
    const auto translations = static_cast<double>(ebpf_instructions * passes);
    return kNanosecondsOfAnInstruction * static_cast<double>(instructions) +
           kNanosecondsOfATranslation * translations + kNanosecondsOfAStep * static_cast<double>(steps);
  }
};

}  // namespace precompiledseccomp::bpf
