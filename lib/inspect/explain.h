// SPDX-License-Identifier: Apache-2.0
//
// Why a filter answers a call as it does.
//
//   const KnownValues known(program, {{3}});
//   const Explanation why = Explain({program, &policy, known, ReadCall("read(3)", program.target).call});
//   why.cases.front().answer  // "allow"
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <linux/seccomp.h>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/precompile.h>

#include "inspect/cases.h"
#include "inspect/known_values.h"
#include "inspect/path.h"
#include "inspect/smallest_change.h"
#include "inspect/standing.h"

namespace precompiledseccomp::inspect {

struct Question {
  const PrecompiledProgram& program;
  const ResolvedPolicy* policy;  // null if all there is are instructions
  const KnownValues& known;
  seccomp_data call;
};

struct ExplainedCase {
  // As in Case: "$fd1 == 3"; empty if it is the only one, or the last one.
  std::string condition;
  std::string answer;  // "errno 1 (EPERM)"; "errno $code" if that is not known
  Standing standing = Standing::kRefused;
  Decider decider = Decider::kRule;
  std::string rule;      // as it was written: "allow read if arg0 == $fd1"
  SourceLocation where;  // of the rule
  // Values of the variables that the cases depend on, with which it is this case; empty as in Case.
  std::vector<std::pair<std::string, std::uint64_t>> example;
};

struct Explanation {
  // What the cases have in common, if it is that.
  Standing standing = Standing::kOpen;
  std::vector<ExplainedCase> cases;
  std::vector<std::string> variables;  // that the cases depend on
  bool are_all_shown = true;           // as in Cases: if not, no values may lead to some of the cases
  Path path;
  // Of what is refused by a policy.
  ChangeSought change;
};

// The policy and the filter are both asked: for the call, in each case with variables that make it one, and
// for the changed call. Throws std::logic_error if they differ, which is a bug of this library.
Explanation Explain(const Question& question);

// A case in words, and what cases have in common.
ExplainedCase Explained(const Case& one, const KnownValues& known);
Standing CommonStanding(const std::vector<ExplainedCase>& cases);

}  // namespace precompiledseccomp::inspect
