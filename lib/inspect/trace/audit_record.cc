// SPDX-License-Identifier: Apache-2.0

#include "inspect/trace/audit_record.h"

#include <algorithm>
#include <cstddef>

#include "base/identifiers.h"
#include "inspect/line_text.h"

namespace precompiledseccomp::inspect {
namespace {

// What auditd adds to a record in words begins behind this.
constexpr char kSeparator = '\x1d';

// Where the fields of a record begin; npos if it is none.
std::size_t BeginOfFields(std::string_view line) {
  for (const std::string_view mark : {"type=1326 ", "type=SECCOMP ", ": SECCOMP "}) {
    const std::size_t found = line.find(mark);
    if (found != std::string_view::npos) return found + mark.size();
  }
  return std::string_view::npos;
}

// The value of a field; nothing if there is none of that name.
std::optional<std::string_view> Field(std::string_view fields, std::string_view name) {
  // Names of programs are in quotes where they hold spaces or quotes of their own: not so here, where the
  // kernel writes them in hexadecimal.
  while (!fields.empty()) {
    const std::string_view word = TakeWord(fields);
    if (word.size() > name.size() && word.starts_with(name) && word[name.size()] == '=')
      return word.substr(name.size() + 1);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> HexNumberOf(std::string_view text) {
  if (text.starts_with("0x")) text.remove_prefix(2);
  return HexDigits(text);
}

// SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD and SECCOMP_RET_TRAP, as numbers and as ausearch has
// them.
bool IsEnding(std::string_view code) {
  if (const auto number = HexNumberOf(code)) return *number == 0x80000000 || *number < 0x50000;
  return code.starts_with("kill") || code == "trap";
}

}  // namespace

bool IsAuditRecord(std::string_view line) {
  return BeginOfFields(line) != std::string_view::npos;
}

std::optional<AuditRecord> ReadAuditRecord(std::string_view line) {
  const std::size_t begin = BeginOfFields(line);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::string_view whole = Trimmed(line.substr(begin, line.find(kSeparator, begin) - begin));
  // Before the signal stands what the process calls itself, which ausearch does not quote.
  const std::size_t signal_at = whole.rfind(" sig=");
  const std::string_view fields = signal_at == std::string_view::npos ? whole : whole.substr(signal_at);
  const auto arch = Field(fields, "arch");
  const auto call = Field(fields, "syscall");
  if (!arch || arch->empty() || !call || call->empty()) return std::nullopt;
  AuditRecord record;
  if (const auto number = arch->size() == 8 ? HexDigits(*arch) : std::nullopt) {
    record.arch = static_cast<std::uint32_t>(*number);
  } else {
    record.is_arch_named = true;
    record.arch_name = *arch;
  }
  if (const auto number = DecimalNumber(*call)) {
    if (*number > UINT32_MAX) return std::nullopt;
    record.number = static_cast<std::uint32_t>(*number);
  } else if (*call == "-1") {
    record.number = UINT32_MAX;
  } else {
    record.name = *call;
  }
  if (const auto pointer = Field(fields, "ip")) record.instruction_pointer = HexNumberOf(*pointer);
  const auto signal = Field(fields, "sig");
  const auto code = Field(fields, "code");
  record.was_ended = (code && IsEnding(*code)) || (signal && (*signal == "31" || *signal == "SIGSYS"));
  return record;
}

bool IsLineOfLog(std::string_view line) {
  line = TrimmedLeft(line);
  if (line.starts_with('<') && line.find('>') <= 4) line = TrimmedLeft(line.substr(line.find('>') + 1));
  // "[ 2628.1] ", "[Fri Nov 27 20:00:00 2026] "
  if (line.starts_with('[')) {
    const std::size_t end = line.find(']');
    const std::string_view inner = end == std::string_view::npos ? "" : Trimmed(line.substr(1, end - 1));
    const std::size_t dot = inner.find('.');
    const bool is_seconds =
        dot != std::string_view::npos && IsNumber(inner.substr(0, dot)) && IsNumber(inner.substr(dot + 1));
    return is_seconds || std::count(inner.begin(), inner.end(), ':') == 2;
  }
  for (const std::string_view begin : {"-- ", "----", "time->", "type=", "audit: ", "node="})
    if (line.starts_with(begin)) return true;
  // "2026-11-27T20:00:00+0000 host ", "Nov 27 20:00:00 host "
  const std::string_view day = TakeWord(line);
  if (day.size() >= 19 && day[4] == '-' && day[7] == '-' && day[10] == 'T' && IsNumber(day.substr(0, 4)))
    return true;
  const std::string_view number = TakeWord(line);
  const std::string_view time = TakeWord(line);
  return day.size() == 3 && IsLetter(day.front()) && IsNumber(number) && number.size() <= 2 &&
         time.size() >= 8 && time[2] == ':' && time[5] == ':';
}

bool TellsOfLostRecords(std::string_view line) {
  if (line.find("audit") == std::string_view::npos) return false;
  for (const std::string_view mark :
       {"callbacks suppressed", "backlog limit exceeded", "rate limit exceeded"})
    if (line.find(mark) != std::string_view::npos) return true;
  constexpr std::string_view kLost = "audit_lost=";
  const std::size_t lost = line.find(kLost);
  return lost != std::string_view::npos && !line.substr(lost + kLost.size()).starts_with("0 ");
}

}  // namespace precompiledseccomp::inspect
