// SPDX-License-Identifier: Apache-2.0

#include "inspect/findings.h"

#include <algorithm>
#include <set>
#include <utility>

#include <precompiledseccomp/error.h>

#include "base/near_misses.h"
#include "inspect/checks.h"

namespace precompiledseccomp::inspect {
namespace {

struct Check {
  std::string_view name;
  Severity severity;
  void (*find)(const Subject& subject, const Tell& tell);
};

constexpr Check kChecks[] = {
    {"upper-half-ignored", Severity::kError, FindEvasionsByIgnoredBits},
    {"one-libc-only", Severity::kWarning, FindOneSidedEncodings},
    {"no-such-argument", Severity::kWarning, FindTestsOfNoArgument},
    {"half-a-parameter", Severity::kWarning, FindTestsOfHalfAParameter},
    {"pointer-compared", Severity::kWarning, FindTestsOfPointers},
    {"notified-pointer", Severity::kWarning, FindNotifiedPointers},
    {"dead-refusal", Severity::kWarning, FindDeadRefusals},
    {"sibling-allowed", Severity::kWarning, FindOpenSiblings},
    {"missing-companion", Severity::kWarning, FindMissingCompanions},
    {"enosys-expected", Severity::kWarning, FindWrongErrors},
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
      const std::size_t place = subject.PlaceOf(rule).place;
      if (told.insert(place).second)
        findings.push_back({check.name, check.severity, place, rule.where, text});
    });
  }
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& left, const Finding& right) { return left.rule < right.rule; });
  return findings;
}

}  // namespace precompiledseccomp::inspect
