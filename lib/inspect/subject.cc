// SPDX-License-Identifier: Apache-2.0

#include "inspect/subject.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <iterator>
#include <stdexcept>

#include "target/syscall_names.h"

namespace precompiledseccomp::inspect {
namespace {

std::string Hex(std::uint64_t number) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "0x%llx", static_cast<unsigned long long>(number));
  return text.data();
}

}  // namespace

bool Permits(const Action& action) {
  switch (action.kind()) {
    case Action::Kind::kUserNotify:
    case Action::Kind::kTrace:
    case Action::Kind::kLog:
    case Action::Kind::kAllow:
      return true;
    default:
      return false;
  }
}

bool IsNoSuchCall(const Action& action) {
  return action.kind() == Action::Kind::kErrno && !action.data().IsVariable() &&
         action.data().constant() == ENOSYS;
}

std::string OutcomeOf(const Action& action) {
  return action.kind() == Action::Kind::kAllow ? "is allowed" : "gets " + action.ToString();
}

Subject::Subject(const ResolvedPolicy& policy) : policy_(policy) {
  std::size_t next = 0;
  for (std::size_t set = 0; set < policy.rule_sets.size(); ++set)
    for (const ResolvedRule& rule : policy.rule_sets[set].rules) {
      if (!rule.continues_rule) ++next;
      for (const std::uint32_t number : rule.numbers) calls_[number].rules.push_back(rules_.size());
      if (rule.any_call) for_any_.push_back(rules_.size());
      rules_.push_back({&rule, set, next - 1});
    }
  if (HasTestsOfAnyCall()) {
    const std::vector<std::string> names = SyscallNames(policy.target);
    for (std::uint32_t number = 0; number < names.size(); ++number)
      if (!names[number].empty()) calls_[number];
  }
  for (auto& [number, call] : calls_) {
    call.name = SyscallName(policy.target, number);
    call.parameters = precompiledseccomp::ParametersOf(policy.target, call.name);
  }
}

const PlacedRule& Subject::PlaceOf(const ResolvedRule& rule) const {
  const auto found = std::find_if(rules_.begin(), rules_.end(),
                                  [&](const PlacedRule& candidate) { return candidate.rule == &rule; });
  if (found == rules_.end()) throw std::logic_error("a finding is told of a rule that is another policy's");
  return *found;
}

bool Subject::HasTestsOfAnyCall() const {
  return std::any_of(for_any_.begin(), for_any_.end(),
                     [&](std::size_t index) { return !rules_[index].rule->condition.IsAlwaysTrue(); });
}

std::vector<std::uint32_t> Subject::NamedNumbers() const {
  std::vector<std::uint32_t> numbers;
  for (const auto& [number, call] : calls_)
    if (!call.rules.empty()) numbers.push_back(number);
  return numbers;
}

std::vector<std::uint32_t> Subject::TestedNumbers() const {
  std::vector<std::uint32_t> numbers;
  for (const auto& [number, call] : calls_) {
    const bool is_tested =
        HasTestsOfAnyCall() || std::any_of(call.rules.begin(), call.rules.end(), [&](std::size_t index) {
          return !rules_[index].rule->condition.IsAlwaysTrue();
        });
    if (is_tested) numbers.push_back(number);
  }
  return numbers;
}

bool Subject::IsNamed(std::uint32_t number) const {
  const auto call = calls_.find(number);
  return call != calls_.end() && !call->second.rules.empty();
}

std::vector<PlacedRule> Subject::RulesFor(std::uint32_t number) const {
  std::vector<std::size_t> indices;
  const auto call = calls_.find(number);
  const std::vector<std::size_t> none;
  const std::vector<std::size_t>& named = call == calls_.end() ? none : call->second.rules;
  const std::vector<std::size_t>& for_any = number == Target::kSkippedCall ? none : for_any_;
  std::merge(named.begin(), named.end(), for_any.begin(), for_any.end(), std::back_inserter(indices));
  std::vector<PlacedRule> rules;
  rules.reserve(indices.size());
  for (const std::size_t index : indices) rules.push_back(rules_[index]);
  return rules;
}

std::vector<PossibleAnswer> Subject::AnswersTo(std::uint32_t number) const {
  std::vector<PossibleAnswer> answers;
  for (const PlacedRule& placed : RulesFor(number)) {
    const ResolvedRule& rule = *placed.rule;
    const bool is_always_true = rule.condition.IsAlwaysTrue();
    if (policy_.rule_sets[placed.set].only_vsyscall) continue;
    if (rule.any_call && !is_always_true && !Permits(rule.action)) continue;
    answers.push_back({&rule.action, &rule});
    if (is_always_true) return answers;
  }
  answers.push_back({&policy_.LastResort(number), nullptr});
  return answers;
}

bool Subject::IsPermitted(std::uint32_t number) const {
  const std::vector<PossibleAnswer> answers = AnswersTo(number);
  return std::all_of(answers.begin(), answers.end(),
                     [](const PossibleAnswer& answer) { return Permits(*answer.action); });
}

bool Subject::IsPartlyPermitted(std::uint32_t number) const {
  const std::vector<PossibleAnswer> answers = AnswersTo(number);
  return std::any_of(answers.begin(), answers.end(),
                     [](const PossibleAnswer& answer) { return Permits(*answer.action); });
}

std::optional<std::uint32_t> Subject::NumberOf(std::string_view name) const {
  return SyscallNumber(policy_.target, std::string(name));
}

std::string Subject::TextOf(const seccomp_data& call, std::size_t arguments) const {
  for (std::size_t i = arguments; i < std::size(call.args); ++i)
    if (call.args[i] != 0) arguments = i + 1;
  std::string text;
  for (std::size_t i = 0; i < arguments; ++i) text += (text.empty() ? "" : ", ") + Hex(call.args[i]);
  return NameOf(static_cast<std::uint32_t>(call.nr)) + "(" + text + ")";
}

}  // namespace precompiledseccomp::inspect
