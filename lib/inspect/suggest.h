// SPDX-License-Identifier: Apache-2.0
//
// What a policy lacks for the calls of a trace, as rules to be looked at and pasted.
//
//   const SuggestRequest request{.target = target, .judge = &judge};
//   const LookedAt looked_at = LooksAtForSuggestions(request);
//   TraceReader reader(target, looked_at, {});
//   for (const SuggestedRule& rule : Suggest(request, ReadTraceFile("trace", reader)).rules) ...
//
// Values of the parameters that say what a call does (a request, flags, a family of addresses) become
// conditions, and descriptors become the definition's variables. What libcs call by different names comes
// together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <precompiledseccomp/target.h>

#include "inspect/call_tally.h"
#include "inspect/judged_trace.h"
#include "inspect/trace/trace.h"

namespace precompiledseccomp::inspect {

struct SuggestRequest {
  const Target& target;
  const Judge* judge = nullptr;  // of the policy that lacks something; null for a first policy
};

struct SuggestedRule {
  // What is called of a policy: "Allow", or "Errno" with `error`.
  std::string action = "Allow";
  std::string error;                 // "ENOSYS"
  std::vector<std::string> calls;    // as C++: `"read"`, `pcs::IfAvailable("open")`
  std::string condition;             // as C++; empty if there is none
  std::uint64_t count = 0;           // of calls in the trace
  std::vector<std::string> remarks;  // sentences
};

struct SuggestedCount {
  std::string call;
  std::uint64_t count = 0;
};

struct Suggestion {
  std::vector<SuggestedRule> rules;
  std::vector<std::string> headers;  // that the names in conditions need: "<fcntl.h>"
  // Of what is no rule: calls that rules refuse by name, calls of other ABIs.
  std::vector<std::string> remarks;
  // Whether it depends on what is not known if some of them are refused.
  bool is_open = false;
  // Of all calls of the trace that have a name, most frequent first.
  std::vector<SuggestedCount> counts;
};

// What tells calls apart for this.
LookedAt LooksAtForSuggestions(const SuggestRequest& request);

Suggestion Suggest(const SuggestRequest& request, const Trace& trace);

}  // namespace precompiledseccomp::inspect
