// SPDX-License-Identifier: Apache-2.0
//
// Pieces of lines, for what reads them.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/identifiers.h"

namespace precompiledseccomp::inspect {

inline std::string_view TrimmedLeft(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

// Carriage returns go, too: of files that came by way of another system.
inline std::string_view Trimmed(std::string_view text) {
  text = TrimmedLeft(text);
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

// Digits and nothing else.
inline bool IsNumber(std::string_view text) {
  for (const char c : text)
    if (!IsDigit(c)) return false;
  return !text.empty();
}

// Nothing for what 64 bits do not hold, and for anything but digits of that base.
inline std::optional<std::uint64_t> NumberInBase(std::string_view text, int base) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number, base);
  if (text.empty() || result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return number;
}

inline std::optional<std::uint64_t> DecimalNumber(std::string_view text) {
  return NumberInBase(text, 10);
}

// Without "0x".
inline std::optional<std::uint64_t> HexDigits(std::string_view text) {
  return NumberInBase(text, 16);
}

// The first word of `text`, which is cut off it.
inline std::string_view TakeWord(std::string_view& text) {
  text = TrimmedLeft(text);
  const std::string_view word = text.substr(0, text.find_first_of(" \t"));
  text.remove_prefix(word.size());
  return word;
}

}  // namespace precompiledseccomp::inspect
