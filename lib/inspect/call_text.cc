// SPDX-License-Identifier: Apache-2.0

#include "inspect/call_text.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>

#include <fcntl.h>

#include <precompiledseccomp/error.h>

#include "base/identifiers.h"
#include "base/near_misses.h"
#include "inspect/constants.h"
#include "inspect/line_text.h"
#include "inspect/number_text.h"
#include "target/parameters.h"
#include "target/syscall_names.h"

namespace precompiledseccomp::inspect {
namespace {

// What stands between separators.
std::vector<std::string_view> Parts(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(Trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string Quoted(std::string_view text) {
  // Appended: GCC 12 warns of `"literal" + string` when it optimises (its bug 105651).
  return std::string("\"").append(text).append("\"");
}

// Nothing if it is meant to be a name.
std::optional<std::uint32_t> NumberOfCall(std::string_view text) {
  const bool is_marked = text.starts_with('#');
  if (!is_marked && !text.starts_with('-') && (text.empty() || !IsDigit(text.front()))) return std::nullopt;
  const std::optional<NumberFromText> number = ReadNumber(text.substr(is_marked ? 1 : 0));
  if (number && number->bits <= UINT32_MAX) return static_cast<std::uint32_t>(number->bits);
  if (number && number->is_negative && number->bits == UINT64_MAX) return Target::kSkippedCall;
  throw Error(Quoted(text) + " is no number of a call: 0 to 0xffffffff, or -1 of one that a tracer skips");
}

std::uint32_t CallNamed(std::string_view text, const Target& target) {
  if (text.empty()) throw Error("the name of the call is missing, as in \"ioctl(3, TIOCSTI, 0)\"");
  if (const auto number = NumberOfCall(text)) return *number;
  const std::string name(text);
  if (const auto number = SyscallNumber(target, name)) return *number;
  const std::string on_target = " for " + std::string(target.name);
  if (IsNameOfAnyTarget(name))
    throw Error("there is no call " + Quoted(name) + on_target + ": other architectures have it");
  const std::string near = NearMisses(name, SyscallNames(target), 2);
  throw Error("unknown system call " + Quoted(name) + on_target +
              (near.empty() ? "" : "; did you mean " + near + "?") + (near.empty() ? "; give" : " Give") +
              " what is newer by its number, as in #" + std::to_string(target.first_number + target.numbers));
}

std::uint64_t PartOfArgument(std::string_view text, const Target& target) {
  if (const auto number = ReadNumber(text)) return number->bits;
  if (text == "_" || text == "...")
    throw Error("it has to be one call: give a number in place of " + Quoted(text));
  const bool is_name = !text.empty() && (IsLetter(text.front()) || text.front() == '_');
  if (const auto constant = is_name ? ConstantNamed(target, text) : std::nullopt) return *constant;
  const std::string near = NearConstants(text);
  throw Error(Quoted(text) + " is no number of at most 64 bits, and no constant that is known here" +
              (near.empty() ? "" : "; did you mean " + near + "?"));
}

std::uint64_t Argument(std::string_view text, const Target& target) {
  if (text.empty()) throw Error("an argument is empty: give a number or a constant");
  std::uint64_t value = 0;
  for (const std::string_view part : Parts(text, '|')) value |= PartOfArgument(part, target);
  return value;
}

struct SplitCall {
  int number = 0;
  std::vector<std::string_view> arguments;
};

SplitCall Split(std::string_view text, const Target& target) {
  text = Trimmed(text);
  const std::size_t bracket = text.find('(');
  SplitCall split;
  split.number = static_cast<int>(CallNamed(Trimmed(text.substr(0, bracket)), target));
  if (bracket == std::string_view::npos) return split;
  const std::size_t end = text.find(')');
  if (end != text.size() - 1)
    throw Error("a call ends with the bracket behind its arguments, as in \"getpid()\"");
  const std::string_view between = Trimmed(text.substr(bracket + 1, end - bracket - 1));
  if (between.empty()) return split;
  split.arguments = Parts(between, ',');
  if (split.arguments.size() > kArguments)
    throw Error("a call has at most six arguments, and here are " + std::to_string(split.arguments.size()));
  return split;
}

std::string ArgumentText(const std::string& call, const std::string& parameter, std::uint64_t value,
                         std::uint64_t known) {
  if (known == UINT32_MAX) {
    const auto number = static_cast<std::int32_t>(value);
    return number == AT_FDCWD && parameter.ends_with("fd") ? "AT_FDCWD" : std::to_string(number);
  }
  if (known != UINT64_MAX) return "_";
  const std::string_view name = NameOfValue(call, parameter, value);
  return name.empty() ? ShortNumber(value) : std::string(name);
}

}  // namespace

WrittenCall ReadCall(std::string_view text, const Target& target) {
  const SplitCall split = Split(text, target);
  WrittenCall written;
  written.call.arch = target.audit_arch;
  written.call.nr = split.number;
  for (const std::string_view argument : split.arguments)
    written.call.args[written.arguments++] = Argument(argument, target);
  return written;
}

WrittenPattern ReadPattern(std::string_view text, const Target& target) {
  const SplitCall split = Split(text, target);
  WrittenPattern written;
  seccomp_data zero{};
  zero.nr = split.number;
  zero.arch = target.audit_arch;
  written.call = PartlyKnownCall::Whole(zero);
  for (const std::string_view argument : split.arguments) {
    const bool is_any = argument == "_";
    written.call.SetArgument(written.arguments++, is_any ? 0 : Argument(argument, target),
                             is_any ? 0 : UINT64_MAX);
  }
  return written;
}

bool WrittenPattern::IsOneCall() const {
  return std::all_of(call.known.begin(), call.known.end(),
                     [](std::uint64_t bits) { return bits == UINT64_MAX; });
}

std::string ParameterName(const Target& target, const seccomp_data& call, int index) {
  const auto parameters = ParametersOf(target, SyscallName(target, static_cast<std::uint32_t>(call.nr)));
  if (parameters)
    for (const Parameter& parameter : *parameters)
      if (parameter.index == index) return std::string(parameter.name);
  return "arg" + std::to_string(index);
}

std::vector<std::string> ParametersFrom(const Target& target, const seccomp_data& call, std::size_t first) {
  const auto parameters = ParametersOf(target, SyscallName(target, static_cast<std::uint32_t>(call.nr)));
  const std::size_t count = parameters ? parameters->size() : kArguments;
  std::vector<std::string> names;
  for (std::size_t i = first; i < count; ++i)
    names.push_back(ParameterName(target, call, static_cast<int>(i)));
  return names;
}

std::string CallText(const Target& target, const seccomp_data& call) {
  const std::string name = SyscallName(target, static_cast<std::uint32_t>(call.nr));
  const auto parameters = ParametersOf(target, name);
  std::size_t count = parameters ? parameters->size() : 0;
  for (std::size_t i = count; i < kArguments; ++i)
    if (call.args[i] != 0) count = i + 1;
  std::string text = name + "(";
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ", ") + ShortNumber(call.args[i]);
  return text + ")";
}

std::string CallText(const Target& target, const PartlyKnownCall& call) {
  const auto number = static_cast<std::uint32_t>(call.call.nr);
  if (!target.Owns(call.call.arch, number)) {
    const std::string arch =
        call.call.arch == target.audit_arch ? "" : " of architecture " + HexNumber(call.call.arch);
    return NumberText(number) + arch;
  }
  const std::string name = SyscallName(target, number);
  const auto parameters = ParametersOf(target, name);
  // What a trace shows of further ones is what happened to be in their registers.
  std::size_t count = parameters ? parameters->size() : 0;
  for (std::size_t i = count; !parameters && i < kArguments; ++i)
    if (call.call.args[i] != 0) count = i + 1;
  std::string text = name + "(";
  for (std::size_t i = 0; i < count; ++i)
    text += (i == 0 ? "" : ", ") + ArgumentText(name, ParameterName(target, call.call, static_cast<int>(i)),
                                                call.call.args[i], call.known[i]);
  return text + ")";
}

}  // namespace precompiledseccomp::inspect
