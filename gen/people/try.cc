// SPDX-License-Identifier: Apache-2.0
//
// try: runs a command under a filter, and tells what it refuses.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/target.h>

#include "inspect/judged_trace.h"
#include "inspect/run/supervise.h"
#include "people/command.h"
#include "people/explain_trace.h"
#include "people/source_options.h"
#include "precompile/template.h"

namespace precompiledseccomp::gen {
namespace {

using inspect::JudgedTrace;
using inspect::RunRequest;
using inspect::RunResult;

RunRequest::From FromOf(const GivenWords& given) {
  const std::string from = TextOf(given.options, "from");
  if (from.empty() || from == "entry") return RunRequest::From::kEntry;
  if (from == "exec") return RunRequest::From::kExec;
  if (from == "filter") return RunRequest::From::kFilter;
  throw UsageError("--from is entry, exec or filter, not \"" + from + "\"");
}

std::vector<std::uint64_t> AllValues(const GivenWords& given, const PrecompiledProgram& program) {
  const auto given_values = ValuesOf(given, program);
  const std::string unset = UnsetVariables(program, given_values);
  if (!unset.empty())
    throw UsageError("try: give the values of all variables by --set; these have none: " + unset);
  std::vector<std::uint64_t> values;
  values.reserve(given_values.size());
  for (const auto& value : given_values) values.push_back(*value);
  return values;
}

std::string EndText(const RunResult& result) {
  switch (result.end) {
    case RunResult::End::kExited:
      return "it ended with exit status " + std::to_string(result.status);
    case RunResult::End::kSignalled:
      return "it was ended by signal " + std::to_string(result.status);
    case RunResult::End::kRefused:
      return "a refused call ended it";
  }
  return "";
}

std::string Text(const Source& source, const std::string& command, const JudgedTrace& judged,
                 const RunResult& result, const RunRequest& request) {
  std::string text = SummaryAsText(source, command, judged) + "  " + EndText(result) + "\n";
  if (request.only_reports && result.has_installed)
    text += "  it installed a filter itself: it was told so, and the filter was left out\n";
  if (result.has_own_filter)
    text += "  it runs under another filter, too: what that refuses by itself is not seen here\n";
  if (!result.has_begun && request.from == RunRequest::From::kFilter)
    text += "  it installed no filter, and nothing was looked at; see --from\n";
  return text;
}

CommandResult Run(const GivenWords& given) {
  if (given.others.empty()) throw UsageError("try: SOURCE is missing");
  if (given.others.size() == 1)
    throw UsageError("try: COMMAND is missing, as in: try libpolicy.so -- ./program");
  const Source source = SourceOf(given, given.others.front());
  if (source.program.target.audit_arch != NativeTarget().audit_arch)
    throw UsageError("try: the filter is for " + std::string(source.program.target.name) +
                     ", and this machine is another one");
  const std::vector<std::uint64_t> values = AllValues(given, source.program);
  const std::vector<sock_filter> filter = WithValues(source.program, values);
  const RunRequest request{.command = {given.others.begin() + 1, given.others.end()},
                           .filter = filter,
                           .only_reports = given.options.count("report") != 0,
                           .from = FromOf(given)};
  const inspect::KnownValues known(source.program, {values.begin(), values.end()});
  const inspect::Judge judge{source.program, source.policy ? &*source.policy : nullptr, known};
  const RunResult result = inspect::RunSupervised(request, judge.LooksAt());
  inspect::Trace trace;
  trace.calls = result.calls;
  trace.made = result.made;
  trace.before_filter = result.before_filter;
  trace.without_filter = result.without_filter;
  trace.only_refused = true;
  const JudgedTrace judged = inspect::JudgeTrace(judge, std::move(trace));
  const bool is_json = given.options.count("json") != 0;
  const std::string& command = given.others[1];
  std::string told =
      is_json ? SummaryAsJson(source, command, judged) : Text(source, command, judged, result, request);
  CommandResult answer;
  answer.verdict = VerdictOf(judged);
  answer.has_tones = !is_json;
  const bool is_all_seen = result.has_begun && !result.has_own_filter;
  if (!is_all_seen && answer.verdict == Verdict::kHolds) answer.verdict = Verdict::kOpen;
  // Standard output is the command's.
  answer.output.path = TextOf(given.options, "output");
  (answer.output.path.empty() ? answer.on_standard_error : answer.output.content) = std::move(told);
  return answer;
}

}  // namespace

Command TryCommand() {
  std::vector<Option> options = SourceOptions();
  options.insert(
      options.end(),
      {{"report", OptionKind::kFlag, "",
        "let refused calls be made, and tell of them; a filter that the command installs\nis left out"},
       {"from", OptionKind::kText, "WHERE",
        "since when calls count: \"entry\", the program's first instruction, behind its\nloader (default); "
        "\"exec\", with its loader; \"filter\", when it installs a filter"},
       {"output", OptionKind::kText, "FILE", "where to write what is told (default: standard error)"},
       {"json", OptionKind::kFlag, "", "tell it as one JSON object"}});
  return {
      .name = "try",
      .words = "SOURCE -- COMMAND [ARGUMENT]...",
      .summary = "run a command under a filter, and tell which calls are refused",
      .explanation =
          "All that the command starts runs under the filter, too. No rights are needed but to trace it by\n"
          "ptrace(2). Where it installs a filter itself, what it called before that does not count.\n\n"
          "Exit status: 0 if nothing was refused, 1 if something was, 2 if the command could not be run, 3 "
          "if a\n"
          "supervisor or tracer would have been asked, or calls never began to count.\n",
      .options = options,
      .run = Run};
}

}  // namespace precompiledseccomp::gen
