// SPDX-License-Identifier: Apache-2.0

#include "support/condition_text.h"

#include <cctype>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "inspect/constants.h"
#include "inspect/number_text.h"
#include "support/halves.h"
#include "target/parameters.h"

namespace precompiledseccomp::testing {
namespace {

std::uint64_t WithSign(std::uint64_t value) {
  return (value & 0x80000000) != 0 ? value | ~kLowHalf : value & kLowHalf;
}

// What stands on a side of a comparison.
struct Side {
  std::uint64_t value = 0;
  bool is_signed = false;
  bool is_narrow = false;    // a parameter of 32 bits
  bool is_variable = false;  // of 32 bits, as it is
};

class Reader {
 public:
  Reader(std::string_view text, const ReadCase& read) : text_(text), read_(read) {}

  bool Read() {
    const bool holds = Either();
    if (place_ != text_.size()) Fail();
    return holds;
  }

 private:
  [[noreturn]] void Fail() const {
    throw std::runtime_error("cannot read \"" + std::string(text_) + "\" from place " +
                             std::to_string(place_) + " on");
  }

  bool Skip(std::string_view what) {
    if (!text_.substr(place_).starts_with(what)) return false;
    place_ += what.size();
    return true;
  }

  bool Either() {
    bool holds = Both();
    while (Skip(" || ")) holds = Both() || holds;
    return holds;
  }
  bool Both() {
    bool holds = Test();
    while (Skip(" && ")) holds = Test() && holds;
    return holds;
  }
  bool Test() {
    const std::size_t before = place_;
    if (const auto holds = Comparison()) return *holds;
    place_ = before;
    if (!Skip("(")) Fail();
    const bool holds = Either();
    if (!Skip(")")) Fail();
    return holds;
  }

  std::optional<bool> Comparison() {
    const std::optional<Side> left = ReadSide();
    if (!left) return std::nullopt;
    if (Skip(" in ")) return IsIn(*left);
    if (Skip(" not in ")) return !IsIn(*left);
    for (const std::string_view sign : {" == ", " != ", " <= ", " >= ", " < ", " > "})
      if (Skip(sign)) {
        const std::optional<Side> right = ReadSide();
        if (!right) Fail();
        return Compare(*left, sign, *right);
      }
    return std::nullopt;
  }

  bool IsIn(const Side& left) {
    if (!Skip("{")) return IsInRange(left);
    bool is_in = IsInRange(left);
    while (Skip(", ")) is_in = IsInRange(left) || is_in;
    if (!Skip("}")) Fail();
    return is_in;
  }
  bool IsInRange(const Side& left) {
    const std::optional<Side> first = ReadSide();
    if (!first) Fail();
    if (!Skip("..")) return Compare(left, " == ", *first);
    const std::optional<Side> last = ReadSide();
    if (!last) Fail();
    return Compare(left, " >= ", *first) && Compare(left, " <= ", *last);
  }

  static bool Compare(Side left, std::string_view sign, Side right) {
    if (right.is_variable && left.is_narrow) {
      left.value &= kLowHalf;
      left.is_signed = false;
    }
    const auto compare = [&](auto one, auto other) {
      if (sign == " == ") return one == other;
      if (sign == " != ") return one != other;
      if (sign == " <= ") return one <= other;
      if (sign == " >= ") return one >= other;
      return sign == " < " ? one < other : one > other;
    };
    if (left.is_signed)
      return compare(static_cast<std::int64_t>(left.value), static_cast<std::int64_t>(right.value));
    return compare(left.value, right.value);
  }

  std::optional<Side> ReadSide() {
    if (Skip("(u64)")) return Cast(ReadWord(), [](std::uint64_t value) { return value; });
    if (Skip("(u32)") || Skip("(unsigned)"))
      return Cast(ReadWord(), [](std::uint64_t value) { return value & kLowHalf; });
    if (Skip("(int)")) {
      auto side = Cast(ReadSide(), WithSign);
      if (side) side->is_signed = true;
      return side;
    }
    if (Skip("(")) return Operation();
    std::optional<Side> side = ReadWord();
    if (side && side->is_narrow)
      side->value = side->is_signed ? WithSign(side->value) : side->value & kLowHalf;
    return side;
  }

  template <typename Function>
  static std::optional<Side> Cast(std::optional<Side> side, const Function& function) {
    if (!side) return std::nullopt;
    return Side{.value = function(side->value)};
  }

  // Behind a bracket: "cmd & 0xff)".
  std::optional<Side> Operation() {
    std::optional<Side> left = ReadSide();
    if (!left) return std::nullopt;
    for (const std::string_view sign : {" & ", " | ", " ^ ", " >> "}) {
      if (!Skip(sign)) continue;
      const std::optional<Side> right = ReadSide();
      if (!right || !Skip(")")) return std::nullopt;
      // Of single bits, which signs do not change.
      const std::uint64_t one = left->is_narrow ? left->value & kLowHalf : left->value;
      if (sign == " & ") return Side{.value = one & right->value};
      if (sign == " | ") return Side{.value = one | right->value};
      if (sign == " ^ ") return Side{.value = one ^ right->value};
      return Side{.value = one >> right->value};
    }
    return std::nullopt;
  }

  // A name, "$variable" or a number, as it is.
  std::optional<Side> ReadWord() {
    const std::size_t begin = place_;
    while (place_ < text_.size() && !text_.substr(place_).starts_with("..") &&
           (std::isalnum(static_cast<unsigned char>(text_[place_])) != 0 ||
            std::string_view("_$-.[]").find(text_[place_]) != std::string_view::npos))
      ++place_;
    const std::string word(text_.substr(begin, place_ - begin));
    if (word.empty()) return std::nullopt;
    if (const auto number = inspect::ReadNumber(word)) return Side{.value = number->bits};
    if (word.front() == '$') return VariableNamed(word.substr(1));
    if (const auto side = FieldNamed(word)) return side;
    if (const auto constant = inspect::ConstantNamed(read_.target, word)) return Side{.value = *constant};
    return std::nullopt;
  }

  [[nodiscard]] std::optional<Side> VariableNamed(const std::string& name) const {
    const auto found = read_.numbers.find(name);
    if (found != read_.numbers.end()) return Side{.value = found->second, .is_variable = true};
    const auto low = read_.numbers.find(name + ".low");
    const auto high = read_.numbers.find(name + ".high");
    if (low == read_.numbers.end() || high == read_.numbers.end()) return std::nullopt;
    return Side{.value = std::uint64_t{high->second} << 32 | low->second};
  }

  [[nodiscard]] std::optional<Side> FieldNamed(const std::string& name) const {
    if (name == "ip") return Side{.value = read_.call.instruction_pointer};
    if (const auto parameters = ParametersOf(read_.target, read_.name))
      for (const Parameter& parameter : *parameters)
        if (parameter.name == name)
          return Side{.value = read_.call.args[parameter.index],
                      .is_signed = parameter.is_signed,
                      .is_narrow = parameter.bits <= 32};
    if (name.size() == 7 && name.starts_with("args["))
      return Side{.value = read_.call.args[static_cast<std::size_t>(name[5] - '0')]};
    if (name.size() == 4 && name.starts_with("arg"))
      return Side{.value = read_.call.args[static_cast<std::size_t>(name[3] - '0')]};
    return std::nullopt;
  }

  std::string_view text_;
  const ReadCase& read_;
  std::size_t place_ = 0;
};

// "allow if fd == 3, otherwise errno 1": into cases.
std::vector<inspect::AnswerCase> CasesIn(const std::string& sentence) {
  std::vector<inspect::AnswerCase> cases;
  std::size_t begin = 0;
  while (begin < sentence.size()) {
    if (sentence.compare(begin, 10, "otherwise ") == 0) begin += 10;
    const std::size_t condition = sentence.find(" if ", begin);
    if (condition == std::string::npos) {
      cases.push_back({sentence.substr(begin), ""});
      return cases;
    }
    std::size_t end = sentence.find("; ", condition);
    if (end == std::string::npos) end = sentence.find(", otherwise ", condition);
    cases.push_back(
        {sentence.substr(begin, condition - begin), sentence.substr(condition + 4, end - condition - 4)});
    begin = end + 2;
  }
  return cases;
}

}  // namespace

bool Holds(const std::string& condition, const ReadCase& read) {
  return Reader(condition, read).Read();
}

std::string AnswerIn(const std::vector<inspect::AnswerCase>& cases, const ReadCase& read) {
  for (const inspect::AnswerCase& one : cases)
    if (one.condition.empty() || Holds(one.condition, read)) return one.answer;
  throw std::runtime_error("none of the cases is the last one");
}

std::string AnswerIn(const std::vector<inspect::OutlineLine>& outline, const ReadCase& read) {
  int depth = 0;
  for (const inspect::OutlineLine& line : outline) {
    if (line.depth > depth) continue;
    if (line.depth < depth) break;
    const std::size_t colon = line.text.find(':');
    if (colon == std::string::npos) return AnswerIn(CasesIn(line.text), read);
    const std::string test = line.text.substr(0, colon);
    if (test != "otherwise" && !Holds(test, read)) continue;
    if (colon + 1 < line.text.size()) return AnswerIn(CasesIn(line.text.substr(colon + 2)), read);
    ++depth;
  }
  throw std::runtime_error("the outline has no line for a call");
}

seccomp_data AsPassedByCallers(const ReadCase& read) {
  seccomp_data call = read.call;
  if (const auto parameters = ParametersOf(read.target, read.name))
    for (const Parameter& parameter : *parameters)
      if (parameter.bits <= 32) {
        __u64& argument = call.args[parameter.index];
        argument = parameter.is_signed ? WithSign(argument) : argument & kLowHalf;
      }
  return call;
}

}  // namespace precompiledseccomp::testing
