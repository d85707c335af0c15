// SPDX-License-Identifier: Apache-2.0
//
// explain, of a call with "_" in place of an argument: what may be answered, whatever that is.
#pragma once

#include "inspect/call_text.h"
#include "inspect/possible_answers.h"
#include "people/command.h"
#include "people/source.h"

namespace precompiledseccomp::gen {

CommandResult ExplainPattern(const Source& source, const inspect::KnownValues& known,
                             const inspect::WrittenPattern& pattern, bool is_json);

}  // namespace precompiledseccomp::gen
