// SPDX-License-Identifier: Apache-2.0
//
// explain: what a filter answers to a call, which rule decides, and the way through the instructions.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <precompiledseccomp/error.h>

#include "inspect/call_text.h"
#include "inspect/constants.h"
#include "inspect/explain.h"
#include "inspect/number_text.h"
#include "people/case_text.h"
#include "people/command.h"
#include "people/explain_pattern.h"
#include "people/explain_trace.h"
#include "people/source_options.h"
#include "people/tones.h"
#include "report/json.h"
#include "report/listing.h"

namespace precompiledseccomp::gen {
namespace {

using inspect::ExplainedCase;
using inspect::Explanation;
using inspect::Standing;
using inspect::WordFor;

// All that the answer is made of.
struct Answered {
  const Source& source;
  const std::vector<std::optional<std::uint64_t>>& values;  // of the variables
  const inspect::WrittenCall& call;
  const Explanation& why;
};

const Target& TargetOf(const Answered& answered) {
  return answered.source.program.target;
}

std::string CallOf(const Answered& answered) {
  return inspect::CallText(TargetOf(answered), answered.call.call);
}

std::vector<std::string> NotGiven(const Answered& answered) {
  return inspect::ParametersFrom(TargetOf(answered), answered.call.call, answered.call.arguments);
}

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : ", ") + text;
  return joined;
}

Verdict VerdictOf(Standing standing) {
  switch (standing) {
    case Standing::kAllowed:
      return Verdict::kHolds;
    case Standing::kRefused:
      return Verdict::kDoesNot;
    default:
      return Verdict::kOpen;
  }
}

// An instruction with the names of variables, as in the listing.
std::vector<std::string> InstructionsOf(const PrecompiledProgram& program) {
  const std::vector<std::string> operands = OperandVariables(program);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < program.instructions.size(); ++i)
    texts.push_back(Disassemble(program.instructions[i], i, program.target.big_endian, operands[i]));
  return texts;
}

// "cmd = 0x5411 (TIOCOUTQ)", for each argument that changes.
std::vector<std::string> ChangedArguments(const Answered& answered) {
  const Target& target = TargetOf(answered);
  const seccomp_data& call = answered.why.change.found->call;
  std::vector<std::string> texts;
  for (const int index : answered.why.change.found->arguments) {
    const std::string parameter = inspect::ParameterName(target, call, index);
    const std::string name(inspect::NameOfValue(SyscallName(target, static_cast<std::uint32_t>(call.nr)),
                                                parameter, call.args[index]));
    texts.push_back(parameter + " = " + inspect::ShortNumber(call.args[index]) +
                    (name.empty() ? "" : " (" + name + ")"));
  }
  return texts;
}

// ---- As text.

std::string StandingText(const Explanation& why) {
  const std::string& answer = why.cases.front().answer;
  const bool is_one_answer = std::all_of(why.cases.begin(), why.cases.end(),
                                         [&](const ExplainedCase& one) { return one.answer == answer; });
  const std::string by_case = is_one_answer ? ", " + answer : "";
  switch (why.standing) {
    case Standing::kAllowed:
      return answer == "allow" && is_one_answer ? "allowed" : "allowed" + by_case;
    case Standing::kRefused:
      return "refused" + by_case;
    case Standing::kAsked:
      return "left to a supervisor or tracer" + by_case;
    case Standing::kOpen:
      break;
  }
  return "depends on " + Joined(why.variables);
}

std::string CasesText(const Explanation& why) {
  if (why.cases.size() == 1) {
    const std::string decider = DeciderText(why.cases.front());
    return decider.empty() ? "" : "  " + decider + "\n";
  }
  std::string text;
  for (const ExplainedCase& one : why.cases)
    text += (one.condition.empty() ? "  otherwise: " : "  if " + one.condition + ": ") + one.answer + ", " +
            DeciderText(one) + "\n";
  if (!why.are_all_shown)
    text += "  not all of these need be possible: too many values would have to be tried\n";
  std::string settings;
  for (const std::string& variable : why.variables) settings += " --set " + variable + "=VALUE";
  return text + "  to decide it:" + settings + "\n";
}

std::string ChangeText(const Answered& answered) {
  const Explanation& why = answered.why;
  if (why.standing != Standing::kRefused || !answered.source.policy) return "";
  if (why.change.found)
    return "  would be allowed with " + Joined(ChangedArguments(answered)) + ": " +
           inspect::CallText(TargetOf(answered), why.change.found->call) + "\n";
  if (!why.change.is_any_allowed) return "  nothing allows calls of this number, whatever their arguments\n";
  const bool are_all_set = UnsetVariables(answered.source.program, answered.values).empty();
  return std::string("  no change of one or two arguments was found with which it would be allowed") +
         (are_all_set ? "" : " whatever the variables are that are not set") + "\n";
}

//     5: jeq $fd1  true: 17  false: 8            fd (3) == $fd1 (3): yes
std::string PathText(const Answered& answered) {
  constexpr std::size_t kColumn = 48;
  const PrecompiledProgram& program = answered.source.program;
  const std::vector<std::string> instructions = InstructionsOf(program);
  std::string text = "  path:\n";
  for (const inspect::Step& step : answered.why.path.steps) {
    const std::string number = std::to_string(step.index);
    std::string line(8 - std::min<std::size_t>(8, number.size()), ' ');
    line += number + ": " + instructions[step.index];
    if (!step.meaning.empty()) {
      line.append(std::max(kColumn, line.size() + 2) - line.size(), ' ');
      line += step.meaning;
    }
    text += line + "\n";
  }
  return text;
}

std::string AnswerAsText(const Answered& answered) {
  const std::vector<std::string> not_given = NotGiven(answered);
  return CallOf(answered) + " on " + std::string(TargetOf(answered).name) + ": " +
         Toned(answered.why.standing, StandingText(answered.why)) + "\n" + CasesText(answered.why) +
         (not_given.empty() ? "" : "  not given, and taken as 0: " + Joined(not_given) + "\n") +
         ChangeText(answered) + PathText(answered);
}

// ---- As JSON.

void WriteArguments(const seccomp_data& call, JsonWriter& json) {
  json.BeginArray();
  for (const std::uint64_t argument : call.args) json.String(inspect::HexNumber(argument));
  json.EndArray();
}

void WriteCall(const Answered& answered, JsonWriter& json) {
  const seccomp_data& call = answered.call.call;
  json.Line().Key("call").BeginObject();
  json.Key("text").String(CallOf(answered));
  json.Key("number").Number(static_cast<std::uint32_t>(call.nr));
  json.Key("arguments");
  WriteArguments(call, json);
  json.Key("instruction_pointer").String(inspect::HexNumber(call.instruction_pointer));
  json.Key("not_given");
  WriteTexts(NotGiven(answered), json);
  json.EndObject();
}

void WriteChange(const Answered& answered, JsonWriter& json) {
  if (!answered.why.change.found) return;
  const inspect::Change& change = *answered.why.change.found;
  json.Line().Key("change").BeginObject();
  json.Key("text").String(Joined(ChangedArguments(answered)));
  json.Key("changed").BeginArray();
  for (const int index : change.arguments) json.Number(static_cast<std::uint64_t>(index));
  json.EndArray();
  json.Key("arguments");
  WriteArguments(change.call, json);
  json.EndObject();
}

void WritePath(const Answered& answered, JsonWriter& json) {
  const std::vector<std::string> instructions = InstructionsOf(answered.source.program);
  json.Line().Key("path").BeginArray();
  for (const inspect::Step& step : answered.why.path.steps) {
    json.Line().BeginObject();
    json.Key("index").Number(step.index);
    json.Key("instruction").String(instructions[step.index]);
    json.Key("meaning").String(step.meaning);
    json.EndObject();
  }
  json.EndArray();
}

std::string AnswerAsJson(const Answered& answered) {
  JsonWriter json;
  json.BeginObject();
  json.Line().Key("version").Number(1);
  json.Line().Key("source").String(answered.source.name);
  json.Line().Key("arch").String(TargetOf(answered).name);
  WriteCall(answered, json);
  json.Line().Key("verdict").String(WordFor(answered.why.standing));
  json.Line().Key("cases").BeginArray();
  for (const ExplainedCase& one : answered.why.cases) WriteCase(one, json);
  json.EndArray();
  json.Line().Key("depends_on");
  WriteTexts(answered.why.variables, json);
  WriteChange(answered, json);
  WritePath(answered, json);
  json.Line().EndObject();
  return json.text() + "\n";
}

// ---- The command.

inspect::WrittenPattern PatternFrom(const GivenWords& given, const Target& target) {
  try {
    inspect::WrittenPattern pattern = inspect::ReadPattern(given.others[1], target);
    const std::string address = TextOf(given.options, "ip");
    if (address.empty()) return pattern;
    const auto number = inspect::ReadNumber(address);
    if (!number)
      throw UsageError("--ip \"" + address + "\" is no number of at most 64 bits, such as 0x401000");
    pattern.call.call.instruction_pointer = number->bits;
    return pattern;
  } catch (const Error& error) {
    throw UsageError("\"" + given.others[1] + "\": " + error.problem());
  }
}

CommandResult Run(const GivenWords& given) {
  if (given.others.empty()) throw UsageError("explain: SOURCE is missing");
  if (given.options.count("trace") != 0) return ExplainTrace(given);
  for (const char* const option : {"from", "from-start"})
    if (given.options.count(option) != 0)
      throw UsageError("explain: --" + std::string(option) + " belongs to --trace");
  if (given.others.size() == 1)
    throw UsageError("explain: CALL is missing, as in 'ioctl(3, TIOCSTI, 0)', or --trace FILE");
  if (given.others.size() > 2)
    throw UsageError("explain: unexpected argument \"" + given.others[2] +
                     "\"; a call is one word, in quotes");
  const Source source = SourceOf(given, given.others.front());
  const auto values = ValuesOf(given, source.program);
  const inspect::KnownValues known(source.program, values);
  const inspect::WrittenPattern pattern = PatternFrom(given, source.program.target);
  const bool is_json = given.options.count("json") != 0;
  if (!pattern.IsOneCall()) return ExplainPattern(source, known, pattern, is_json);
  const inspect::WrittenCall call{pattern.call.call, pattern.arguments};
  const ResolvedPolicy* const policy = source.policy ? &*source.policy : nullptr;
  const Explanation why = inspect::Explain({source.program, policy, known, call.call});
  const Answered answered{source, values, call, why};
  CommandResult result;
  result.output.content = is_json ? AnswerAsJson(answered) : AnswerAsText(answered);
  result.verdict = VerdictOf(why.standing);
  result.has_tones = !is_json;
  return result;
}

}  // namespace

Command ExplainCommand() {
  std::vector<Option> options = SourceOptions();
  options.insert(options.end(),
                 {{"ip", OptionKind::kText, "ADDRESS", "the instruction pointer of the call (default: 0)"},
                  {"json", OptionKind::kFlag, "", "answer as one JSON object"}});
  const std::vector<Option> of_traces = TraceOptionTable();
  options.push_back({"trace", OptionKind::kText, "FILE",
                     "in place of CALL: tell which calls of a trace are refused; \"-\" is standard\ninput"});
  options.insert(options.end(), of_traces.begin(), of_traces.end());
  return {
      .name = "explain",
      .words = "SOURCE CALL|--trace FILE",
      .summary = "tell what a filter answers to a call, which rule decides, and why",
      .explanation =
          "CALL is one word, in quotes: 'ioctl(3, TIOCSTI, 0)', 'openat(AT_FDCWD, 0, O_RDONLY|O_CLOEXEC)',\n"
          "'#257(-100)', 'getpid'. Arguments are numbers and the usual constants; those that are not given\n"
          "are 0, and \"_\" is any value. Variables that are not set are treated by case.\n\n"
          "FILE is a trace: of strace, best recorded by strace -f -n -X raw -e quiet=none -o FILE; a log "
          "with\n"
          "records of the kernel\'s audit; lines of the reporter; a table of strace -c or perf trace -s. "
          "Calls\n"
          "count from where the trace shows a filter being installed, if it does.\n\n"
          "Exit status: 0 if the call is allowed, 1 if it is refused, 3 if that depends on variables that "
          "are\n"
          "not set, or is left to a supervisor or tracer; 2 if there is no answer, or a line of the trace\n"
          "cannot be read. Of a trace: 0 if no call is refused.\n",
      .options = options,
      .run = Run};
}

}  // namespace precompiledseccomp::gen
