// SPDX-License-Identifier: Apache-2.0

#include <cstring>
#include <ostream>

#include <precompiledseccomp/testing.h>

namespace precompiledseccomp::testing {
namespace {

std::string TextOf(const ObservedCall& observed) {
  return observed.call.text() + ": " + observed.answer.text();
}

std::string EndOf(const Outcome& outcome) {
  switch (outcome.end) {
    case End::kExited:
      return "exited with status " + std::to_string(outcome.status);
    case End::kThrew:
      return "threw " + outcome.problem;
    case End::kKilled: {
      std::string text = "killed by the filter";
      if (!outcome.filter_name.empty()) text.append(" \"").append(outcome.filter_name).append("\"");
      return text + (outcome.call ? ": " + TextOf(*outcome.call) : "");
    }
    case End::kSignalled:
      return "ended by signal " + std::to_string(outcome.signal) + " (" + strsignal(outcome.signal) + ")";
    case End::kTimedOut:
      return "not done at the end of the time limit" +
             (outcome.call ? ", in " + outcome.call->call.text() : "");
    case End::kUnknown:
      return "ended, and how is not known: " + outcome.problem;
    case End::kNotRun:
      break;
  }
  return "not run: " + outcome.problem;
}

}  // namespace

std::string Outcome::text() const {
  constexpr std::size_t kMostShown = 10;  // in what is still a line
  std::string text = EndOf(*this);
  std::size_t shown = 0;
  std::size_t left = refused.size();
  for (const ObservedCall& observed : refused) {
    if (shown == kMostShown) {
      text += "; and " + std::to_string(left) + " more";
      break;
    }
    --left;
    if (call && observed.call == call->call && observed.count == 1) continue;  // it has just been told
    text += (shown++ == 0 ? "; refused: " : "; ") + TextOf(observed);
    if (observed.count > 1) text += ", " + std::to_string(observed.count) + " times";
  }
  if (!why_untraced.empty()) text += "; calls are not known: " + why_untraced;
  return text;
}

std::ostream& operator<<(std::ostream& stream, const Outcome& outcome) {
  return stream << outcome.text();
}

}  // namespace precompiledseccomp::testing
