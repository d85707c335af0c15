// SPDX-License-Identifier: Apache-2.0
//
// Rules that can never match are mistakes of their authors.
#pragma once

#include <precompiledseccomp/evaluate.h>

namespace precompiledseccomp::compile {

// Throws Error for a rule that can never match: because its condition is never true, or because earlier rules
// of its rule set leave it nothing to decide. A contradiction that needs very many combinations of tests to
// be seen may be missed; a rule that can match is never reported. `numbers` has one for each variable, which
// make no difference.
void CheckThatRulesCanMatch(const ResolvedPolicy& policy, const VariableNumbers& numbers);

}  // namespace precompiledseccomp::compile
