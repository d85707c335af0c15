// SPDX-License-Identifier: Apache-2.0
//
// Bytes and 32-bit words in numbers.
#pragma once

#include <cstdint>

namespace precompiledseccomp::verify {

inline constexpr int kBitsOfAByte = 8;
inline constexpr std::uint32_t kValuesOfAByte = 256;
inline constexpr std::uint32_t kAllBits = UINT32_MAX;
inline constexpr int kTopBit = 31;

}  // namespace precompiledseccomp::verify
