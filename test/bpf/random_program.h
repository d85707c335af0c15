// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>

#include <linux/seccomp.h>

#include "bpf/instructions.h"

// Random programs and calls, the same for the same seed everywhere.
namespace precompiledseccomp::bpf::testing {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  // 0 to limit - 1. Not std::uniform_int_distribution, whose answers differ between standard libraries.
  std::uint32_t Below(std::uint64_t limit) { return static_cast<std::uint32_t>(engine_() % limit); }
  bool OneIn(std::uint32_t n) { return Below(n) == 0; }

  template <typename T>
  T OneOf(std::initializer_list<T> choices) {
    return choices.begin()[Below(choices.size())];
  }

  // Any 32 bits, with a liking for the values where comparisons and shifts change their mind.
  std::uint32_t Word();

 private:
  std::mt19937_64 engine_;
};

// A call whose words are mostly few and small, so that comparisons in random programs come out either way.
seccomp_data RandomCall(Random& random);

// An accepted program of `length` instructions. It uses every operation, scratch memory, and jumps; all
// returns give a constant or A.
Program RandomAcceptedProgram(Random& random, std::size_t length);

// Instructions without a return, valid in front of any others, that do not load the instruction pointer.
Program RandomBody(Random& random, std::size_t length);

// Only what the kernel's emulation understands: the answer depends on number and architecture alone.
Program RandomCacheableProgram(Random& random, std::size_t length);

// Changes a field, or inserts, removes or exchanges instructions. The result is often no longer acceptable;
// it has at least one instruction.
void Mutate(Random& random, Program& program);

}  // namespace precompiledseccomp::bpf::testing
