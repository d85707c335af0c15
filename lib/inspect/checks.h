// SPDX-License-Identifier: Apache-2.0
//
// What looks for findings, one function for each file. They are given all of a policy, and tell what they
// find; in which order, and how often of one rule, does not matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <precompiledseccomp/evaluate.h>

#include "target/parameters.h"

namespace precompiledseccomp::inspect {

// A rule of a resolved policy, and the place that it has among the rules as they were written.
struct PlacedRule {
  const ResolvedRule* rule = nullptr;
  std::size_t place = 0;
};

// A policy, with what checks look up in it again and again.
class Subject {
 public:
  explicit Subject(const ResolvedPolicy& policy);

  [[nodiscard]] const ResolvedPolicy& policy() const { return policy_; }
  [[nodiscard]] const std::vector<PlacedRule>& rules() const { return rules_; }
  // That of a rule of this policy.
  [[nodiscard]] std::size_t PlaceOf(const ResolvedRule& rule) const;
  [[nodiscard]] std::string NameOf(std::uint32_t number) const;
  // Nothing if they are not known.
  [[nodiscard]] std::optional<std::vector<Parameter>> ParametersOf(std::uint32_t number) const;

 private:
  const ResolvedPolicy& policy_;
  std::vector<PlacedRule> rules_;
};

// Tells of a finding: its rule, and its text.
using Tell = std::function<void(const ResolvedRule& rule, const std::string& text)>;

void FindEvasionsByIgnoredBits(const Subject& subject, const Tell& tell);
void FindTestsOfNoArgument(const Subject& subject, const Tell& tell);
void FindTestsOfHalfAParameter(const Subject& subject, const Tell& tell);
void FindTestsOfPointers(const Subject& subject, const Tell& tell);

}  // namespace precompiledseccomp::inspect
