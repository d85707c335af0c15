// SPDX-License-Identifier: Apache-2.0

#include <precompiledseccomp/value.h>

#include <array>
#include <cstdio>
#include <utility>

#include <precompiledseccomp/error.h>

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
  return word.IsVariable() ? "$" + word.variable() : NumberText(word.constant());
}

std::uint64_t Join(std::uint32_t high, std::uint32_t low) {
  return std::uint64_t{high} << 32 | low;
}

}  // namespace

Word Word::Variable(std::string name) {
  if (name.empty()) throw Error("a variable has an empty name");
  Word word;
  word.variable_ = std::make_shared<const std::string>(std::move(name));
  return word;
}

const std::string& Word::variable() const {
  static const std::string kNone;
  return IsVariable() ? *variable_ : kNone;
}

std::uint32_t Word::constant() const {
  if (IsVariable())
    throw Error("the value of the variable \"" + *variable_ +
                "\" is looked at, but a variable has none until the program runs: compare arguments with it, "
                "or answer with it");
  return constant_;
}

std::uint32_t Word::NumberWith(const VariableNumbers& numbers) const {
  if (!IsVariable()) return constant_;
  const auto number = numbers.find(*variable_);
  if (number == numbers.end())
    throw Error(
        "there is no number for the variable \"" + *variable_ +
        "\": it has none until the program runs; to compile or evaluate a policy, give one to each of "
        "its variables");
  return number->second;
}

Value::Value(std::uint64_t constant, bool from_negative_int)
    : high_(static_cast<std::uint32_t>(constant >> 32)),
      low_(static_cast<std::uint32_t>(constant)),
      from_negative_int_(from_negative_int) {}

Value::Value(Word high, Word low) : high_(std::move(high)), low_(std::move(low)) {}

std::uint64_t Value::bits() const {
  const std::uint32_t high = high_.constant();
  return Join(high, low_.constant());
}

std::uint64_t Value::BitsWith(const VariableNumbers& numbers) const {
  const std::uint32_t high = high_.NumberWith(numbers);
  return Join(high, low_.NumberWith(numbers));
}

bool Value::FitsLowHalf() const {
  if (high_.IsVariable()) return false;
  return high_.constant() == 0 || from_negative_int_;
}

std::string Value::ToString() const {
  if (IsConstant()) return NumberText(bits());
  if (!high_.IsVariable() && high_.constant() == 0) return WordText(low_);
  return WordText(high_) + ":" + WordText(low_);
}

}  // namespace precompiledseccomp
