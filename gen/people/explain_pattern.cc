// SPDX-License-Identifier: Apache-2.0

#include "people/explain_pattern.h"

#include <cstdint>
#include <string>
#include <vector>

#include "inspect/number_text.h"
#include "people/case_text.h"
#include "people/tones.h"
#include "report/json.h"

namespace precompiledseccomp::gen {
namespace {

using inspect::ExplainedCase;
using inspect::PossibleAnswers;
using inspect::Standing;

std::vector<std::string> NotGiven(const Source& source, const inspect::WrittenPattern& pattern) {
  return inspect::ParametersFrom(source.program.target, pattern.call.call, pattern.arguments);
}

std::string AsText(const Source& source, const inspect::WrittenPattern& pattern,
                   const PossibleAnswers& answers) {
  std::string text =
      inspect::CallText(source.program.target, pattern.call) + " on " +
      std::string(source.program.target.name) + ": " +
      Toned(answers.standing, answers.standing == Standing::kOpen ? "depends on what is not known"
                                                                  : inspect::WordFor(answers.standing)) +
      "\n";
  for (const ExplainedCase& one : answers.cases) {
    const std::string decider = DeciderText(one);
    text += "  " + one.answer + (decider.empty() ? "" : ", " + decider) + "\n";
  }
  std::string not_given;
  for (const std::string& name : NotGiven(source, pattern))
    not_given += (not_given.empty() ? "" : ", ") + name;
  return text + (not_given.empty() ? "" : "  not given, and taken as 0: " + not_given + "\n");
}

std::string AsJson(const Source& source, const inspect::WrittenPattern& pattern,
                   const PossibleAnswers& answers) {
  JsonWriter json;
  json.BeginObject();
  json.Line().Key("version").Number(1);
  json.Line().Key("source").String(source.name);
  json.Line().Key("arch").String(source.program.target.name);
  json.Line().Key("call").BeginObject();
  json.Key("text").String(inspect::CallText(source.program.target, pattern.call));
  json.Key("number").Number(static_cast<std::uint32_t>(pattern.call.call.nr));
  json.Key("not_given");
  WriteTexts(NotGiven(source, pattern), json);
  json.EndObject();
  json.Line().Key("verdict").String(inspect::WordFor(answers.standing));
  json.Line().Key("may_decide").BeginArray();
  for (const ExplainedCase& one : answers.cases) WriteCase(one, json);
  json.EndArray();
  json.Line().EndObject();
  return json.text() + "\n";
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

}  // namespace

CommandResult ExplainPattern(const Source& source, const inspect::KnownValues& known,
                             const inspect::WrittenPattern& pattern, bool is_json) {
  const PossibleAnswers answers = inspect::PossibleAnswersTo(
      source.program, source.policy ? &*source.policy : nullptr, known, pattern.call);
  CommandResult result;
  result.output.content = is_json ? AsJson(source, pattern, answers) : AsText(source, pattern, answers);
  result.verdict = VerdictOf(answers.standing);
  result.has_tones = !is_json;
  return result;
}

}  // namespace precompiledseccomp::gen
