// SPDX-License-Identifier: Apache-2.0

#include "precompile/variable_kinds.h"

#include <algorithm>
#include <string>

#include <precompiledseccomp/error.h>

#include "base/mistakes.h"

namespace precompiledseccomp::precompile {
namespace {

using Kind = Variable::Kind;

const char* NameOf(Kind kind) {
  switch (kind) {
    case Kind::kInteger:
      break;
    case Kind::kFd:
      return "a file descriptor";
    case Kind::kPid:
      return "a process id";
    case Kind::kErrno:
      return "an error number";
    case Kind::kAnswerData:
      return "the data of an answer";
  }
  return "an integer";
}

// What a variable is that stands in an answer. Error numbers are answer data as well.
void UseInAnswer(Variable& variable, Kind use) {
  const bool is_narrower = variable.kind == Kind::kErrno && use == Kind::kAnswerData;
  if (variable.kind == use || is_narrower) return;
  if (variable.kind != Kind::kInteger && variable.kind != Kind::kAnswerData)
    throw Error("variable \"" + variable.name + "\" is declared as " + NameOf(variable.kind) +
                ", and the policy uses it as " + NameOf(use));
  variable.kind = use;
}

void UseIn(const Action& action, std::vector<Variable>& variables) {
  if (!action.data().IsVariable()) return;
  const auto variable = std::find_if(variables.begin(), variables.end(), [&](const Variable& candidate) {
    return candidate.name == action.data().variable();
  });
  if (variable == variables.end()) return;  // not declared, which is another mistake
  UseInAnswer(*variable, action.kind() == Action::Kind::kErrno ? Kind::kErrno : Kind::kAnswerData);
}

}  // namespace

std::vector<Variable> WithKindsByUse(std::vector<Variable> variables, const Policy& policy) {
  Mistakes mistakes;
  const auto use = [&](const Action& action) { mistakes.Try([&] { UseIn(action, variables); }); };
  use(policy.default_action());
  use(policy.bad_architecture_action());
  if (policy.unknown_action()) use(*policy.unknown_action());
  for (const RuleSet& set : policy.rule_sets())
    for (const Rule& rule : set.rules()) use(rule.action);
  mistakes.ThrowIfThereAreAny();
  return variables;
}

}  // namespace precompiledseccomp::precompile
