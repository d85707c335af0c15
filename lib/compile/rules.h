// SPDX-License-Identifier: Apache-2.0
//
// Which rules of a policy are for a call.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include <precompiledseccomp/evaluate.h>

namespace precompiledseccomp::compile {

// A rule's index in its policy.
struct RuleIndex {
  std::size_t set;
  std::size_t rule;
  friend auto operator<=>(const RuleIndex&, const RuleIndex&) = default;  // NOLINT: clang-tidy 14 errs
};

using RuleIndices = std::vector<RuleIndex>;

const ResolvedRule& RuleAt(const ResolvedPolicy& policy, const RuleIndex& index);

// For each call number that rules name, the rules that are for it, in order: those that name it, and those
// for any call.
std::map<std::uint32_t, RuleIndices> RulesByNumber(const ResolvedPolicy& policy);

// The rules for any call, in order: all that decide the numbers which no rule names.
RuleIndices RulesForAnyCall(const ResolvedPolicy& policy);

}  // namespace precompiledseccomp::compile
