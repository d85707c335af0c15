// SPDX-License-Identifier: Apache-2.0
//
// explain --trace: which calls of a trace a filter refuses.
#pragma once

#include <string>
#include <vector>

#include "inspect/judged_trace.h"
#include "inspect/trace/trace.h"
#include "option_table.h"
#include "people/command.h"
#include "people/source.h"

namespace precompiledseccomp::gen {

// The options that say which calls of a trace count.
std::vector<Option> TraceOptionTable();
inspect::TraceOptions TraceOptionsFrom(const GivenWords& given);

// The command, with --trace given. Throws UsageError and Error.
CommandResult ExplainTrace(const GivenWords& given);

// What could not be read, and what does not count; empty if there is nothing of the kind.
std::string UnreadText(const inspect::Trace& trace);
std::string NotCountedText(const inspect::Trace& trace);

// The summary of what was judged, and what it comes to. `what` names the calls: "trace.txt".
std::string SummaryAsText(const Source& source, const std::string& what, const inspect::JudgedTrace& judged);
std::string SummaryAsJson(const Source& source, const std::string& what, const inspect::JudgedTrace& judged);
Verdict VerdictOf(const inspect::JudgedTrace& judged);

}  // namespace precompiledseccomp::gen
