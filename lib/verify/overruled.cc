// SPDX-License-Identifier: Apache-2.0

#include "verify/overruled.h"

#include "verify/budget.h"
#include "verify/diagram_sets.h"
#include "verify/weakness.h"

namespace precompiledseccomp::verify {
namespace {

LeftToARule Find(const ResolvedRule& rule, CallsOfNumber& calls) {
  DiagramSets& sets = calls.sets();
  CallsOfNumber::Reader reader = calls.AllBits();
  DiagramId decided = DiagramSets::None();
  DiagramId matching = DiagramSets::None();
  for (const CallsOfNumber::OneRule& candidate : calls.rules()) {
    matching = calls.Matching(candidate, reader);
    if (candidate.rule == &rule) break;
    decided = sets.Or(decided, matching);
  }
  if (calls.SmallestOf(sets.And(matching, sets.Not(decided)))) return {};
  const int weakness = WeaknessOf(rule.action);
  const DiagramId weaker = calls.AtLeast(weakness + 1, reader);
  return {.has_some = false, .overruled = calls.SmallestOf(sets.And(matching, weaker))};
}

}  // namespace

LeftToARule FindWhatIsLeft(const ResolvedPolicy& policy, const ResolvedRule& rule, std::uint32_t number,
                           Workbench& workbench) {
  try {
    CallsOfNumber calls(policy, number, workbench);
    return Find(rule, calls);
  } catch (const TooMuchWork&) {
    workbench.Clear();
    return {};
  }
}

}  // namespace precompiledseccomp::verify
