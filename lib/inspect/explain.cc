// SPDX-License-Identifier: Apache-2.0

#include "inspect/explain.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <stdexcept>

#include "bpf/disassembler.h"
#include "bpf/interpreter.h"
#include "inspect/call_text.h"
#include "precompile/template.h"

namespace precompiledseccomp::inspect {
namespace {

// ---- Asking both.

std::uint32_t AnswerOfFilter(const Question& question, const seccomp_data& call,
                             const std::vector<std::uint64_t>& values) {
  return bpf::Run(WithValues(question.program, values), call, question.program.target.big_endian).result;
}

// What the evaluator answers, with values for all variables.
std::uint32_t AgreedAnswer(const Question& question, const seccomp_data& call,
                           const std::vector<std::uint64_t>& values) {
  const std::uint32_t answer =
      Evaluate(*question.policy, call, NumbersOf(question.known.variables(), values));
  const std::uint32_t of_filter = AnswerOfFilter(question, call, values);
  if (of_filter != answer)
    throw std::logic_error("the compiled filter is wrong: " + CallText(question.program.target, call) +
                           ": filter " + bpf::DescribeReturn(of_filter) + ", policy " +
                           bpf::DescribeReturn(answer) +
                           "; please report this as a bug of precompiledseccomp");
  return answer;
}

// Makes sure of a case by its example, if there is one, or, if it is the only case, with any values.
void CheckCase(const Question& question, const Case& one) {
  const std::vector<std::uint64_t> values = question.known.CompletedWith(one.example);
  const std::uint32_t claimed = one.action->ReturnValue(NumbersOf(question.known.variables(), values));
  if (AgreedAnswer(question, question.call, values) != claimed)
    throw std::logic_error("a case of " + CallText(question.program.target, question.call) +
                           " is told wrongly; please report this as a bug of precompiledseccomp");
}

void CheckPath(const Question& question, const Path& path, const std::vector<std::uint64_t>& values) {
  if (path.answer && *path.answer != AnswerOfFilter(question, question.call, values))
    throw std::logic_error("the path of " + CallText(question.program.target, question.call) +
                           " is told wrongly; please report this as a bug of precompiledseccomp");
}

// ---- What comes out.

std::string AnswerOf(const Action& action, const KnownValues& known) {
  const bool is_open = action.data().IsVariable() && known.numbers().count(action.data().variable()) == 0;
  return is_open ? action.ToString() : AnswerText(action.ReturnValue(known.numbers()));
}

void ExplainByPolicy(const Question& question, Explanation& explanation) {
  const Cases cases = CasesOf(*question.policy, question.call, question.known);
  for (const Case& one : cases.cases) {
    if (cases.cases.size() == 1 || !one.example.empty()) CheckCase(question, one);
    explanation.cases.push_back(Explained(one, question.known));
  }
  for (const std::size_t place : cases.variables)
    explanation.variables.push_back(question.known.variables()[place].name);
  explanation.are_all_shown = cases.are_all_shown;
  explanation.standing = CommonStanding(explanation.cases);
  if (explanation.standing != Standing::kRefused) return;
  explanation.change = SmallestChange(*question.policy, question.call, question.known);
  const std::optional<Change>& change = explanation.change.found;
  if (change && StandingOf(AgreedAnswer(question, change->call, question.known.CompletedWith({}))) !=
                    Standing::kAllowed)
    throw std::logic_error("the change of " + CallText(question.program.target, question.call) +
                           " is told wrongly; please report this as a bug of precompiledseccomp");
}

}  // namespace

ExplainedCase Explained(const Case& one, const KnownValues& known) {
  ExplainedCase explained;
  explained.condition = one.condition;
  explained.answer = AnswerOf(*one.action, known);
  explained.standing = StandingOf(*one.action);
  explained.decider = one.decider;
  if (one.rule != nullptr) {
    explained.rule = one.rule->description;
    explained.where = one.rule->where;
  }
  for (std::size_t i = 0; i < one.example.size(); ++i)
    if (one.example[i]) explained.example.emplace_back(known.variables()[i].name, *one.example[i]);
  return explained;
}

Standing CommonStanding(const std::vector<ExplainedCase>& cases) {
  const Standing first = cases.front().standing;
  const bool is_common = std::all_of(cases.begin(), cases.end(),
                                     [&](const ExplainedCase& one) { return one.standing == first; });
  return is_common ? first : Standing::kOpen;
}

Explanation Explain(const Question& question) {
  Explanation explanation;
  explanation.path = PathOf(question.program, question.call, question.known);
  CheckPath(question, explanation.path, question.known.CompletedWith({}));
  if (question.policy != nullptr) {
    ExplainByPolicy(question, explanation);
    return explanation;
  }
  ExplainedCase only;
  only.decider = Decider::kInstructions;
  only.answer = AnswerText(explanation.path.answer.value());
  only.standing = StandingOf(*explanation.path.answer);
  explanation.standing = only.standing;
  explanation.cases.push_back(only);
  return explanation;
}

}  // namespace precompiledseccomp::inspect
