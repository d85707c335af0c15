// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

// The halves of an argument, which filters look at one by one.
namespace precompiledseccomp::testing {

inline constexpr std::uint64_t kLowHalf = 0xffffffff;
inline constexpr std::uint64_t kHighHalf = ~kLowHalf;

}  // namespace precompiledseccomp::testing
