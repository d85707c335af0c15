// SPDX-License-Identifier: Apache-2.0
//
// Writes JSON, in the order in which it is told.
//
//   JsonWriter json;
//   json.BeginObject();
//   json.Key("name").String("worker");
//   json.Key("lengths").BeginArray();
//   json.Number(4).Number(7);
//   json.EndArray();
//   json.EndObject();
//   json.text();  // {"name": "worker", "lengths": [4, 7]}
//
// The writer places the commas; that keys and ends are where they should be is up to the caller.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace precompiledseccomp::gen {

class JsonWriter {
 public:
  JsonWriter& BeginObject() { return Begin('{'); }
  JsonWriter& EndObject() { return End('}'); }
  JsonWriter& BeginArray() { return Begin('['); }
  JsonWriter& EndArray() { return End(']'); }

  JsonWriter& Key(std::string_view key);
  JsonWriter& String(std::string_view text);
  JsonWriter& Number(std::uint64_t number);
  JsonWriter& Boolean(bool value);
  // numerator / denominator, which is not 0, to three decimals; independent of the locale and of rounding
  // modes.
  JsonWriter& Ratio(std::uint64_t numerator, std::uint64_t denominator);
  // The next value begins on a line of its own.
  JsonWriter& Line();

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  JsonWriter& Begin(char bracket);
  JsonWriter& End(char bracket);
  void BeginValue();
  void AppendQuoted(std::string_view text);

  std::string text_;
  bool needs_comma_ = false;
  bool needs_line_ = false;
};

}  // namespace precompiledseccomp::gen
