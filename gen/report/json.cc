// SPDX-License-Identifier: Apache-2.0

#include "report/json.h"

#include <stdexcept>

namespace precompiledseccomp::gen {

JsonWriter& JsonWriter::Key(std::string_view key) {
  BeginValue();
  AppendQuoted(key);
  text_ += ": ";
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view text) {
  BeginValue();
  AppendQuoted(text);
  return *this;
}

JsonWriter& JsonWriter::Number(std::uint64_t number) {
  BeginValue();
  text_ += std::to_string(number);
  return *this;
}

JsonWriter& JsonWriter::Boolean(bool value) {
  BeginValue();
  text_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::Ratio(std::uint64_t numerator, std::uint64_t denominator) {
  constexpr std::uint64_t kScale = 1000;
  if (denominator == 0) throw std::logic_error("a ratio to nothing");
  const std::uint64_t scaled = (numerator * kScale + denominator / 2) / denominator;
  // 1000 is added for the leading zeros: 7 is "1007" and becomes "007".
  const std::string decimals = std::to_string(kScale + scaled % kScale).substr(1);
  BeginValue();
  text_ += std::to_string(scaled / kScale) + "." + decimals;
  return *this;
}

JsonWriter& JsonWriter::Line() {
  needs_line_ = true;
  return *this;
}

JsonWriter& JsonWriter::Begin(char bracket) {
  BeginValue();
  text_ += bracket;
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::End(char bracket) {
  if (needs_line_) text_ += '\n';
  needs_line_ = false;
  text_ += bracket;
  needs_comma_ = true;
  return *this;
}

void JsonWriter::BeginValue() {
  if (needs_comma_) text_ += needs_line_ ? "," : ", ";
  if (needs_line_) text_ += '\n';
  needs_line_ = false;
  needs_comma_ = true;
}

void JsonWriter::AppendQuoted(std::string_view text) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  text_ += '"';
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x20) {
      text_ += "\\u00";
      text_ += kHexDigits[code / 16];
      text_ += kHexDigits[code % 16];
      continue;
    }
    if (c == '"' || c == '\\') text_ += '\\';
    text_ += c;
  }
  text_ += '"';
}

}  // namespace precompiledseccomp::gen
