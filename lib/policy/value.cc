// SPDX-License-Identifier: Apache-2.0

#include <precompiledseccomp/value.h>

#include <array>
#include <cstdio>

namespace precompiledseccomp {
namespace {

// Small numbers are counts, descriptors and enumerators; larger ones are masks and addresses.
std::string NumberText(std::uint64_t number) {
  if (number < 1024) return std::to_string(number);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "0x%llx", static_cast<unsigned long long>(number));
  return text.data();
}

std::string WordText(const Word& word) {
  return word.IsVariable() ? "$" + word.variable : NumberText(word.value);
}

}  // namespace

Value::Value(std::uint64_t constant, bool from_negative_int)
    : high_{static_cast<std::uint32_t>(constant >> 32), {}},
      low_{static_cast<std::uint32_t>(constant), {}},
      from_negative_int_(from_negative_int) {}

Value::Value(Word high, Word low) : high_(std::move(high)), low_(std::move(low)) {}

bool Value::FitsLowHalf() const {
  if (high_.IsVariable()) return false;
  return high_.value == 0 || from_negative_int_;
}

std::string Value::ToString() const {
  if (IsConstant()) return NumberText(bits());
  if (!high_.IsVariable() && high_.value == 0) return WordText(low_);
  return WordText(high_) + ":" + WordText(low_);
}

}  // namespace precompiledseccomp
