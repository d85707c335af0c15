// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/evaluate.h>

#include "base/identifiers.h"
#include "base/mistakes.h"
#include "policy/same.h"
#include "resolve/parameters.h"
#include "target/known_numbers.h"
#include "target/syscall_names.h"

namespace precompiledseccomp {
namespace {

class Resolver {
 public:
  explicit Resolver(const Target& target) : target_(target) {}

  // Nothing for an optional call that the target does not have.
  std::optional<std::uint32_t> Number(const Syscall& call) {
    if (!call.HasName()) return CheckedNumber(call.number());
    const std::optional<std::uint32_t> number = SyscallNumber(target_, call.name());
    if (!number && call.IsOptional()) return NumberOfOptional(call);
    if (!number) {
      throw Error("unknown system call \"" + call.name() + "\" for " + std::string(target_.name) +
                  WhyUnknown(target_, call.name()));
    }
    used_.insert({call.name(), *number});
    return *number;
  }

  // Those left out are added to `left_out`.
  std::vector<std::uint32_t> Numbers(const std::vector<Syscall>& calls, std::vector<std::string>& left_out) {
    std::set<std::uint32_t> numbers;
    Mistakes mistakes;
    for (const Syscall& call : calls)
      mistakes.Try([&] {
        if (const auto number = Number(call))
          numbers.insert(*number);
        else
          left_out.push_back(call.name());
      });
    mistakes.ThrowIfThereAreAny();
    return {numbers.begin(), numbers.end()};
  }

  [[nodiscard]] std::vector<UsedSyscall> Used() const { return {used_.begin(), used_.end()}; }

 private:
  // Of one whose name the target does not have. A name that others have is right, and this target lacks the
  // call; one that none has says nothing about that.
  std::optional<std::uint32_t> NumberOfOptional(const Syscall& call) {
    if (IsNameOfAnyTarget(call.name())) return std::nullopt;
    if (!call.number_without_name())
      throw Error("IfAvailable(\"" + call.name() + "\"): no architecture has a system call of that name" +
                  WhatMayBeMeant(target_, call.name(), "IfAvailable(\"" + call.name() + "\", "));
    const std::uint32_t number = CheckedNumber(*call.number_without_name());
    // Newer headers may know the name, and are asked whether it has that number.
    if (IsUsableIdentifier(call.name())) used_.insert({call.name(), number});
    return number;
  }

  [[nodiscard]] std::uint32_t CheckedNumber(std::uint32_t number) const {
    if (!target_.foreign_numbers.Has(number)) return number;
    const std::string version = std::to_string(target_.foreign_before.version) + "." +
                                std::to_string(target_.foreign_before.patch_level);
    throw Error("system call number " + std::to_string(number) + " is another ABI's on " +
                std::string(target_.name) + " before Linux " + version +
                "; if the program runs on no older kernel, say so with ForLinuxFrom(" +
                std::to_string(target_.foreign_before.version) + ", " +
                std::to_string(target_.foreign_before.patch_level) + ")");
  }

  const Target& target_;
  std::set<UsedSyscall> used_;
};

Error InRule(const Error& error, const Rule& rule) {
  const std::string where = rule.where.ToString();
  return Error(error.problem() + " (in the rule \"" + rule.action.ToString() + " ...\"" +
               (where.empty() ? "" : ", " + where) + ")");
}

// What a rule that tests parameters by name says of each of its calls. Calls of which the parameters are the
// same arguments stay together.
std::vector<ResolvedRule> ResolveByCall(const Rule& rule, const std::vector<std::uint32_t>& numbers,
                                        const Target& target) {
  std::vector<ResolvedRule> resolved;
  Mistakes mistakes;
  for (const std::uint32_t number : numbers)
    mistakes.Try([&] {
      const Condition condition = WithArguments(rule.condition, target, SyscallName(target, number));
      const auto same = std::find_if(resolved.begin(), resolved.end(), [&](const ResolvedRule& other) {
        return AreSame(other.condition, condition);
      });
      if (same != resolved.end())
        same->numbers.push_back(number);
      else
        resolved.push_back(
            {rule.action, {number}, condition, rule.ToString(target), rule.where, !resolved.empty()});
    });
  mistakes.ThrowIfThereAreAny();
  return resolved;
}

std::vector<ResolvedRule> ResolveRule(const Rule& rule, Resolver& resolver, const Target& target) {
  std::vector<std::string> left_out;
  std::vector<std::uint32_t> numbers = resolver.Numbers(rule.syscalls, left_out);
  std::vector<ResolvedRule> parts;
  if (rule.any_call && HasParameters(rule.condition))
    throw Error("a parameter by name is that of a call, and the rule is for any call: use Arg or Arg32");
  const bool has_parameters = HasParameters(rule.condition);
  if (has_parameters && !numbers.empty())
    parts = ResolveByCall(rule, numbers, target);
  else  // of no call, there are no arguments that parameters could be
    parts.push_back({rule.action, std::move(numbers), has_parameters ? Always() : rule.condition,
                     rule.ToString(target), rule.where});
  parts.front().left_out = std::move(left_out);
  parts.front().any_call = rule.any_call;
  return parts;
}

ResolvedRuleSet ResolveRuleSet(const RuleSet& set, const Target& target, Resolver& resolver,
                               Mistakes& mistakes) {
  ResolvedRuleSet resolved;
  resolved.only_vsyscall = set.IsOnlyVsyscall();
  for (const Rule& rule : set.rules()) {
    try {
      for (ResolvedRule& part : ResolveRule(rule, resolver, target))
        resolved.rules.push_back(std::move(part));
    } catch (const Error& error) {
      mistakes.Add(InRule(error, rule));
      for (const Error& further : error.further()) mistakes.Add(InRule(further, rule));
    }
  }
  return resolved;
}

std::optional<Baseline> ResolveBaseline(const Policy& policy, const Target& target, Resolver& resolver) {
  const Action unknown_action = policy.unknown_action().value_or(Action::Errno(ENOSYS));
  if (policy.newest_known_kernel())
    return Baseline{NumbersOfKernel(target, *policy.newest_known_kernel()), unknown_action};
  if (!policy.newest_known()) {
    if (policy.unknown_action())
      throw Error(
          "the policy has an action for unknown calls but does not say which are known; add KnownUpTo()");
    return std::nullopt;
  }
  const auto newest = resolver.Number(*policy.newest_known());
  if (!newest)
    throw Error("the newest known call \"" + policy.newest_known()->name() +
                "\" does not exist on the target");
  return Baseline{NumbersUpTo(target, *newest), unknown_action};
}

std::vector<std::pair<std::uint32_t, std::uint64_t>> ResolveCounts(const Policy& policy, const Target& target,
                                                                   Resolver& resolver) {
  std::vector<std::pair<std::uint32_t, std::uint64_t>> counts;
  for (const SyscallCount& hot : policy.counts()) {
    const auto number = resolver.Number(hot.syscall);
    if (!number) continue;
    const bool repeated =
        std::any_of(counts.begin(), counts.end(), [&](const auto& c) { return c.first == *number; });
    if (repeated) throw Error("the hot system call " + hot.syscall.ToString(target) + " is given twice");
    counts.emplace_back(*number, hot.count);
  }
  return counts;
}

}  // namespace

std::string ResolvedRule::ToString() const {
  const std::string place = where.ToString();
  return "\"" + description + "\"" + (place.empty() ? "" : " (" + place + ")");
}

ResolvedPolicy Resolve(const Policy& policy, const Target& any_kernel) {
  Target target = any_kernel;
  if (policy.oldest_kernel() && *policy.oldest_kernel() >= target.foreign_before) target.foreign_numbers = {};
  Resolver resolver(target);
  ResolvedPolicy resolved{.target = target,
                          .rule_sets = {},
                          .default_action = policy.default_action(),
                          .bad_architecture_action = policy.bad_architecture_action(),
                          .baseline = {},
                          .counts = {},
                          .used_syscalls = {},
                          .calls_per_run = policy.calls_per_run(),
                          .violation_report = policy.violation_report()};
  Mistakes mistakes;
  mistakes.Try([&] { resolved.baseline = ResolveBaseline(policy, target, resolver); });
  mistakes.Try([&] { resolved.counts = ResolveCounts(policy, target, resolver); });
  for (const RuleSet& set : policy.rule_sets())
    resolved.rule_sets.push_back(ResolveRuleSet(set, target, resolver, mistakes));
  mistakes.ThrowIfThereAreAny();
  resolved.used_syscalls = resolver.Used();
  return resolved;
}

}  // namespace precompiledseccomp
