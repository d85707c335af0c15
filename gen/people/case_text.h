// SPDX-License-Identifier: Apache-2.0
//
// What decides a call, as answers show it.
#pragma once

#include <string>
#include <vector>

#include "inspect/explain.h"
#include "report/json.h"

namespace precompiledseccomp::gen {

// `by the rule "allow read" (policy.cc:12)`; empty of instructions alone.
std::string DeciderText(const inspect::ExplainedCase& one);

// As a list of texts, and as an object.
void WriteTexts(const std::vector<std::string>& texts, JsonWriter& json);
void WriteCase(const inspect::ExplainedCase& one, JsonWriter& json);

}  // namespace precompiledseccomp::gen
