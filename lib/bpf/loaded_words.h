// SPDX-License-Identifier: Apache-2.0
//
// What comparisons look at: for people who read a filter, and for what they are shown.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <linux/filter.h>

namespace precompiledseccomp::bpf {

// For each instruction, the offset in seccomp_data of the word that A holds there as it was loaded, whichever
// way leads to it. Nothing where that is not one word, or nothing leads there. Takes any instructions.
std::vector<std::optional<std::uint32_t>> LoadedWords(std::span<const sock_filter> program);

}  // namespace precompiledseccomp::bpf
