// SPDX-License-Identifier: Apache-2.0

#include <seccomp.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <set>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/evaluate.h>

namespace precompiledseccomp {
namespace {

// Larger than the highest call number of any architecture's own ABI; a bound for listing libseccomp's names.
constexpr int kNumbersToList = 1024;

struct FreeDeleter {
  void operator()(char* text) const { std::free(text); }  // NOLINT: libseccomp allocates with malloc.
};

// libseccomp's name of a number, or null.
std::unique_ptr<char, FreeDeleter> NameOf(const Target& target, std::uint32_t number) {
  return std::unique_ptr<char, FreeDeleter>(
      seccomp_syscall_resolve_num_arch(target.audit_arch, static_cast<int>(number)));
}

// The edit distance (insertions, deletions, replacements) between two names.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

// `"openat" or "open"`: the target's calls whose names are at most two edits away, nearest first; empty if
// there is none.
std::string NearMisses(const Target& target, std::string_view name) {
  constexpr std::size_t kNear = 2;
  constexpr std::size_t kShown = 3;
  std::set<std::pair<std::size_t, std::string>> near;
  for (int number = 0; number < kNumbersToList; ++number) {
    const auto candidate = NameOf(target, static_cast<std::uint32_t>(number));
    if (candidate == nullptr) continue;
    const std::size_t distance = EditDistance(name, candidate.get());
    if (distance <= kNear) near.emplace(distance, candidate.get());
  }
  std::string text;
  std::size_t shown = 0;
  for (const auto& [distance, candidate] : near) {
    if (shown++ == kShown) break;
    text += (text.empty() ? "\"" : " or \"") + candidate + "\"";
  }
  return text;
}

[[noreturn]] void ThrowUnknown(const Target& target, const std::string& name, int resolved) {
  const std::string start = "unknown system call \"" + name + "\" for " + std::string(target.name);
  // libseccomp has negative pseudo-numbers for calls that other architectures have.
  if (resolved != __NR_SCMP_ERROR)
    throw Error(start + ": other architectures have it; use IfAvailable(\"" + name +
                "\") to leave it out here");
  const std::string near = NearMisses(target, name);
  if (!near.empty()) throw Error(start + "; did you mean " + near + "?");
  const scmp_version* version = seccomp_version();
  throw Error(start + "; if it is newer than libseccomp " + std::to_string(version->major) + "." +
              std::to_string(version->minor) + "." + std::to_string(version->micro) + ", give its number");
}

class Resolver {
 public:
  explicit Resolver(const Target& target) : target_(target) {}

  // Nothing for an optional call that the target does not have.
  std::optional<std::uint32_t> Number(const Syscall& call) {
    if (!call.HasName()) return CheckedNumber(call.number());
    const int number = seccomp_syscall_resolve_name_arch(target_.audit_arch, call.name().c_str());
    if (number < 0) {
      if (call.IsOptional()) return std::nullopt;
      ThrowUnknown(target_, call.name(), number);
    }
    const auto unsigned_number = static_cast<std::uint32_t>(number);
    used_.insert({call.name(), unsigned_number});
    return unsigned_number;
  }

  std::vector<std::uint32_t> Numbers(const std::vector<Syscall>& calls) {
    std::set<std::uint32_t> numbers;
    for (const Syscall& call : calls)
      if (const auto number = Number(call)) numbers.insert(*number);
    return {numbers.begin(), numbers.end()};
  }

  [[nodiscard]] std::vector<UsedSyscall> Used() const { return {used_.begin(), used_.end()}; }

 private:
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

ResolvedRuleSet ResolveRuleSet(const RuleSet& set, Resolver& resolver) {
  ResolvedRuleSet resolved;
  resolved.only_vsyscall = set.IsOnlyVsyscall();
  for (const Rule& rule : set.rules()) {
    try {
      resolved.rules.push_back(
          {rule.action, resolver.Numbers(rule.syscalls), rule.condition, rule.ToString()});
    } catch (const Error& error) {
      throw Error(error.problem() + " (in the rule \"" + rule.action.ToString() + " ...\")");
    }
  }
  return resolved;
}

std::optional<Baseline> ResolveBaseline(const Policy& policy, Resolver& resolver) {
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
  return Baseline{*newest, policy.unknown_action().value_or(Action::Errno(ENOSYS))};
}

std::vector<std::pair<std::uint32_t, std::uint64_t>> ResolveCounts(const Policy& policy, Resolver& resolver) {
  std::vector<std::pair<std::uint32_t, std::uint64_t>> counts;
  for (const SyscallCount& hot : policy.counts()) {
    const auto number = resolver.Number(hot.syscall);
    if (!number) continue;
    const bool repeated =
        std::any_of(counts.begin(), counts.end(), [&](const auto& c) { return c.first == *number; });
    if (repeated) throw Error("the hot system call " + hot.syscall.ToString() + " is given twice");
    counts.emplace_back(*number, hot.count);
  }
  return counts;
}

}  // namespace

ResolvedPolicy Resolve(const Policy& policy, const Target& any_kernel) {
  Target target = any_kernel;
  if (policy.oldest_kernel() && *policy.oldest_kernel() >= target.foreign_before) target.foreign_numbers = {};
  Resolver resolver(target);
  ResolvedPolicy resolved{.target = target,
                          .rule_sets = {},
                          .default_action = policy.default_action(),
                          .bad_architecture_action = policy.bad_architecture_action(),
                          .baseline = ResolveBaseline(policy, resolver),
                          .counts = ResolveCounts(policy, resolver),
                          .used_syscalls = {}};
  for (const RuleSet& set : policy.rule_sets()) resolved.rule_sets.push_back(ResolveRuleSet(set, resolver));
  resolved.used_syscalls = resolver.Used();
  return resolved;
}

std::string SyscallName(const Target& target, std::uint32_t number) {
  const auto name = NameOf(target, number);
  return name != nullptr ? std::string(name.get()) : NumberText(number);
}

}  // namespace precompiledseccomp
