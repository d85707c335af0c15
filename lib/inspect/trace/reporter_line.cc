// SPDX-License-Identifier: Apache-2.0

#include "inspect/trace/reporter_line.h"

#include <cstddef>

#include "inspect/line_text.h"
#include "inspect/number_text.h"

namespace precompiledseccomp::inspect {
namespace {

constexpr std::string_view kReporterMark = "seccomp: refused ";

// "0x1f", cut off the text; nothing for anything else.
std::optional<std::uint64_t> TakeNumber(std::string_view& text) {
  const std::size_t end = std::min(text.size(), text.find_first_of(",) "));
  const std::optional<NumberFromText> number = ReadNumber(text.substr(0, end));
  text.remove_prefix(end);
  return number ? std::optional(number->bits) : std::nullopt;
}

bool Skip(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

}  // namespace

bool IsReporterLine(std::string_view line) {
  return line.find(kReporterMark) != std::string_view::npos;
}

std::optional<ReporterLine> ReadReporterLine(std::string_view line) {
  const std::size_t begin = line.find(kReporterMark);
  if (begin == std::string_view::npos) return std::nullopt;
  std::string_view text = Trimmed(line.substr(begin + kReporterMark.size()));
  const std::size_t bracket = text.find('(');
  if (bracket == std::string_view::npos || bracket == 0) return std::nullopt;
  ReporterLine read;
  read.name = text.substr(0, bracket);
  if (read.name.starts_with('#')) {
    const auto number = DecimalNumber(read.name.substr(1));
    if (!number || *number > UINT32_MAX) return std::nullopt;
    read.number = static_cast<std::uint32_t>(*number);
    read.name = {};
  }
  text.remove_prefix(bracket + 1);
  for (std::size_t i = 0; i < kArguments; ++i) {
    if (i > 0 && !Skip(text, ", ")) return std::nullopt;
    const auto argument = TakeNumber(text);
    if (!argument) return std::nullopt;
    read.arguments[i] = *argument;
  }
  if (!Skip(text, ")")) return std::nullopt;
  if (Skip(text, " of architecture ")) {
    const auto arch = TakeNumber(text);
    if (!arch || *arch > UINT32_MAX) return std::nullopt;
    read.arch = static_cast<std::uint32_t>(*arch);
  }
  if (!Skip(text, " at ")) return std::nullopt;
  const auto pointer = TakeNumber(text);
  if (!pointer) return std::nullopt;
  read.instruction_pointer = *pointer;
  return read;
}

}  // namespace precompiledseccomp::inspect
