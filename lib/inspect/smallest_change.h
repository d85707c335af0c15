// SPDX-License-Identifier: Apache-2.0
//
// What would have to be different in a refused call for it to be allowed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <linux/seccomp.h>

#include <precompiledseccomp/evaluate.h>

#include "inspect/known_values.h"

namespace precompiledseccomp::inspect {

struct Change {
  seccomp_data call{};         // that is allowed, whatever the variables are that are not known
  std::vector<int> arguments;  // which of them are changed: one or two, ascending
};

struct ChangeSought {
  std::optional<Change> found;
  // Whether there is a rule, or a default action, that allows calls of this number. If there is one and
  // nothing was found, more than two arguments would have to change, or others than the rules' constants and
  // their neighbours.
  bool is_any_allowed = false;
};

// Tries the constants that the rules for the call's number test an argument against, what lies beside them,
// and for masks what the bits would have to be: for one argument, nearest values first, then for two. A call
// is changed in its arguments only.
ChangeSought SmallestChange(const ResolvedPolicy& policy, const seccomp_data& call, const KnownValues& known);

}  // namespace precompiledseccomp::inspect
