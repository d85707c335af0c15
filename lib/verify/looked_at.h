// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace precompiledseccomp::verify {

// Of each argument of a call, the bits that the kernel looks at.
using LookedAt = std::array<std::uint64_t, 6>;

inline constexpr std::uint64_t kWholeArgument = ~std::uint64_t{0};

}  // namespace precompiledseccomp::verify
