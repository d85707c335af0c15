// SPDX-License-Identifier: Apache-2.0

#include "inspect/trace/call_counts.h"

#include <algorithm>
#include <vector>

#include "inspect/line_text.h"

namespace precompiledseccomp::inspect {
namespace {

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::string_view word = TakeWord(line); !word.empty(); word = TakeWord(line))
    // "% time" is one column.
    if (word != "%") words.push_back(word);
  return words;
}

bool IsRule(std::string_view line) {
  return line.find_first_not_of("- ") == std::string_view::npos && line.find("---") != std::string_view::npos;
}

// " Summary of events:", " prog (26818), 134 events, 52.8%"
bool IsAroundTables(std::string_view line) {
  return line == "Summary of events:" ||
         (line.find("), ") != std::string_view::npos && line.find(" events, ") != std::string_view::npos &&
          line.ends_with('%'));
}

// "System call usage summary for 32 bit mode:"
std::string_view ModeOf(std::string_view line) {
  constexpr std::string_view kBegin = "System call usage summary for ";
  constexpr std::string_view kEnd = " mode:";
  if (!line.starts_with(kBegin) || !line.ends_with(kEnd)) return {};
  line = line.substr(kBegin.size(), line.size() - kBegin.size() - kEnd.size());
  for (const std::string_view mode : {"32 bit", "x32", "64 bit"})
    if (mode == line) return mode;
  return {};
}

bool IsTotal(std::string_view line) {
  const std::vector<std::string_view> words = Words(line);
  return std::find(words.begin(), words.end(), "total") != words.end();
}

}  // namespace

CountTables::Line CountTables::Take(std::string_view line) {
  line = Trimmed(line);
  if (const std::string_view mode = ModeOf(line); !mode.empty()) {
    mode_ = mode == "64 bit" ? std::string_view() : mode == "x32" ? "x32" : "32 bit";
    return Line::kPart;
  }
  if (line.empty() || IsAroundTables(line)) {
    const bool is_cut_off = IsCutOff();
    place_ = Place::kOutside;
    return is_cut_off ? Line::kNoRow : Line::kPart;
  }
  switch (place_) {
    case Place::kOutside:
      return TakeHead(line);
    case Place::kHead:
      if (IsRule(line)) place_ = Place::kRows;
      if (line.starts_with("(msec)")) has_total_ = false;
      return IsRule(line) || line.starts_with("(msec)") ? Line::kPart : Line::kNoRow;
    case Place::kRows:
      return TakeRow(line);
    case Place::kTotal:
      place_ = Place::kOutside;
      mode_ = {};
      return IsTotal(line) ? Line::kPart : TakeHead(line);
  }
  return Line::kNone;
}

CountTables::Line CountTables::TakeHead(std::string_view line) {
  const std::vector<std::string_view> words = Words(line);
  const auto place = [&](std::string_view name) -> std::optional<std::size_t> {
    const auto found = std::find(words.begin(), words.end(), name);
    return found == words.end() ? std::nullopt
                                : std::optional(static_cast<std::size_t>(found - words.begin()));
  };
  const auto name = place("syscall");
  const bool is_head = line.starts_with("% time") || place("calls");
  if (!name || !is_head || line.find('(') != std::string_view::npos) return Line::kNone;
  columns_ = words.size();
  name_ = *name;
  calls_ = place("calls");
  errors_ = place("errors");
  place_ = Place::kHead;
  has_total_ = true;
  return Line::kPart;
}

CountTables::Line CountTables::TakeRow(std::string_view line) {
  if (IsRule(line)) {
    place_ = Place::kTotal;
    return Line::kPart;
  }
  std::vector<std::string_view> words = Words(line);
  // Where there are no errors the column is blank.
  if (errors_ && words.size() + 1 == columns_)
    words.insert(words.begin() + static_cast<std::ptrdiff_t>(*errors_), "0");
  if (words.size() != columns_) return Line::kNoRow;
  row_.name = words[name_];
  row_.count = 1;
  if (!calls_) return Line::kRow;
  const auto count = DecimalNumber(words[*calls_]);
  if (!count) return Line::kNoRow;
  row_.count = *count;
  return Line::kRow;
}

}  // namespace precompiledseccomp::inspect
