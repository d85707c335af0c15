// SPDX-License-Identifier: Apache-2.0
//
// Which rules of a policy name a call.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include <precompiledseccomp/evaluate.h>

namespace precompiledseccomp::compile {

// A rule's place in its policy.
struct RulePlace {
  std::size_t set;
  std::size_t rule;
  friend auto operator<=>(const RulePlace&, const RulePlace&) = default;  // NOLINT: clang-tidy 14 errs
};

using Places = std::vector<RulePlace>;

const ResolvedRule& RuleAt(const ResolvedPolicy& policy, const RulePlace& place);

// For each call number that rules name, these rules, in order.
std::map<std::uint32_t, Places> RulesByNumber(const ResolvedPolicy& policy);

}  // namespace precompiledseccomp::compile
