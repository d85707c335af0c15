// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace precompiledseccomp::testing {

// Random numbers, the same for the same seed everywhere: the distributions of the standard library differ
// from one implementation to the next, its engines do not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t Word64() { return engine_(); }
  std::uint32_t Word32() { return static_cast<std::uint32_t>(engine_() >> 32); }

  // 0 to limit - 1.
  std::size_t Below(std::size_t limit) { return engine_() % limit; }
  // `least` to `most`.
  std::size_t Between(std::size_t least, std::size_t most) { return least + Below(most - least + 1); }
  bool OneIn(std::size_t n) { return Below(n) == 0; }

  template <typename T>
  const T& OneOf(const std::vector<T>& choices) {
    return choices[Below(choices.size())];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace precompiledseccomp::testing
