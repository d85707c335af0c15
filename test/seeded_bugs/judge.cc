// SPDX-License-Identifier: Apache-2.0

#include "seeded_bugs/judge.h"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

#include "bpf/interpreter.h"
#include "precompile/template.h"
#include "support/random_policy.h"
#include "verify/verify.h"

namespace precompiledseccomp::testing {
namespace {

// A value for each variable, as Render() takes them. Any will do for one that the prover does not name.
std::vector<std::uint64_t> ValuesIn(const verify::Refuted& refuted, const std::vector<Variable>& variables) {
  std::map<std::string, std::uint64_t> words(refuted.values.begin(), refuted.values.end());
  std::vector<std::uint64_t> values;
  for (const Variable& variable : variables) {
    const bool is_long = variable.bits == 64;
    values.push_back(is_long ? words[HighHalfName(variable.name)] << 32 | words[LowHalfName(variable.name)]
                             : words[variable.name]);
  }
  return values;
}

void CheckRefutation(const Question& question, const PrecompiledProgram& program,
                     const verify::Refuted& refuted) {
  const std::vector<std::uint64_t> values = ValuesIn(refuted, question.answers.variables);
  const Target& target = question.of.target;
  const std::uint32_t of_filter =
      bpf::Run(WithValues(program, values), refuted.call, target.big_endian).result;
  const std::uint32_t of_policy = Evaluate(PolicyFor(question.of.definition, values, target), refuted.call);
  if (of_filter != of_policy && of_filter == refuted.filter_answer && of_policy == refuted.policy_answer)
    return;
  throw std::logic_error("the prover refutes what is right: " + verify::Describe(refuted, target));
}

Outcome Judge(const Question& question, const DefinitionAnswers& answers, CompilerFunction compiler) {
  PrecompiledProgram program;
  try {
    program = compiler(answers);
  } catch (const std::exception& error) {
    return {Outcome::Kind::kRejected, error.what(), {}};
  }
  const verify::Verdict verdict = verify::Prove(question.policy, TemplateOf(program));
  if (const auto* undecided = std::get_if<verify::Undecided>(&verdict))
    return {Outcome::Kind::kUndecided, undecided->text, std::move(program)};
  const auto* refuted = std::get_if<verify::Refuted>(&verdict);
  if (refuted == nullptr) return {Outcome::Kind::kProved, "", std::move(program)};
  CheckRefutation(question, program, *refuted);
  return {Outcome::Kind::kRefuted, verify::Describe(*refuted, question.of.target), std::move(program)};
}

}  // namespace

Question Ask(const PolicyCase& policy_case) {
  DefinitionAnswers answers = AskDefinition(policy_case.definition, policy_case.target);
  ResolvedPolicy policy = Resolve(answers.policy, policy_case.target);
  return {policy_case, std::move(answers), std::move(policy)};
}

std::vector<Question> Ask(const std::vector<PolicyCase>& policy_cases) {
  std::vector<Question> questions;
  questions.reserve(policy_cases.size());
  for (const PolicyCase& policy_case : policy_cases) questions.push_back(Ask(policy_case));
  return questions;
}

Outcome OutcomeOf(const Question& question, CompilerFunction compiler) {
  return Judge(question, question.answers, compiler);
}

Outcome OutcomeOfTwoRounds(const Question& question, CompilerFunction compiler) {
  DefinitionAnswers answers = question.answers;
  answers.rounds.resize(std::min<std::size_t>(answers.rounds.size(), 2));
  return Judge(question, answers, compiler);
}

}  // namespace precompiledseccomp::testing
