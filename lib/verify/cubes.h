// SPDX-License-Identifier: Apache-2.0
//
// A set of numbers as tests of masks: where one of them holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "verify/value_set.h"

namespace precompiledseccomp::verify {

// The numbers with (number & mask) == value.
struct Cube {
  std::uint64_t mask = 0;
  std::uint64_t value = 0;
};

// The set is all of these together, and none can be left out. Nothing if more than `most` are needed, or if
// finding them is much work.
std::optional<std::vector<Cube>> CubesOf(const ValueSet& set, std::size_t most);

}  // namespace precompiledseccomp::verify
