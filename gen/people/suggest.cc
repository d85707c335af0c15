// SPDX-License-Identifier: Apache-2.0
//
// suggest: what a policy lacks for the calls of a trace, as C++ to be pasted.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/target.h>

#include "inspect/judged_trace.h"
#include "inspect/suggest.h"
#include "people/command.h"
#include "people/explain_trace.h"
#include "people/source_options.h"
#include "report/json.h"

namespace precompiledseccomp::gen {
namespace {

using inspect::SuggestedRule;
using inspect::Suggestion;
using inspect::Trace;

constexpr std::size_t kWidth = 100;

// ---- As C++.

// A comment has no line feeds, and does not go on in the next line.
std::string WithoutEnds(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  for (const std::string_view end : {"\\ ", "?\?/ "})
    for (std::size_t at = text.find(end); at != std::string::npos; at = text.find(end, at + 1))
      text.insert(at + end.size() - 1, 1, '.');
  if (text.ends_with('\\') || text.ends_with("?\?/")) text += '.';
  return text;
}

// Breaks at spaces; lines behind the first are indented.
std::string Wrapped(const std::string& text, std::size_t indent, const std::string& begin_of_others) {
  std::string wrapped;
  std::string line(indent, ' ');
  bool is_begin = true;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.size(), rest.find(' '));
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + 1));
    if (!is_begin && line.size() + 1 + word.size() > kWidth) {
      wrapped += line + "\n";
      line = std::string(indent, ' ') + begin_of_others;
      is_begin = true;
    }
    line.append(is_begin ? "" : " ").append(word);
    is_begin = false;
  }
  return wrapped + line + "\n";
}

std::string Comment(const std::string& text, std::size_t indent) {
  return Wrapped("// " + WithoutEnds(text), indent, "// ");
}

std::string Joined(const std::vector<std::string>& parts, const char* between) {
  std::string joined;
  for (const std::string& part : parts) joined += (joined.empty() ? "" : between) + part;
  return joined;
}

std::string Counted(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " call" : " calls");
}

std::string RuleAsCode(const SuggestedRule& rule, std::size_t indent) {
  std::vector<std::string> sentences = {Counted(rule.count)};
  sentences.insert(sentences.end(), rule.remarks.begin(), rule.remarks.end());
  const std::string calls =
      rule.calls.size() == 1 ? rule.calls.front() : "{" + Joined(rule.calls, ", ") + "}";
  return Comment(Joined(sentences, "; "), indent) +
         Wrapped("policy." + rule.action + "(" + (rule.error.empty() ? "" : rule.error + ", ") + calls +
                     (rule.condition.empty() ? "" : ", " + rule.condition) + ");",
                 indent, "    ");
}

std::string RulesAsCode(const Suggestion& suggestion, std::size_t indent) {
  std::string code;
  for (const SuggestedRule& rule : suggestion.rules) code += RuleAsCode(rule, indent);
  return code;
}

std::string CountsAsCode(const Suggestion& suggestion, std::size_t indent) {
  std::vector<std::string> counts;
  for (const inspect::SuggestedCount& count : suggestion.counts)
    counts.push_back("{\"" + count.call + "\", " + std::to_string(count.count) + "}");
  if (counts.empty()) return "";
  return Comment("How often each is made: the filter becomes faster for the frequent ones.", indent) +
         Wrapped("policy.SyscallCounts({" + Joined(counts, ", ") + "});", indent, "    ");
}

// Comments, so that all of it can be pasted.
std::string RemarksAsCode(const Suggestion& suggestion, const Trace& trace) {
  std::string code;
  for (const std::string& remark : suggestion.remarks) code += Comment(remark, 0);
  std::string_view rest;
  const std::string others = NotCountedText(trace) + UnreadText(trace);
  rest = others;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    code += "//" + WithoutEnds(std::string(rest.substr(0, end))) + "\n";
    rest.remove_prefix(end + 1);
  }
  return code;
}

std::string Additions(const Source& source, const std::string& traces, const Suggestion& suggestion,
                      const Trace& trace, bool with_counts) {
  std::uint64_t lacking = 0;
  for (const SuggestedRule& rule : suggestion.rules) lacking += rule.count;
  std::string text = lacking == 0 ? Comment(source.name + " lacks nothing for " + traces, 0)
                                  : Comment(source.name + " lacks " + Counted(lacking) + " of " + traces +
                                                ": look at each rule before you add it.",
                                            0);
  if (!suggestion.headers.empty()) text += Comment("Needs " + Joined(suggestion.headers, ", ") + ".", 0);
  return text + RulesAsCode(suggestion, 0) + (with_counts ? CountsAsCode(suggestion, 0) : "") +
         RemarksAsCode(suggestion, trace);
}

std::string FirstPolicy(const std::string& traces, const Suggestion& suggestion, const Trace& trace) {
  std::string text =
      Comment("From " + traces + ", with " + Counted(trace.made) +
                  ": a trace shows what a program did once. Look at each rule before you use it.",
              0) +
      RemarksAsCode(suggestion, trace);
  for (const std::string& header : suggestion.headers) text += "#include " + header + "\n";
  return text + (suggestion.headers.empty() ? "" : "\n") +
         "#include <precompiledseccomp/define.h>\n\n"
         "namespace pcs = precompiledseccomp;\n\n"
         "namespace {\n\n"
         "pcs::Policy Program(const pcs::Values&) {\n"
         "  pcs::Policy policy;  // what no rule allows ends the process\n" +
         RulesAsCode(suggestion, 2) + CountsAsCode(suggestion, 2) +
         "  return policy;\n"
         "}\n\n"
         "std::vector<pcs::ProgramDefinition> Programs() {\n"
         "  return {{\"program\", {}, Program}};\n"
         "}\n\n"
         "}  // namespace\n\n"
         "PRECOMPILEDSECCOMP_MODULE(Programs)\n";
}

// ---- As JSON.

void WriteTexts(const char* key, const std::vector<std::string>& texts, JsonWriter& json) {
  json.Key(key).BeginArray();
  for (const std::string& text : texts) json.String(text);
  json.EndArray();
}

std::string AsJson(const Suggestion& suggestion, const Trace& trace) {
  JsonWriter json;
  json.BeginObject();
  json.Line().Key("version").Number(1);
  json.Line().Key("rules").BeginArray();
  for (const SuggestedRule& rule : suggestion.rules) {
    json.Line().BeginObject();
    json.Key("action").String(rule.action);
    if (!rule.error.empty()) json.Key("error").String(rule.error);
    WriteTexts("calls", rule.calls, json);
    json.Key("condition").String(rule.condition);
    json.Key("count").Number(rule.count);
    WriteTexts("remarks", rule.remarks, json);
    json.EndObject();
  }
  json.EndArray();
  json.Line();
  WriteTexts("headers", suggestion.headers, json);
  json.Line();
  WriteTexts("remarks", suggestion.remarks, json);
  json.Line().Key("counts").BeginObject();
  for (const inspect::SuggestedCount& count : suggestion.counts) json.Key(count.call).Number(count.count);
  json.EndObject();
  json.Line().Key("unread_lines").Number(trace.unread_lines);
  json.Line().EndObject();
  return json.text() + "\n";
}

// ---- The command.

// What is given, without a policy if it is to be a first one.
struct Asked {
  std::optional<Source> source;
  Target target;
  std::vector<std::string> files;
};

Asked AskedFor(const GivenWords& given) {
  const bool is_first = given.options.count("new") != 0;
  if (given.others.empty())
    throw UsageError(is_first ? "suggest: TRACE is missing" : "suggest: SOURCE is missing");
  if (!is_first && given.others.size() == 1)
    throw UsageError("suggest: TRACE is missing; for a first policy without a SOURCE give --new");
  if (is_first && given.options.count("set") != 0)
    throw UsageError("suggest: --set is for a SOURCE, not for --new");
  Asked asked;
  if (!is_first) asked.source = SourceOf(given, given.others.front());
  asked.target = is_first ? TargetOf(given) : asked.source->program.target;
  if (asked.source && !asked.source->policy)
    throw UsageError("suggest: instructions have no rules to add to; give a definition module, or --new");
  asked.files.assign(given.others.begin() + (is_first ? 0 : 1), given.others.end());
  return asked;
}

Trace ReadTraces(const Asked& asked, const inspect::LookedAt& looked_at,
                 const inspect::TraceOptions& options) {
  std::vector<Trace> traces;
  for (const std::string& file : asked.files) {
    inspect::TraceReader reader(asked.target, looked_at, options);
    traces.push_back(inspect::ReadTraceFile(file, reader));
  }
  Trace trace = inspect::Joined(traces, looked_at);
  if (trace.made == 0 && trace.unread_lines == 0)
    throw Error(Joined(asked.files, ", ") + ": there is no call in it that counts; see --from-start");
  return trace;
}

CommandResult Run(const GivenWords& given) {
  const inspect::TraceOptions options = TraceOptionsFrom(given);
  const Asked asked = AskedFor(given);
  std::optional<inspect::KnownValues> known;
  std::optional<inspect::Judge> judge;
  if (asked.source) {
    const PrecompiledProgram& program = asked.source->program;
    known.emplace(program, ValuesOf(given, program));
    judge.emplace(inspect::Judge{program, &*asked.source->policy, *known});
  }
  const inspect::SuggestRequest request{asked.target, judge ? &*judge : nullptr};
  const inspect::LookedAt looked_at = inspect::LooksAtForSuggestions(request);
  const Trace trace = ReadTraces(asked, looked_at, options);
  const Suggestion suggestion = inspect::Suggest(request, trace);
  const std::string traces = Joined(asked.files, ", ");
  CommandResult result;
  if (given.options.count("json") != 0)
    result.output.content = AsJson(suggestion, trace);
  else if (asked.source)
    result.output.content =
        Additions(*asked.source, traces, suggestion, trace, given.options.count("counts") != 0);
  else
    result.output.content = FirstPolicy(traces, suggestion, trace);
  if (!suggestion.rules.empty() && asked.source) result.verdict = Verdict::kDoesNot;
  const bool is_open = asked.source && (suggestion.is_open || !trace.lost_records.empty());
  if (suggestion.rules.empty() && is_open) result.verdict = Verdict::kOpen;
  if (trace.unread_lines != 0) result.verdict = Verdict::kUnusable;
  return result;
}

}  // namespace

Command SuggestCommand() {
  std::vector<Option> options = SourceOptions();
  const std::vector<Option> of_traces = TraceOptionTable();
  options.insert(options.end(), of_traces.begin(), of_traces.end());
  options.insert(options.end(),
                 {{"new", OptionKind::kFlag, "", "write a first policy, without a SOURCE"},
                  {"counts", OptionKind::kFlag, "", "add how often each call was made, for the compiler"},
                  {"json", OptionKind::kFlag, "", "answer as one JSON object"}});
  return {
      .name = "suggest",
      .words = "SOURCE|--new TRACE...",
      .summary = "write rules for what a policy lacks of the calls of traces",
      .explanation =
          "TRACE is a file as for explain --trace, or a table of strace -c or perf trace -s. What is\n"
          "written is C++ to look at, and to paste. A trace shows what a program did once, and not what\n"
          "it may do; and what an attacker made it do, too.\n\n"
          "Exit status: 0 if nothing is lacking, or a first policy was written; 1 if something is; 2 if a\n"
          "line cannot be read; 3 if it depends on what is not known.\n",
      .options = options,
      .run = Run};
}

}  // namespace precompiledseccomp::gen
