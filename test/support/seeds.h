// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace precompiledseccomp::testing {

// Calls `check` with seeds 1, 2, ... until `most` are done, or `seconds` have passed: a slow machine, or a
// build with sanitizers, does fewer, but at least `least`. Stops at the first seed for which a check failed,
// and names it.
//
// To search longer, from another seed on:  test_property -- SECONDS FIRST-SEED
void ForEachSeed(std::size_t least, std::size_t most, const std::function<void(std::uint64_t seed)>& check,
                 double seconds = 2);

}  // namespace precompiledseccomp::testing
