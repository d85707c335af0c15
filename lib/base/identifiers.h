// SPDX-License-Identifier: Apache-2.0
//
// C++ identifiers, in what authors name and in what is generated.
#pragma once

#include <cstddef>
#include <string_view>

namespace precompiledseccomp {

// ASCII only, whatever the locale.
constexpr bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

inline constexpr std::size_t kLongestName = 200;

// A C++ identifier that may be declared anywhere: of 1 to kLongestName characters, not a keyword, none of
// those that are the compiler's (with two underscores in a row, or one before a capital), and, as nobody
// needs them, not beginning with an underscore.
bool IsUsableIdentifier(std::string_view name);

}  // namespace precompiledseccomp
