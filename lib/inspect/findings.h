// SPDX-License-Identifier: Apache-2.0
//
// Findings: what is right as a policy, and yet not what its author can have meant. A proof says that a filter
// does what its policy says; these look at the policy itself, with what is known of the kernel's calls.
//
// Each has a name that stays, which a definition can accept, with a reason: Policy::Accept(). A finding is a
// file and a line in the list of findings.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <precompiledseccomp/evaluate.h>
#include <precompiledseccomp/policy.h>

namespace precompiledseccomp::inspect {

enum class Severity : std::uint8_t {
  kWarning,
  kError,  // a stricter answer can be evaded
};

struct Finding {
  std::string_view name;
  Severity severity = Severity::kWarning;
  std::size_t rule = 0;  // its place among all rules of the policy
  SourceLocation where;  // of the rule
  std::string text;      // what is wrong, and the way out: one line without a final full stop

  // "upper-half-ignored (policy.cc:12): ..."
  [[nodiscard]] std::string ToString() const;
};

// The names of all findings there are.
std::vector<std::string> NamesOfFindings();

// What is found in a policy, as it is for its target, but for what it accepts: in the order of its rules, of
// one name at most once for each. Throws Error if it accepts a finding that there is not, with near misses.
std::vector<Finding> FindingsOf(const ResolvedPolicy& policy, std::span<const Acceptance> accepted);

}  // namespace precompiledseccomp::inspect
