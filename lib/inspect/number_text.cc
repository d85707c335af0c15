// SPDX-License-Identifier: Apache-2.0

#include "inspect/number_text.h"

#include <array>
#include <charconv>
#include <system_error>

namespace precompiledseccomp::inspect {

std::optional<NumberFromText> ReadNumber(std::string_view text) {
  constexpr std::uint64_t kMostNegative = std::uint64_t{1} << 63;
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.front() == '0') {
    base = 8;
    text.remove_prefix(1);
  }
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (is_negative && number > kMostNegative) return std::nullopt;
  return NumberFromText{is_negative ? 0 - number : number, is_negative && number != 0};
}

std::string HexNumber(std::uint64_t number) {
  std::array<char, 16> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return std::string("0x").append(digits.data(), end);
}

std::string ShortNumber(std::uint64_t number) {
  constexpr std::uint64_t kLarge = 1024;
  return number < kLarge ? std::to_string(number) : HexNumber(number);
}

}  // namespace precompiledseccomp::inspect
