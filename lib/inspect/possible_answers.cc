// SPDX-License-Identifier: Apache-2.0

#include "inspect/possible_answers.h"

#include <stdexcept>
#include <string>

#include "bpf/disassembler.h"
#include "inspect/cases.h"
#include "inspect/every_way.h"

namespace precompiledseccomp::inspect {
namespace {

std::vector<ExplainedCase> CasesOfInstructions(const EveryWay& ways) {
  std::vector<ExplainedCase> cases;
  for (const std::uint32_t answer : ways.answers) {
    ExplainedCase one;
    one.decider = Decider::kInstructions;
    one.answer = AnswerText(answer);
    one.standing = StandingOf(answer);
    cases.push_back(one);
  }
  if (ways.may_be_others) {
    ExplainedCase other;
    other.decider = Decider::kInstructions;
    other.answer = "others";
    other.standing = Standing::kOpen;
    cases.push_back(other);
  }
  return cases;
}

// Where both know what they answer, it has to be the same.
void Compare(const EveryWay& ways, const std::vector<Case>& cases, const KnownValues& known) {
  if (ways.may_be_others || ways.answers.size() != 1) return;
  const Action& action = *cases.front().action;
  const bool is_data_known =
      !action.data().IsVariable() || known.numbers().count(action.data().variable()) != 0;
  if (cases.size() != 1 || !is_data_known) return;
  const std::uint32_t of_policy = action.ReturnValue(known.numbers());
  if (of_policy != ways.answers.front())
    throw std::logic_error(
        "the compiled filter is wrong: filter " + bpf::DescribeReturn(ways.answers.front()) + ", policy " +
        bpf::DescribeReturn(of_policy) + "; please report this as a bug of precompiledseccomp");
}

}  // namespace

PossibleAnswers PossibleAnswersTo(const PrecompiledProgram& program, const ResolvedPolicy* policy,
                                  const KnownValues& known, const PartlyKnownCall& call) {
  PossibleAnswers possible;
  const EveryWay ways = EveryWayOf(program, call, known);
  if (policy == nullptr) {
    possible.cases = CasesOfInstructions(ways);
  } else {
    const std::vector<Case> cases = MayDecide(*policy, call, known);
    Compare(ways, cases, known);
    for (const Case& one : cases) possible.cases.push_back(Explained(one, known));
  }
  possible.standing = CommonStanding(possible.cases);
  return possible;
}

}  // namespace precompiledseccomp::inspect
