// SPDX-License-Identifier: Apache-2.0

#include "inspect/judged_trace.h"

#include <utility>

#include "inspect/every_way.h"

namespace precompiledseccomp::inspect {

LookedAt Judge::LooksAt() const {
  return [judge = *this](std::uint32_t arch, std::uint32_t number) {
    PartlyKnownCall any;
    any.call.arch = arch;
    any.call.nr = static_cast<int>(number);
    return EveryWayOf(judge.program, any, judge.known).looked_at;
  };
}

JudgedTrace JudgeTrace(const Judge& judge, Trace trace) {
  JudgedTrace judged;
  for (const TalliedCall& call : trace.calls) {
    JudgedCall one{call, judge.AnswersTo(call.call)};
    if (call.ended != 0 && one.answers.standing != Standing::kAllowed) {
      judged.refused.push_back(std::move(one));
      continue;
    }
    switch (one.answers.standing) {
      case Standing::kAllowed:
        one.is_by_another = call.ended != 0;
        judged.allowed += call.count - call.ended;
        if (one.is_by_another) judged.refused.push_back(std::move(one));
        break;
      case Standing::kRefused:
        judged.refused.push_back(std::move(one));
        break;
      case Standing::kAsked:
        judged.asked.push_back(std::move(one));
        break;
      case Standing::kOpen:
        judged.open.push_back(std::move(one));
        break;
    }
  }
  judged.trace = std::move(trace);
  return judged;
}

}  // namespace precompiledseccomp::inspect
