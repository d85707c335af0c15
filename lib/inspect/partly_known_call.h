// SPDX-License-Identifier: Apache-2.0
//
// A call of which not everything is known: of one that a trace tells of, or that people ask about for any
// value of an argument.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linux/seccomp.h>

namespace precompiledseccomp::inspect {

inline constexpr std::size_t kArguments = 6;

// The bits that make a difference to somebody.
struct LookedAtBits {
  std::array<std::uint64_t, kArguments> arguments{};
  std::uint64_t pointer = 0;  // of the instruction pointer
};

struct PartlyKnownCall {
  // Architecture and number are known; of the others, bits that are not known are 0.
  seccomp_data call{};
  // For each bit of an argument, and of the instruction pointer, whether it is known.
  std::array<std::uint64_t, kArguments> known{};
  std::uint64_t known_pointer = 0;

  // Everything is known.
  static PartlyKnownCall Whole(const seccomp_data& call) {
    PartlyKnownCall whole{.call = call, .known = {}, .known_pointer = UINT64_MAX};
    whole.known.fill(UINT64_MAX);
    return whole;
  }

  void SetArgument(std::size_t index, std::uint64_t value, std::uint64_t known_bits = UINT64_MAX) {
    call.args[index] = value & known_bits;
    known[index] = known_bits;
  }
};

}  // namespace precompiledseccomp::inspect
