// SPDX-License-Identifier: Apache-2.0

#include <precompiledseccomp/policy.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <ostream>
#include <string_view>

#include <linux/errno.h>

#include <precompiledseccomp/error.h>

namespace precompiledseccomp {
namespace {

// As the rule is written, or with the names that a target has for its numbers.
std::string RuleText(const Rule& rule, const Target* target) {
  std::string calls = rule.any_call ? "any call" : "";
  for (const Syscall& call : rule.syscalls)
    calls += (calls.empty() ? "" : ", ") + (target == nullptr ? call.ToString() : call.ToString(*target));
  const std::string text = rule.action.ToString() + " " + calls;
  return rule.condition.IsAlwaysTrue() ? text : text + " if " + rule.condition.ToString();
}

void CheckRule(const Rule& rule) {
  if (!rule.syscalls.empty() || rule.any_call) return;
  const std::string where = rule.where.ToString();
  throw Error("a rule \"" + rule.action.ToString() + "\" names no system call" +
              (where.empty() ? "" : " (" + where + ")"));
}

std::string TextOf(AfterReport then) {
  switch (then) {
    case AfterReport::kAbort:
      return "aborts";
    case AfterReport::kExit:
      return "exits";
    case AfterReport::kContinue:
      return "continues";
  }
  return "";
}

}  // namespace

SourceLocation SourceLocation::Here(const char* path, int line) {
  const std::string_view text = path;
  return {std::string(text.substr(text.rfind('/') + 1)), line};
}

std::string SourceLocation::ToString() const {
  return line == 0 ? "" : file + ":" + std::to_string(line);
}

std::string Rule::ToString() const {
  return RuleText(*this, nullptr);
}

std::string Rule::ToString(const Target& target) const {
  return RuleText(*this, &target);
}

RuleSet RuleSet::OnlyVsyscall() {
  RuleSet set;
  set.only_vsyscall_ = true;
  return set;
}

void RuleSet::AddRule(Rule rule) {
  CheckRule(rule);
  rules_.push_back(std::move(rule));
}

void Policy::AddRule(Rule rule) {
  CheckRule(rule);
  if (!last_set_is_open_) {
    rule_sets_.emplace_back();
    last_set_is_open_ = true;
  }
  rule_sets_.back().AddRule(std::move(rule));
}

Policy& Policy::Add(RuleSet rule_set) & {
  rule_sets_.push_back(std::move(rule_set));
  last_set_is_open_ = false;
  return *this;
}

Policy& Policy::Merge(const Policy& other) & {
  // Merging a policy with itself must not read what it appends to.
  const Policy source = other;
  rule_sets_.insert(rule_sets_.end(), source.rule_sets_.begin(), source.rule_sets_.end());
  last_set_is_open_ = false;
  if (!default_) default_ = source.default_;
  if (!bad_architecture_) bad_architecture_ = source.bad_architecture_;
  if (!newest_known_ && !newest_known_kernel_) {
    newest_known_ = source.newest_known_;
    newest_known_kernel_ = source.newest_known_kernel_;
  }
  if (!unknown_) unknown_ = source.unknown_;
  if (!oldest_kernel_) oldest_kernel_ = source.oldest_kernel_;
  if (!violation_report_) violation_report_ = source.violation_report_;
  if (counts_.empty()) counts_ = source.counts_;
  if (!calls_per_run_) calls_per_run_ = source.calls_per_run_;
  for (const Acceptance& acceptance : source.accepted_) Accept(acceptance.finding, acceptance.reason);
  return *this;
}

void Policy::SetLocations(const std::vector<SourceLocation>& locations) {
  auto location = locations.begin();
  for (RuleSet& set : rule_sets_)
    for (Rule& rule : set.rules_)
      if (location != locations.end()) rule.where = *location++;
}

bool Policy::IsEmpty() const {
  return rule_sets_.empty() && !default_ && !bad_architecture_ && !newest_known_ && !newest_known_kernel_ &&
         !unknown_ && !oldest_kernel_ && !violation_report_ && counts_.empty() && !calls_per_run_ &&
         accepted_.empty();
}

Policy& Policy::Default(Action action) & {
  default_ = std::move(action);
  return *this;
}

Policy& Policy::BadArchitecture(Action action) & {
  bad_architecture_ = std::move(action);
  return *this;
}

Policy& Policy::KnownUpTo(Syscall newest) & {
  if (!newest.HasName() && newest.number() == Target::kSkippedCall)
    throw Error("a skipped call cannot be the newest known call: it is above every baseline");
  newest_known_ = std::move(newest);
  newest_known_kernel_.reset();
  return *this;
}

Policy& Policy::KnownUpTo(Kernel newest) & {
  newest_known_kernel_ = newest;
  newest_known_.reset();
  return *this;
}

Policy& Policy::Unknown(Action action) & {
  unknown_ = std::move(action);
  return *this;
}

Policy& Policy::ForLinuxFrom(int version, int patch_level) & {
  const KernelVersion oldest = {version, patch_level};
  if (oldest < kFirstWithFilters || patch_level < 0)
    throw Error("ForLinuxFrom(" + std::to_string(version) + ", " + std::to_string(patch_level) +
                "): give a version of Linux from 3.5 on, the first with filters, as in ForLinuxFrom(5, 4)");
  oldest_kernel_ = oldest;
  return *this;
}

Policy& Policy::Accept(std::string finding, std::string reason) & {
  if (reason.find_first_not_of(" \t\n") == std::string::npos)
    throw Error("Accept(\"" + finding + "\") has no reason: say why the finding may stay");
  // A policy that is merged from several may say the same more than once.
  const bool is_known = std::any_of(accepted_.begin(), accepted_.end(), [&](const Acceptance& known) {
    return known.finding == finding && known.reason == reason;
  });
  if (!is_known) accepted_.push_back({std::move(finding), std::move(reason)});
  return *this;
}

Policy& Policy::ReportsViolations(Value descriptor, AfterReport then) & {
  constexpr std::uint64_t kLargest = std::numeric_limits<std::int32_t>::max();
  const bool is_descriptor =
      descriptor.IsConstant() ? descriptor.bits() <= kLargest : !descriptor.high().IsVariable();
  if (!is_descriptor)
    throw Error("ReportsViolations(" + descriptor.ToString() +
                "): give the descriptor that the reporter writes to, a 32-bit variable or a number");
  violation_report_ = {std::move(descriptor), then};
  return *this;
}

Policy& Policy::HotSyscalls(Syscalls calls) & {
  // As frequencies of calls are in practice (Zipf's law): the second is made half as often as the first, the
  // third a third as often.
  constexpr std::uint64_t kCountOfTheFirst = 1000000;
  if (calls.IsAnyCall()) throw Error("HotSyscalls(AnyCall()): name the calls that are made most often");
  counts_.clear();
  std::uint64_t rank = 1;
  for (const Syscall& call : std::move(calls).calls())
    counts_.push_back({call, std::max<std::uint64_t>(kCountOfTheFirst / rank++, 1)});
  return *this;
}

Policy& Policy::SyscallCounts(std::vector<SyscallCount> counts) & {
  counts_ = std::move(counts);
  std::stable_sort(counts_.begin(), counts_.end(),
                   [](const SyscallCount& a, const SyscallCount& b) { return a.count > b.count; });
  return *this;
}

Policy& Policy::CallsPerRun(std::uint64_t calls) & {
  if (calls == 0)
    throw Error("CallsPerRun(0): give about how many calls are made under the filter, or leave this out");
  calls_per_run_ = calls;
  return *this;
}

std::string Policy::ToString() const {
  std::string text;
  for (const RuleSet& set : rule_sets_) {
    text += set.IsOnlyVsyscall() ? "rule set, from the vsyscall page only:\n" : "rule set:\n";
    for (const Rule& rule : set.rules()) text += "  " + rule.ToString() + "\n";
  }
  if (newest_known_)
    text += "above " + newest_known_->ToString() + ": " +
            unknown_.value_or(Action::Errno(ENOSYS)).ToString() + "\n";
  if (newest_known_kernel_)
    text += "not in Linux " + std::to_string(newest_known_kernel_->version) + "." +
            std::to_string(newest_known_kernel_->patch_level) + ": " +
            unknown_.value_or(Action::Errno(ENOSYS)).ToString() + "\n";
  text += "default: " + default_action().ToString() + "\n";
  text += "other architectures: " + bad_architecture_action().ToString() + "\n";
  if (oldest_kernel_)
    text += "for Linux from " + std::to_string(oldest_kernel_->version) + "." +
            std::to_string(oldest_kernel_->patch_level) + "\n";
  if (violation_report_)
    text += "reports violations to " + violation_report_->descriptor.ToString() + ", then " +
            TextOf(violation_report_->then) + "\n";
  for (const Acceptance& acceptance : accepted_)
    text += "accepted: " + acceptance.finding + ", " + acceptance.reason + "\n";
  if (calls_per_run_) text += "calls per run: " + std::to_string(*calls_per_run_) + "\n";
  if (!counts_.empty()) {
    text += "hot:";
    for (const SyscallCount& hot : counts_) text += " " + hot.syscall.ToString();
    text += "\n";
  }
  return text;
}

std::ostream& operator<<(std::ostream& out, const Policy& policy) {
  return out << policy.ToString();
}

}  // namespace precompiledseccomp
