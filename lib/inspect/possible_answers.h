// SPDX-License-Identifier: Apache-2.0
//
// What may be answered to a call of which not everything is known.
#pragma once

#include <vector>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/precompile.h>

#include "inspect/explain.h"
#include "inspect/known_values.h"
#include "inspect/partly_known_call.h"

namespace precompiledseccomp::inspect {

struct PossibleAnswers {
  // What they have in common, if it is that.
  Standing standing = Standing::kOpen;
  // Of a policy, the rules that may decide, in order, and what is done without one if that may be; without
  // conditions and examples. Of instructions alone, what they may return.
  std::vector<ExplainedCase> cases;
};

// `policy` is null if all there is are instructions. Throws std::logic_error if policy and filter differ,
// which is a bug of this library.
PossibleAnswers PossibleAnswersTo(const PrecompiledProgram& program, const ResolvedPolicy* policy,
                                  const KnownValues& known, const PartlyKnownCall& call);

}  // namespace precompiledseccomp::inspect
