// SPDX-License-Identifier: Apache-2.0

#include "inspect/trace/strace_line.h"

#include <algorithm>
#include <cstddef>

#include "base/identifiers.h"
#include "inspect/line_text.h"

namespace precompiledseccomp::inspect {
namespace {

constexpr std::string_view kUnfinished = "<unfinished ...>";
constexpr std::string_view kDetached = "<detached ...>";

// ---- What stands before a call.

bool IsTimeOfDay(std::string_view word) {
  if (word.size() < 8 || word[2] != ':' || word[5] != ':') return false;
  for (std::size_t i = 0; i < word.size(); ++i)
    if (i != 2 && i != 5 && !IsDigit(word[i]) && !(i == 8 && word[i] == '.')) return false;
  return true;
}

bool IsSeconds(std::string_view word) {
  const std::size_t dot = word.find('.');
  return dot != std::string_view::npos && dot > 0 && IsNumber(word.substr(0, dot)) &&
         IsNumber(word.substr(dot + 1));
}

// "1283", or "1283<comm>" of -Y.
bool ReadTask(std::string_view word, StraceLine& line) {
  const std::size_t end = word.find('<');
  const auto task = DecimalNumber(word.substr(0, end));
  if (!task || *task > UINT32_MAX || (end != std::string_view::npos && !word.ends_with('>'))) return false;
  line.task = static_cast<std::uint32_t>(*task);
  return true;
}

// "[pid  1283] " and, with -o, "1283 ". A name may have spaces.
void TakeTask(std::string_view& text, StraceLine& line) {
  constexpr std::string_view kMark = "[pid ";
  if (text.starts_with(kMark)) {
    // A name ends with ">]".
    const std::size_t named = text.find('<') < text.find(']') ? text.find(">]") : std::string_view::npos;
    const std::size_t end = named != std::string_view::npos ? named + 1 : text.find(']');
    if (end == std::string_view::npos) return;
    if (ReadTask(Trimmed(text.substr(kMark.size(), end - kMark.size())), line))
      text = TrimmedLeft(text.substr(end + 1));
    return;
  }
  std::size_t end = 0;
  while (end < text.size() && IsDigit(text[end])) ++end;
  if (end == 0 || end == text.size()) return;
  if (text[end] == '<') {
    const std::size_t closing = text.find("> ", end);
    if (closing == std::string_view::npos) return;
    end = closing + 1;
  }
  if (text[end] == ' ' && ReadTask(text.substr(0, end), line)) text = TrimmedLeft(text.substr(end));
}

// "22:01:55.123456", "1795730400.64", and of -r "(+     0.000018)".
bool TakeTime(std::string_view& text) {
  if (text.starts_with("(+")) {
    const std::size_t end = text.find(')');
    if (end == std::string_view::npos || !IsSeconds(Trimmed(text.substr(2, end - 2)))) return false;
    text = TrimmedLeft(text.substr(end + 1));
    return true;
  }
  const std::string_view word = text.substr(0, text.find(' '));
  if (!IsTimeOfDay(word) && !IsSeconds(word)) return false;
  text = TrimmedLeft(text.substr(word.size()));
  return true;
}

// "[ 257]" of -n, "[00007f0e12345678]" of -i, which has eight digits for 32 bits, or as many question marks.
bool TakeNumberOrPointer(std::string_view& text, StraceLine& line) {
  const std::size_t end = text.starts_with('[') ? text.find(']') : std::string_view::npos;
  if (end == std::string_view::npos) return false;
  const std::string_view inner = text.substr(1, end - 1);
  if (inner.size() == 8 || inner.size() == 16) {
    if (const auto pointer = HexDigits(inner))
      line.instruction_pointer = *pointer;
    else if (inner.find_first_not_of('?') != std::string_view::npos)
      return false;
  } else {
    const auto number = DecimalNumber(Trimmed(inner));
    if (!number || *number > UINT32_MAX) return false;
    line.number = static_cast<std::uint32_t>(*number);
  }
  text = TrimmedLeft(text.substr(end + 1));
  return true;
}

// ---- Other lines than calls.

bool IsAside(std::string_view text) {
  return text.empty() || text.starts_with("> ") || text.starts_with("| ") || text.starts_with("strace: ");
}

bool ReadAttached(std::string_view text, StraceLine& line) {
  constexpr std::string_view kOwn = "strace: ";
  if (text.starts_with(kOwn)) text.remove_prefix(kOwn.size());
  constexpr std::string_view kProcess = "Process ";
  if (!text.starts_with(kProcess)) return false;
  text.remove_prefix(kProcess.size());
  const std::string_view word = text.substr(0, text.find(' '));
  const std::string_view rest = text.substr(word.size());
  StraceLine attached;
  if (!ReadTask(word, attached)) return false;
  line.kind = rest.starts_with(" attached") ? StraceLine::Kind::kAttached : StraceLine::Kind::kAside;
  line.task = attached.task;
  return rest.starts_with(" attached") || rest.starts_with(" detached") || rest.starts_with(" resumed") ||
         rest.starts_with(" suspended");
}

bool ReadMode(std::string_view text, StraceLine& line) {
  constexpr std::string_view kOwn = "strace: ";
  if (text.starts_with(kOwn)) text.remove_prefix(kOwn.size());
  constexpr std::string_view kBegin = "[ Process PID=";
  constexpr std::string_view kMiddle = " runs in ";
  const std::size_t middle = text.find(kMiddle);
  const std::size_t end = text.find(" mode. ]");
  if (!text.starts_with(kBegin) || middle == std::string_view::npos || end == std::string_view::npos ||
      end < middle + kMiddle.size())
    return false;
  if (!ReadTask(text.substr(kBegin.size(), middle - kBegin.size()), line)) return false;
  line.kind = StraceLine::Kind::kMode;
  line.result = text.substr(middle + kMiddle.size(), end - middle - kMiddle.size());
  return true;
}

bool ReadSignal(std::string_view text, StraceLine& line) {
  if (!text.starts_with("--- ") || !text.ends_with(" ---") || text.size() < 8) return false;
  text = text.substr(4, text.size() - 8);
  line.kind = StraceLine::Kind::kSignal;
  line.name = text.substr(0, text.find(' '));
  line.arguments = text.substr(line.name.size());
  return true;
}

bool ReadEnd(std::string_view text, StraceLine& line) {
  if (!text.starts_with("+++ ") || !text.ends_with(" +++") || text.size() < 8) return false;
  text = text.substr(4, text.size() - 8);
  line.kind = StraceLine::Kind::kEnd;
  line.name = text.substr(0, text.find(' '));
  // "killed by SIGSYS (core dumped)", "exited with 0", "superseded by execve in pid 1283"
  text.remove_prefix(line.name.size());
  for (const std::string_view how : {" by ", " with "}) {
    if (!text.starts_with(how)) continue;
    text.remove_prefix(how.size());
    line.result = line.name == "superseded" ? text : text.substr(0, text.find(' '));
    return line.name == "killed" || line.name == "exited" || line.name == "superseded";
  }
  return false;
}

// ---- Calls.

bool ReadResumed(std::string_view text, StraceLine& line) {
  constexpr std::string_view kBegin = "<... ";
  constexpr std::string_view kEnd = " resumed>";
  const std::size_t end = text.find(kEnd);
  if (!text.starts_with(kBegin) || end == std::string_view::npos) return false;
  line.kind = StraceLine::Kind::kResumed;
  line.name = text.substr(kBegin.size(), end - kBegin.size());
  line.arguments = text.substr(end + kEnd.size());
  return true;
}

// Names have small letters, digits and underscores; strace writes "????" of a call that it did not see begin.
std::string_view NameOfCall(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && (IsLetter(text[end]) || IsDigit(text[end]) || text[end] == '_')) ++end;
  if (end == 0 && text.starts_with("????")) end = 4;
  return end < text.size() && text[end] == '(' ? text.substr(0, end) : std::string_view();
}

bool ReadCallLine(std::string_view text, StraceLine& line) {
  const std::string_view name = NameOfCall(text);
  if (name.empty()) return false;
  line.name = name;
  const std::string_view rest = text.substr(name.size() + 1);
  for (const std::string_view mark : {kUnfinished, kDetached}) {
    if (!rest.ends_with(mark)) continue;
    line.kind = StraceLine::Kind::kUnfinished;
    line.arguments = rest.substr(0, rest.size() - mark.size());
    // strace puts one space before the mark, and 6.1 another one behind a comma.
    if (line.arguments.ends_with(' ')) line.arguments.remove_suffix(1);
    return true;
  }
  const auto call = ReadStraceCall(rest);
  if (!call) return false;
  line.kind = StraceLine::Kind::kCall;
  line.arguments = rest;
  line.result = call->result;
  return true;
}

// ---- Within the brackets.

// Goes through a call's text, keeping count of what is open.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  // The next comma or closing bracket that belongs to the call itself; npos if there is none.
  std::size_t NextOfCall() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (depth_ == 0 && (c == ',' || c == ')')) return at_++;
      if (c == '"')
        SkipString();
      else if (IsFile(c))
        SkipFile();
      else if (IsComment())
        at_ = std::min(text_.size(), std::min(text_.find("*/", at_), text_.size() - 2) + 2);
      else if (IsOpening(c))
        ++depth_, ++at_;
      else if (IsClosing(c))
        --depth_, ++at_;
      else
        ++at_;
      if (depth_ < 0) depth_ = 0;
    }
    return std::string_view::npos;
  }

 private:
  void SkipString() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
      if (text_[at_] == '\\') ++at_;
    if (at_ < text_.size()) ++at_;
  }
  [[nodiscard]] bool IsComment() const { return text_.compare(at_, 2, "/*") == 0; }

  [[nodiscard]] char Before() const { return at_ == 0 ? '\0' : text_[at_ - 1]; }
  [[nodiscard]] char Behind() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\0'; }

  // "3</etc/x>" has one; "1<<CAP_KILL" does not.
  [[nodiscard]] bool IsFile(char c) const { return c == '<' && Before() != '<' && Behind() != '<'; }
  // Names may hold any brackets but these, which strace escapes, and "3<TCP:[1->2]>" has an arrow.
  void SkipFile() {
    int depth = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\\') ++at_;
      if (c == '<') ++depth;
      if (c == '>' && Before() != '-' && --depth == 0) break;
    }
    at_ = std::min(text_.size(), at_ + 1);
  }
  static bool IsOpening(char c) { return c == '(' || c == '[' || c == '{'; }
  static bool IsClosing(char c) { return c == ')' || c == ']' || c == '}'; }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

// ") = 3": what follows the bracket, behind the sign; nothing if it is none.
std::optional<std::string_view> ResultBehind(std::string_view text) {
  text = TrimmedLeft(text);
  if (!text.starts_with("= ")) return std::nullopt;
  return Trimmed(text.substr(2));
}

}  // namespace

std::optional<StraceCall> ReadStraceCall(std::string_view text) {
  Scanner scanner(text);
  for (std::size_t at = scanner.NextOfCall(); at != std::string_view::npos; at = scanner.NextOfCall()) {
    if (text[at] != ')') continue;
    if (const auto result = ResultBehind(text.substr(at + 1))) return StraceCall{text.substr(0, at), *result};
    break;
  }
  for (std::size_t at = text.rfind(')'); at != std::string_view::npos && at > 0; at = text.rfind(')', at - 1))
    if (const auto result = ResultBehind(text.substr(at + 1)))
      return StraceCall{text.substr(0, at), *result, false};
  return std::nullopt;
}

std::vector<std::string_view> StraceArguments(std::string_view arguments) {
  std::vector<std::string_view> parts;
  Scanner scanner(arguments);
  std::size_t begin = 0;
  for (std::size_t at = scanner.NextOfCall(); at != std::string_view::npos; at = scanner.NextOfCall()) {
    if (arguments[at] != ',') continue;
    parts.push_back(Trimmed(arguments.substr(begin, at - begin)));
    begin = at + 1;
  }
  const std::string_view last = Trimmed(arguments.substr(begin));
  if (!last.empty() || !parts.empty()) parts.push_back(last);
  return parts;
}

std::optional<StraceLine> ReadStraceLine(std::string_view line) {
  StraceLine read;
  std::string_view text = Trimmed(line);
  if (ReadMode(text, read) || ReadAttached(text, read)) return read;
  if (IsAside(text)) return StraceLine();
  TakeTask(text, read);
  while (TakeTime(text)) {
  }
  while (TakeNumberOrPointer(text, read)) {
  }
  if (ReadMode(text, read) || ReadSignal(text, read) || ReadEnd(text, read) || ReadResumed(text, read) ||
      ReadCallLine(text, read))
    return read;
  return std::nullopt;
}

}  // namespace precompiledseccomp::inspect
