// SPDX-License-Identifier: Apache-2.0

#include "inspect/trace/strace_argument.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/identifiers.h"
#include "inspect/constants.h"
#include "inspect/line_text.h"
#include "inspect/number_text.h"
#include "inspect/trace/strace_line.h"
#include "target/parameters.h"

namespace precompiledseccomp::inspect {
namespace {

constexpr std::uint64_t kLowerHalf = 0xffffffff;

constexpr KnownBits kNothing = {};

KnownBits All(std::uint64_t value) {
  return {value, UINT64_MAX};
}

// ---- Single values.

// "RT_1", "SIGRT_1": the kernel's, which begin two below what libc leaves to programs.
std::optional<std::uint64_t> RealTimeSignal(std::string_view name) {
  constexpr std::uint64_t kFirst = 32;
  constexpr std::uint64_t kMost = 32;
  for (const std::string_view prefix : {"SIGRT_", "RT_"})
    if (name.starts_with(prefix)) {
      const auto number = DecimalNumber(name.substr(prefix.size()));
      if (number && *number <= kMost) return kFirst + *number;
    }
  return std::nullopt;
}

// "_IOC(_IOC_READ|_IOC_WRITE, 0x54, 0x1, 0x4)": direction, type, number and size, where they stand on all
// targets (include/uapi/asm-generic/ioctl.h).
std::optional<std::uint64_t> IoctlRequest(std::string_view text) {
  constexpr std::string_view kBegin = "_IOC(";
  if (!text.starts_with(kBegin) || !text.ends_with(')')) return std::nullopt;
  const auto parts = StraceArguments(text.substr(kBegin.size(), text.size() - kBegin.size() - 1));
  if (parts.size() != 4) return std::nullopt;
  std::uint64_t direction = 0;
  if (parts[0].find("_IOC_WRITE") != std::string_view::npos) direction |= 1;
  if (parts[0].find("_IOC_READ") != std::string_view::npos) direction |= 2;
  if (const auto number = ReadNumber(parts[0])) direction = number->bits;
  const auto type = ReadNumber(parts[1]);
  const auto number = ReadNumber(parts[2]);
  const auto size = ReadNumber(parts[3]);
  if (!type || !number || !size || direction > 3 || type->bits > 0xff || number->bits > 0xff ||
      size->bits > 0x3fff)
    return std::nullopt;
  return direction << 30 | size->bits << 16 | type->bits << 8 | number->bits;
}

std::optional<std::uint64_t> PartOf(std::string_view text, const Target& target) {
  if (text == "NULL") return 0;
  if (const auto number = ReadNumber(text)) return number->bits;
  if (const auto request = IoctlRequest(text)) return request;
  if (text.empty() || (!IsLetter(text.front()) && text.front() != '_')) return std::nullopt;
  if (const auto constant = ConstantNamed(target, text)) return constant;
  return RealTimeSignal(text);
}

// The parts between separators that are not within brackets.
std::optional<std::uint64_t> Joined(std::string_view text, const Target& target) {
  std::uint64_t value = 0;
  for (;;) {
    // Requests hold separators within their brackets.
    const std::size_t from = text.starts_with("_IOC(") ? text.find(')') : 0;
    const std::size_t end = from == std::string_view::npos ? from : text.find('|', from);
    const auto part = PartOf(Trimmed(text.substr(0, end)), target);
    if (!part) return std::nullopt;
    value |= *part;
    if (end == std::string_view::npos) return value;
    text.remove_prefix(end + 1);
  }
}

// "3</etc/x>" is 3, and "AT_FDCWD</tmp>" that constant; "1<<5" is neither.
std::string_view WithoutFile(std::string_view text) {
  const std::size_t begin = text.find('<');
  if (begin == std::string_view::npos || begin == 0 || text.find("<<") != std::string_view::npos ||
      !text.ends_with('>'))
    return text;
  return text.substr(0, begin);
}

KnownBits BitsOf(std::uint64_t value) {
  const bool is_negative_int = value >> 31 == UINT64_MAX >> 31;
  return is_negative_int ? KnownBits{value & kLowerHalf, kLowerHalf} : All(value);
}

// ---- Which argument is which.

// What strace calls the parameters of clone, whose order it changes.
struct NamedArgument {
  std::string_view in_strace;
  std::string_view parameter;
};
constexpr NamedArgument kNamedArguments[] = {
    {"flags", "clone_flags"},
    {"child_stack", "newsp"},
    {"parent_tid", "parent_tidptr"},
    {"parent_tidptr", "parent_tidptr"},
    {"child_tid", "child_tidptr"},
    {"child_tidptr", "child_tidptr"},
    {"tls", "tls"},
};

struct NameAndText {
  std::string_view name;  // empty if it has none
  std::string_view text;
};

NameAndText Split(std::string_view argument) {
  std::size_t end = 0;
  while (end < argument.size() && (IsLetter(argument[end]) || argument[end] == '_')) ++end;
  const bool is_named =
      end > 0 && end + 1 < argument.size() && argument[end] == '=' && argument[end + 1] != '>';
  return is_named ? NameAndText{argument.substr(0, end), argument.substr(end + 1)}
                  : NameAndText{{}, argument};
}

std::optional<std::size_t> PlaceOf(std::string_view name, const std::string& call, const Target& target) {
  const auto* const named = std::find_if(std::begin(kNamedArguments), std::end(kNamedArguments),
                                         [&](const NamedArgument& row) { return row.in_strace == name; });
  if (named == std::end(kNamedArguments)) return std::nullopt;
  const auto parameter = FindParameter(target, call, named->parameter);
  return parameter ? std::optional(static_cast<std::size_t>(parameter->index)) : std::nullopt;
}

// How many of what strace shows are the kernel's arguments of the same places: it leaves out those that an
// operation has no use for, and shows the position of preadv2 and pwritev2, which takes two, as one.
std::size_t ArgumentsInOrder(std::string_view call, const std::vector<std::string_view>& arguments,
                             const Target& target) {
  constexpr std::size_t kBeforeFlags = 4;
  constexpr std::size_t kBeforeOperands = 2;
  constexpr std::uint64_t kCommand = 0x7f;  // without FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME
  if (call == "preadv2" || call == "pwritev2") return kBeforeFlags;
  if (call == "ptrace" && arguments.size() < 4) return kBeforeOperands;
  if (call != "futex" || arguments.size() < 2) return kArguments;
  const KnownBits operation = StraceArgument(arguments[1], target);
  const bool is_in_order = (operation.known & kCommand) == kCommand && (operation.value & kCommand) <= 1;
  return is_in_order ? kArguments : kBeforeOperands;  // FUTEX_WAIT and FUTEX_WAKE
}

// "0x4 /* MAP_??? */|MAP_FIXED"
std::string WithoutComments(std::string_view text) {
  std::string plain;
  for (std::size_t begin = text.find("/*"); begin != std::string_view::npos; begin = text.find("/*")) {
    plain += text.substr(0, begin);
    const std::size_t end = text.find("*/", begin);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  }
  return plain.append(text);
}

// Of an int, strace shows the lower half. The upper one is 0 if its highest bit is, as libcs pass it; if that
// is set, one libc fills it and another does not.
KnownBits OfParameter(KnownBits bits, const std::vector<Parameter>* parameters, std::size_t place) {
  constexpr std::uint64_t kSign = 0x80000000;
  if (parameters == nullptr || place >= parameters->size() || (*parameters)[place].bits > 32) return bits;
  const bool is_sure = bits.known != UINT64_MAX || bits.value > kLowerHalf || (bits.value & kSign) == 0;
  return is_sure ? bits : KnownBits{bits.value, kLowerHalf};
}

}  // namespace

KnownBits StraceArgument(std::string_view text, const Target& target) {
  std::string plain;
  if (text.find("/*") != std::string_view::npos) {
    plain = WithoutComments(text);
    text = plain;
  }
  text = WithoutFile(Trimmed(text));
  // Requests that several drivers have: "SNDCTL_TMR_TIMEBASE or TCGETS".
  constexpr std::string_view kOr = " or ";
  for (;;) {
    const std::size_t end = text.find(kOr);
    if (const auto value = Joined(text.substr(0, end), target)) return BitsOf(*value);
    if (end == std::string_view::npos) return kNothing;
    text.remove_prefix(end + kOr.size());
  }
}

void SetStraceArguments(std::string_view text, const std::string& name,
                        const std::vector<Parameter>* parameters, const Target& target,
                        PartlyKnownCall& call) {
  const std::vector<std::string_view> arguments = StraceArguments(text);
  const bool are_named = std::any_of(arguments.begin(), arguments.end(),
                                     [](std::string_view argument) { return !Split(argument).name.empty(); });
  const std::size_t in_order = ArgumentsInOrder(name, arguments, target);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const NameAndText split = Split(arguments[i]);
    const std::optional<std::size_t> place = are_named ? PlaceOf(split.name, name, target) : i;
    if (!place || *place >= in_order) continue;
    const KnownBits bits = OfParameter(StraceArgument(split.text, target), parameters, *place);
    call.SetArgument(*place, bits.value, bits.known);
  }
}

}  // namespace precompiledseccomp::inspect
