// SPDX-License-Identifier: Apache-2.0
//
// How a policy decides one call when not all of its variables have values: by case.
//
//   read(3) of a policy that allows it if fd == $fd1 || fd == $fd2, with fd2 = 7
//
//   1. $fd1 == 3    the rule decides
//   2. otherwise    no rule does
//
// With all values that matter, it is one case. The evaluator remains the reference: what is left out here is
// only what no values lead to, and tests ask it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <linux/seccomp.h>

#include <precompiledseccomp/action.h>
#include <precompiledseccomp/evaluate.h>

#include "inspect/known_values.h"
#include "inspect/partly_known_call.h"

namespace precompiledseccomp::inspect {

enum class Decider : std::uint8_t {
  kRule,
  kDefaultAction,
  kUnknownAction,          // the number is not in the known-calls baseline
  kBadArchitectureAction,  // the number is another ABI's
  kInstructions,           // there is no policy to ask
};

struct Case {
  Decider decider = Decider::kRule;
  const ResolvedRule* rule = nullptr;  // of kRule
  const Action* action = nullptr;
  // What of the variables that are not known makes it this case, if it is none before it; empty if nothing
  // does.
  std::string condition;
  // Values with which it is this case, in the order of the variables; of each that is known, nothing. Empty
  // if none were looked for or found: there may be none.
  std::vector<std::optional<std::uint64_t>> example;
};

// The cases, in the order of the rules. The last one has no condition.
struct Cases {
  std::vector<Case> cases;
  // The variables that they depend on, ascending.
  std::vector<std::size_t> variables;
  // Whether each case has an example. If not, there are too many values to try, or they are tested in ways
  // of which it is not said here which values matter.
  bool are_all_shown = true;
};

// The policy, the call and the variables must outlive what is returned.
Cases CasesOf(const ResolvedPolicy& policy, const seccomp_data& call, const KnownValues& known);

// The rules, or what is done without one, that may decide a call of which not everything is known, in order;
// without conditions. The last one does if none before it does.
std::vector<Case> MayDecide(const ResolvedPolicy& policy, const PartlyKnownCall& call,
                            const KnownValues& known);

// Whether the call may be made, whatever the variables are that are not known. Quick, and false in some cases
// in which only impossible values speak against it.
bool IsSurelyAllowed(const ResolvedPolicy& policy, const seccomp_data& call, const KnownValues& known);

}  // namespace precompiledseccomp::inspect
