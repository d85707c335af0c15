// SPDX-License-Identifier: Apache-2.0

#include "people/explain_trace.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <precompiledseccomp/error.h>

#include "inspect/call_text.h"
#include "inspect/number_text.h"
#include "people/case_text.h"
#include "people/source_options.h"
#include "people/tones.h"
#include "report/json.h"

namespace precompiledseccomp::gen {
namespace {

using inspect::ExplainedCase;
using inspect::JudgedCall;
using inspect::JudgedTrace;
using inspect::Standing;
using inspect::Trace;

std::string Counted(std::uint64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::uint64_t Total(const std::vector<JudgedCall>& calls) {
  std::uint64_t total = 0;
  for (const JudgedCall& call : calls) total += call.call.count;
  return total;
}

// ---- As text.

// The default action of a policy decides most of what is refused: it has no line of its own.
bool IsByDefault(const JudgedCall& call) {
  return call.answers.cases.size() == 1 &&
         call.answers.cases.front().decider == inspect::Decider::kDefaultAction && !call.is_by_another;
}

std::string AnswersText(const JudgedCall& call) {
  constexpr const char* kIndent = "           ";
  if (IsByDefault(call)) return "";
  if (call.is_by_another)
    return std::string(kIndent) +
           "allowed here; another filter answered with a signal when the trace was made\n";
  std::string text;
  for (const ExplainedCase& one : call.answers.cases) {
    const std::string decider = DeciderText(one);
    const bool is_only = call.answers.cases.size() == 1;
    if (is_only && decider.empty()) continue;
    text += kIndent + (is_only ? decider : one.answer + (decider.empty() ? "" : ", " + decider)) + "\n";
  }
  return text;
}

std::string AnswerOf(const JudgedCall& call) {
  if (call.is_by_another) return "refused";
  if (IsByDefault(call)) return call.answers.cases.front().answer + " by default";
  if (call.answers.cases.size() == 1) return call.answers.cases.front().answer;
  if (call.answers.standing == Standing::kOpen) return "depends on what is not known";
  return WordFor(call.answers.standing);
}

//      12 x openat(AT_FDCWD, _, 0x80000, _): errno 1 (EPERM); line 57
//           by the rule "errno 1 openat" (policy.cc:12)
std::string CallsText(const Source& source, const std::vector<JudgedCall>& calls) {
  constexpr std::size_t kColumn = 8;
  std::string text;
  for (const JudgedCall& call : calls) {
    const std::string count = std::to_string(call.call.count);
    text.append(kColumn - std::min(kColumn, count.size()), ' ');
    text += count + " x " + inspect::CallText(source.program.target, call.call.call) + ": " +
            Toned(call.is_by_another ? Standing::kRefused : call.answers.standing, AnswerOf(call));
    if (call.call.first_line != 0) text += "; line " + std::to_string(call.call.first_line);
    text += "\n" + AnswersText(call);
  }
  return text;
}

// ---- As JSON.

void WriteCall(const Source& source, const JudgedCall& call, JsonWriter& json) {
  const auto number = static_cast<std::uint32_t>(call.call.call.call.nr);
  json.Line().BeginObject();
  json.Key("text").String(inspect::CallText(source.program.target, call.call.call));
  json.Key("number").Number(number);
  json.Key("arch").String(inspect::HexNumber(call.call.call.call.arch));
  json.Key("arguments").BeginArray();
  for (std::size_t i = 0; i < inspect::kArguments; ++i) {
    json.BeginObject();
    json.Key("value").String(inspect::HexNumber(call.call.call.call.args[i]));
    json.Key("known").String(inspect::HexNumber(call.call.call.known[i]));
    json.EndObject();
  }
  json.EndArray();
  json.Key("count").Number(call.call.count);
  json.Key("ended").Number(call.call.ended);
  json.Key("line").Number(static_cast<std::uint64_t>(call.call.first_line));
  json.Key("by_another_filter").Boolean(call.is_by_another);
  json.Key("cases").BeginArray();
  for (const ExplainedCase& one : call.answers.cases) WriteCase(one, json);
  json.EndArray();
  json.EndObject();
}

void WriteCalls(const Source& source, const char* key, const std::vector<JudgedCall>& calls,
                JsonWriter& json) {
  json.Line().Key(key).BeginArray();
  for (const JudgedCall& call : calls) WriteCall(source, call, json);
  json.EndArray();
}

void WriteTrace(const Trace& trace, JsonWriter& json) {
  json.Line().Key("calls").Number(trace.made);
  json.Line().Key("before_filter").Number(trace.before_filter);
  json.Line().Key("without_filter").Number(trace.without_filter);
  json.Line().Key("lines").Number(trace.lines);
  json.Line().Key("other_messages").Number(trace.other_messages);
  json.Line().Key("lost_records").BeginArray();
  for (const std::size_t line : trace.lost_records) json.Number(static_cast<std::uint64_t>(line));
  json.EndArray();
  json.Line().Key("unread_lines").Number(trace.unread_lines);
  json.Line().Key("unread").BeginArray();
  for (const inspect::UnreadLine& line : trace.unread) {
    json.Line().BeginObject();
    json.Key("line").Number(static_cast<std::uint64_t>(line.number));
    json.Key("text").String(line.text);
    json.Key("why").String(line.why);
    json.EndObject();
  }
  json.EndArray();
}

}  // namespace

std::vector<Option> TraceOptionTable() {
  return {
      {"from", OptionKind::kText, "TEXT",
       "calls count behind the first line of the trace that contains TEXT"},
      {"from-start", OptionKind::kFlag, "",
       "all calls of the trace count, also those before a filter was installed"},
  };
}

inspect::TraceOptions TraceOptionsFrom(const GivenWords& given) {
  inspect::TraceOptions options;
  options.marker = TextOf(given.options, "from");
  options.from_start = given.options.count("from-start") != 0;
  if (options.from_start && !options.marker.empty())
    throw UsageError("--from and --from-start contradict each other");
  return options;
}

std::string UnreadText(const Trace& trace) {
  if (trace.unread_lines == 0) return "";
  std::string text = "  could not be read: " + Counted(trace.unread_lines, "line", "lines") + "\n";
  for (const inspect::UnreadLine& line : trace.unread)
    text += "    line " + std::to_string(line.number) + ": " + line.text +
            (line.why.empty() ? "" : "  (" + line.why + ")") + "\n";
  if (trace.unread_lines > trace.unread.size()) text += "    and others\n";
  return text;
}

std::string NotCountedText(const Trace& trace) {
  std::string text;
  if (trace.before_filter != 0)
    text += "  not counted: " + Counted(trace.before_filter, "call", "calls") + " before it begins\n";
  if (trace.without_filter != 0)
    text += "  not counted: " + Counted(trace.without_filter, "call", "calls") +
            " of processes that have no filter\n";
  if (trace.other_messages != 0)
    text += "  not looked at: " + Counted(trace.other_messages, "other message", "other messages") +
            " of the log\n";
  for (const std::size_t line : trace.lost_records)
    text += "  line " + std::to_string(line) + ": the kernel left out records here\n";
  return text;
}

std::string SummaryAsText(const Source& source, const std::string& what, const JudgedTrace& judged) {
  const std::uint64_t refused = Total(judged.refused);
  const std::string made =
      judged.trace.only_refused ? "" : Counted(judged.trace.made, "call", "calls") + ", ";
  const std::string count = refused == 0 ? "none" : std::to_string(refused);
  const std::string noun = !judged.trace.only_refused ? ""
                           : refused == 0             ? " of its calls"
                           : refused == 1             ? " call"
                                                      : " calls";
  std::string text = what + ": " + made + count + noun + " refused by " + source.name + " (" +
                     std::string(source.program.target.name) + ")\n";
  text += CallsText(source, judged.refused);
  if (!judged.open.empty()) text += "  not known whether refused:\n" + CallsText(source, judged.open);
  if (!judged.asked.empty()) text += "  left to a supervisor or tracer:\n" + CallsText(source, judged.asked);
  return text + NotCountedText(judged.trace) + UnreadText(judged.trace);
}

std::string SummaryAsJson(const Source& source, const std::string& what, const JudgedTrace& judged) {
  JsonWriter json;
  json.BeginObject();
  json.Line().Key("version").Number(1);
  json.Line().Key("source").String(source.name);
  json.Line().Key("arch").String(source.program.target.name);
  json.Line().Key("trace").String(what);
  WriteCalls(source, "refused", judged.refused, json);
  WriteCalls(source, "open", judged.open, json);
  WriteCalls(source, "asked", judged.asked, json);
  json.Line().Key("allowed").Number(judged.allowed);
  WriteTrace(judged.trace, json);
  json.Line().EndObject();
  return json.text() + "\n";
}

Verdict VerdictOf(const JudgedTrace& judged) {
  if (judged.trace.unread_lines != 0) return Verdict::kUnusable;
  if (!judged.refused.empty()) return Verdict::kDoesNot;
  const bool is_whole = judged.open.empty() && judged.asked.empty() && judged.trace.lost_records.empty();
  return is_whole ? Verdict::kHolds : Verdict::kOpen;
}

CommandResult ExplainTrace(const GivenWords& given) {
  if (given.others.size() > 1)
    throw UsageError("explain: with --trace there is no CALL: \"" + given.others[1] + "\"");
  if (given.options.count("ip") != 0) throw UsageError("explain: --ip belongs to a CALL, not to --trace");
  const inspect::TraceOptions options = TraceOptionsFrom(given);
  const std::string file = TextOf(given.options, "trace");
  const Source source = SourceOf(given, given.others.front());
  const inspect::KnownValues known(source.program, ValuesOf(given, source.program));
  const inspect::Judge judge{source.program, source.policy ? &*source.policy : nullptr, known};
  const inspect::LookedAt looked_at = judge.LooksAt();
  inspect::TraceReader reader(source.program.target, looked_at, options);
  const JudgedTrace judged = inspect::JudgeTrace(judge, inspect::ReadTraceFile(file, reader));
  if (judged.trace.made == 0 && judged.trace.unread_lines == 0)
    throw Error(file + ": there is no call in it" +
                (judged.trace.before_filter + judged.trace.without_filter == 0
                     ? ""
                     : " that counts; see --from-start"));
  const bool is_json = given.options.count("json") != 0;
  CommandResult result;
  result.output.content = is_json ? SummaryAsJson(source, file, judged) : SummaryAsText(source, file, judged);
  result.verdict = VerdictOf(judged);
  result.has_tones = !is_json;
  return result;
}

}  // namespace precompiledseccomp::gen
