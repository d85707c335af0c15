// SPDX-License-Identifier: Apache-2.0
//
// Bytes as a trace: each line is a call or several, is of those that are known to be none, or is told of as
// unreadable; what is known of a call is consistent; and rules can be suggested for it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/fail.h"
#include "inspect/call_text.h"
#include "inspect/suggest.h"
#include "inspect/trace/strace_line.h"
#include "inspect/trace/trace.h"

namespace precompiledseccomp::fuzz {
namespace {

using inspect::TalliedCall;
using inspect::Trace;

void CheckCall(const Target& target, const TalliedCall& call, const Trace& trace) {
  for (std::size_t i = 0; i < inspect::kArguments; ++i)
    if ((call.call.call.args[i] & ~call.call.known[i]) != 0) Fail("bits that are not known are not 0");
  if (call.count > 0 && call.ended > call.count) Fail("more calls were ended than made");
  if (call.first_line == 0 || call.first_line > trace.lines) Fail("a call is of no line");
  const std::string text = inspect::CallText(target, call.call);
  if (text.empty() || text.find('\n') != std::string::npos) Fail("a call's text is no line: " + text);
}

void Check(std::string_view text, const Target& target) {
  const inspect::SuggestRequest request{target};
  const inspect::LookedAt looked_at = inspect::LooksAtForSuggestions(request);
  inspect::TraceReader reader(target, looked_at, {.from_start = true, .marker = {}});
  std::size_t lines = 0;
  for (; !text.empty(); ++lines) {
    const std::size_t end = std::min(text.size(), text.find('\n'));
    const std::string_view line = text.substr(0, end);
    for (const std::string_view argument : inspect::StraceArguments(line))
      if (!argument.empty() &&
          (argument.data() < line.data() || argument.data() + argument.size() > line.data() + line.size()))
        Fail("an argument is no part of its line");
    reader.TakeLine(line);
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  const Trace trace = reader.Finish();
  if (trace.lines != lines) Fail("lines were lost");
  if (trace.unread.size() != std::min<std::uint64_t>(trace.unread_lines, Trace::kMostUnread))
    Fail("unreadable lines are not shown");
  for (const TalliedCall& call : trace.calls) CheckCall(target, call, trace);
  const inspect::Suggestion suggestion = inspect::Suggest(request, trace);
  for (const inspect::SuggestedRule& rule : suggestion.rules)
    if (rule.calls.empty()) Fail("a rule has no calls");
}

}  // namespace
}  // namespace precompiledseccomp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace pcs = precompiledseccomp;
  const std::string_view text(reinterpret_cast<const char*>(data), size);  // NOLINT: bytes are characters
  for (const pcs::Target& target : pcs::Targets()) pcs::fuzz::Check(text, target);
  return 0;
}
