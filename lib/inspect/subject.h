// SPDX-License-Identifier: Apache-2.0
//
// A policy, as checks look at it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <linux/seccomp.h>

#include <precompiledseccomp/action.h>
#include <precompiledseccomp/evaluate.h>

#include "target/parameters.h"
#include "verify/calls_of_number.h"

namespace precompiledseccomp::inspect {

// Of calls.
using Names = std::span<const std::string_view>;

// A rule of a resolved policy, and where it stands.
struct PlacedRule {
  const ResolvedRule* rule = nullptr;
  std::size_t set = 0;
  std::size_t place = 0;  // among the rules as they were written
};

// What some calls of a number may get.
struct PossibleAnswer {
  const Action* action = nullptr;
  const ResolvedRule* rule = nullptr;  // null: no rule decides them
};

// Whether a call with that answer may be made: by itself, or if a supervisor or tracer lets it.
bool Permits(const Action& action);
// Whether the answer is that there is no such call: callers fall back on another one.
bool IsNoSuchCall(const Action& action);
// "is allowed", "gets errno 1"
std::string OutcomeOf(const Action& action);

class Subject {
 public:
  // The policy must outlive this.
  explicit Subject(const ResolvedPolicy& policy);

  [[nodiscard]] const ResolvedPolicy& policy() const { return policy_; }
  [[nodiscard]] const std::vector<PlacedRule>& rules() const { return rules_; }
  // That of a rule of this policy.
  [[nodiscard]] const PlacedRule& PlaceOf(const ResolvedRule& rule) const;

  // The numbers that rules name, ascending; and those of which rules test something, which may be for any
  // call.
  [[nodiscard]] std::vector<std::uint32_t> NamedNumbers() const;
  [[nodiscard]] std::vector<std::uint32_t> TestedNumbers() const;
  [[nodiscard]] bool IsNamed(std::uint32_t number) const;
  // The rules for calls of this number, in order.
  [[nodiscard]] std::vector<PlacedRule> RulesFor(std::uint32_t number) const;
  // What calls of this number may get, in the order of the rules, up to the first that decides all that are
  // left. Conditions are taken to leave something. Rules that refuse any call of a kind, or from the vsyscall
  // page, say nothing of this one.
  [[nodiscard]] std::vector<PossibleAnswer> AnswersTo(std::uint32_t number) const;
  // Whether all of them, or some, may be made.
  [[nodiscard]] bool IsPermitted(std::uint32_t number) const;
  [[nodiscard]] bool IsPartlyPermitted(std::uint32_t number) const;

  // Of a number that is named or tested.
  [[nodiscard]] const std::string& NameOf(std::uint32_t number) const { return calls_.at(number).name; }
  // The same; nothing if they are not known.
  [[nodiscard]] const std::optional<std::vector<Parameter>>& ParametersOf(std::uint32_t number) const {
    return calls_.at(number).parameters;
  }
  // Nothing if the target has no such call.
  [[nodiscard]] std::optional<std::uint32_t> NumberOf(std::string_view name) const;

  // For questions to the prover.
  [[nodiscard]] verify::Workbench& workbench() const { return *workbench_; }

  // "ioctl(0x0, 0x100005412)": the arguments up to the last that is not zero, and at least so many.
  [[nodiscard]] std::string TextOf(const seccomp_data& call, std::size_t arguments = 0) const;

 private:
  [[nodiscard]] bool HasTestsOfAnyCall() const;

  struct Call {
    std::string name;
    std::optional<std::vector<Parameter>> parameters;
    std::vector<std::size_t> rules;  // those that name it
  };

  const ResolvedPolicy& policy_;
  std::vector<PlacedRule> rules_;
  std::map<std::uint32_t, Call> calls_;
  std::vector<std::size_t> for_any_;  // the rules for any call
  std::unique_ptr<verify::Workbench> workbench_ = std::make_unique<verify::Workbench>();
};

}  // namespace precompiledseccomp::inspect
