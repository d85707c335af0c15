// SPDX-License-Identifier: Apache-2.0
//
// A trace and a filter: what the filter answers to the calls that were made.
//
//   const Judge judge{program, &policy, known};
//   const LookedAt looked_at = judge.LooksAt();
//   TraceReader reader(program.target, looked_at, {});
//   for (const JudgedCall& call : JudgeTrace(judge, ReadTraceFile("trace", reader)).refused) ...
#pragma once

#include <cstdint>
#include <vector>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/precompile.h>

#include "inspect/call_tally.h"
#include "inspect/known_values.h"
#include "inspect/possible_answers.h"
#include "inspect/trace/trace.h"

namespace precompiledseccomp::inspect {

struct Judge {
  const PrecompiledProgram& program;
  const ResolvedPolicy* policy;  // null if all there is are instructions
  const KnownValues& known;

  // What tells calls apart: what the filter looks at.
  [[nodiscard]] LookedAt LooksAt() const;
  [[nodiscard]] PossibleAnswers AnswersTo(const PartlyKnownCall& call) const {
    return PossibleAnswersTo(program, policy, known, call);
  }
};

struct JudgedCall {
  TalliedCall call;
  PossibleAnswers answers;
  // This filter allows it, and another one has answered with a signal when the trace was made.
  bool is_by_another = false;
};

// Each list in the order of first lines.
struct JudgedTrace {
  std::vector<JudgedCall> refused;
  std::vector<JudgedCall> open;   // it depends on what is not known
  std::vector<JudgedCall> asked;  // a supervisor or a tracer decides
  std::uint64_t allowed = 0;      // calls
  Trace trace;                    // `calls` are all of them
};

JudgedTrace JudgeTrace(const Judge& judge, Trace trace);

}  // namespace precompiledseccomp::inspect
