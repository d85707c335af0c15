// SPDX-License-Identifier: Apache-2.0
//
// Numbers as people write them, in calls and as the values of variables.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace precompiledseccomp::inspect {

struct NumberFromText {
  std::uint64_t bits = 0;  // of a negative number, as 64 bits with a sign
  bool is_negative = false;
};

// "257", "0x101", "0401" (octal) and each with "-" before it. Nothing for any other text, and for what 64
// bits do not hold: -2^63 to 2^64 - 1.
std::optional<NumberFromText> ReadNumber(std::string_view text);

// "1023", "0x400": what is small is a count, a descriptor or an enumerator.
std::string ShortNumber(std::uint64_t number);

// "0x3ff"
std::string HexNumber(std::uint64_t number);

}  // namespace precompiledseccomp::inspect
