// SPDX-License-Identifier: Apache-2.0

#include "inspect/findings.h"

#include <algorithm>
#include <set>
#include <utility>

#include <precompiledseccomp/error.h>

#include "base/near_misses.h"
#include "inspect/checks.h"
#include "target/syscall_names.h"

namespace precompiledseccomp::inspect {
namespace {

struct Check {
  std::string_view name;
  Severity severity;
  void (*find)(const Subject& subject, const Tell& tell);
};

constexpr Check kChecks[] = {
    {"upper-half-ignored", Severity::kError, FindEvasionsByIgnoredBits},
    {"no-such-argument", Severity::kWarning, FindTestsOfNoArgument},
    {"half-a-parameter", Severity::kWarning, FindTestsOfHalfAParameter},
    {"pointer-compared", Severity::kWarning, FindTestsOfPointers},
};

void CheckAccepted(std::span<const Acceptance> accepted) {
  const std::vector<std::string> names = NamesOfFindings();
  for (const Acceptance& acceptance : accepted) {
    if (std::find(names.begin(), names.end(), acceptance.finding) != names.end()) continue;
    const std::string near = NearMisses(acceptance.finding, names, 2 + acceptance.finding.size() / 4);
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
    throw Error("Accept(\"" + acceptance.finding + "\"): there is no such finding; " +
                (near.empty() ? "there are " + all : "did you mean " + near + "?"));
  }
}

}  // namespace

Subject::Subject(const ResolvedPolicy& policy) : policy_(policy) {
  std::size_t next = 0;
  for (const ResolvedRuleSet& set : policy.rule_sets)
    for (const ResolvedRule& rule : set.rules) {
      if (!rule.continues_rule) ++next;
      rules_.push_back({&rule, next - 1});
    }
}

std::size_t Subject::PlaceOf(const ResolvedRule& rule) const {
  const auto found = std::find_if(rules_.begin(), rules_.end(),
                                  [&](const PlacedRule& candidate) { return candidate.rule == &rule; });
  return found == rules_.end() ? 0 : found->place;
}

std::string Subject::NameOf(std::uint32_t number) const {
  return SyscallName(policy_.target, number);
}

std::optional<std::vector<Parameter>> Subject::ParametersOf(std::uint32_t number) const {
  return precompiledseccomp::ParametersOf(policy_.target, NameOf(number));
}

std::string Finding::ToString() const {
  const std::string place = where.ToString();
  return std::string(name) + (place.empty() ? "" : " (" + place + ")") + ": " + text;
}

std::vector<std::string> NamesOfFindings() {
  std::vector<std::string> names;
  for (const Check& check : kChecks) names.emplace_back(check.name);
  return names;
}

std::vector<Finding> FindingsOf(const ResolvedPolicy& policy, std::span<const Acceptance> accepted) {
  CheckAccepted(accepted);
  const Subject subject(policy);
  std::vector<Finding> findings;
  for (const Check& check : kChecks) {
    const bool is_accepted = std::any_of(accepted.begin(), accepted.end(), [&](const Acceptance& acceptance) {
      return acceptance.finding == check.name;
    });
    if (is_accepted) continue;
    std::set<std::size_t> told;
    check.find(subject, [&](const ResolvedRule& rule, const std::string& text) {
      const std::size_t place = subject.PlaceOf(rule);
      if (told.insert(place).second)
        findings.push_back({check.name, check.severity, place, rule.where, text});
    });
  }
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& left, const Finding& right) { return left.rule < right.rule; });
  return findings;
}

}  // namespace precompiledseccomp::inspect
