// SPDX-License-Identifier: Apache-2.0

#include "verify/refused_call.h"

#include <string>

#include <precompiledseccomp/action.h>
#include <precompiledseccomp/error.h>

#include "verify/budget.h"
#include "verify/weakness.h"

namespace precompiledseccomp::verify {

std::optional<CallWithNumbers> FindRefusedCall(const ResolvedPolicy& policy, std::uint32_t number,
                                               const Condition& condition, const Limits& limits) {
  Workbench workbench(limits);
  try {
    CallsOfNumber calls(policy, number, workbench);
    CallsOfNumber::Reader reader = calls.AllBits();
    DiagramSets& sets = calls.sets();
    const DiagramId asked = sets.And(reader.Holds(condition), sets.Not(reader.IsVsyscall()));
    const DiagramId let_through = calls.AtLeast(WeaknessOf(Action::Log()), reader);
    return calls.SmallestOf(sets.And(asked, sets.Not(let_through)));
  } catch (const TooMuchWork&) {
    throw Error("whether all calls of " + SyscallName(policy.target, number) +
                " that are meant are let through is too much work to tell; simplify the rules for it");
  }
}

}  // namespace precompiledseccomp::verify
