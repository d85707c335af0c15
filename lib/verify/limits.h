// SPDX-License-Identifier: Apache-2.0
//
// How much work a proof may be.
#pragma once

#include <cstddef>
#include <cstdint>

namespace precompiledseccomp::verify {

// Steps are what takes the time, two to ten million a second; nodes take the
// memory, some 50 bytes each: what else is remembered counts as nodes.
struct Limits {
  std::uint64_t steps = 100'000'000;
  std::size_t nodes = 5'000'000;
};

}  // namespace precompiledseccomp::verify
