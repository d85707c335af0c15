// SPDX-License-Identifier: Apache-2.0

#include "policy/same.h"

#include <algorithm>
#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

namespace precompiledseccomp {
namespace {

bool AreSame(const Value& left, const Value& right) {
  return AreSame(left.high(), right.high()) && AreSame(left.low(), right.low()) &&
         left.ComesFromNegativeInt() == right.ComesFromNegativeInt();
}

bool AreSame(const Syscall& left, const Syscall& right) {
  if (left.IsOptional() != right.IsOptional() || left.HasName() != right.HasName()) return false;
  if (left.number_without_name() != right.number_without_name()) return false;
  return left.HasName() ? left.name() == right.name() : left.number() == right.number();
}

bool AreSame(const KernelVersion& left, const KernelVersion& right) {
  return left.version == right.version && left.patch_level == right.patch_level;
}

bool AreSame(const SyscallCount& left, const SyscallCount& right) {
  return AreSame(left.syscall, right.syscall) && left.count == right.count;
}

bool AreSame(const Acceptance& left, const Acceptance& right) {
  return left.finding == right.finding && left.reason == right.reason;
}

bool AreSame(const ViolationReport& left, const ViolationReport& right) {
  return AreSame(left.descriptor, right.descriptor) && left.then == right.then;
}

// For lists of them, which find nothing that stands below.
bool AreSame(const Rule& left, const Rule& right);
bool AreSame(const RuleSet& left, const RuleSet& right);

template <typename T>
bool AreSame(const std::vector<T>& left, const std::vector<T>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const T& a, const T& b) { return AreSame(a, b); });
}

template <typename T>
bool AreSame(const std::optional<T>& left, const std::optional<T>& right) {
  return left && right ? AreSame(*left, *right) : left.has_value() == right.has_value();
}

// The nodes of conditions, of one kind.

bool AreSame(const AlwaysTrue& /*left*/, const AlwaysTrue& /*right*/) {
  return true;
}
bool AreSame(const Comparison& left, const Comparison& right) {
  return AreSame(left.operand, right.operand) && left.relation == right.relation &&
         AreSame(left.value, right.value);
}
bool AreSame(const MaskedEqual& left, const MaskedEqual& right) {
  return AreSame(left.operand, right.operand) && AreSame(left.mask, right.mask) &&
         AreSame(left.value, right.value);
}
bool AreSame(const OneOf& left, const OneOf& right) {
  return AreSame(left.operand, right.operand) && AreSame(left.values, right.values);
}
bool AreSame(const NoOtherBits& left, const NoOtherBits& right) {
  return AreSame(left.operand, right.operand) && AreSame(left.bits, right.bits);
}
bool AreSame(const Conjunction& left, const Conjunction& right) {
  return AreSame(left.conditions(), right.conditions());
}
bool AreSame(const Disjunction& left, const Disjunction& right) {
  return AreSame(left.conditions(), right.conditions());
}
bool AreSame(const Negation& left, const Negation& right) {
  return AreSame(left.condition, right.condition);
}

bool AreSame(const Rule& left, const Rule& right) {
  return AreSame(left.action, right.action) && AreSame(left.syscalls, right.syscalls) &&
         left.any_call == right.any_call && AreSame(left.condition, right.condition);
}

bool AreSame(const RuleSet& left, const RuleSet& right) {
  return left.IsOnlyVsyscall() == right.IsOnlyVsyscall() && AreSame(left.rules(), right.rules());
}

}  // namespace

bool AreSame(const Condition& left, const Condition& right) {
  return std::visit(
      [&](const auto& node) {
        const auto* const other = std::get_if<std::decay_t<decltype(node)>>(&right.node());
        return other != nullptr && AreSame(node, *other);
      },
      left.node());
}

bool AreSame(const Policy& left, const Policy& right) {
  return AreSame(left.rule_sets(), right.rule_sets()) &&
         AreSame(left.default_action(), right.default_action()) &&
         AreSame(left.bad_architecture_action(), right.bad_architecture_action()) &&
         AreSame(left.newest_known(), right.newest_known()) &&
         AreSame(left.newest_known_kernel(), right.newest_known_kernel()) &&
         AreSame(left.unknown_action(), right.unknown_action()) &&
         AreSame(left.oldest_kernel(), right.oldest_kernel()) &&
         AreSame(left.violation_report(), right.violation_report()) &&
         AreSame(left.counts(), right.counts()) && left.calls_per_run() == right.calls_per_run() &&
         AreSame(left.accepted(), right.accepted());
}

}  // namespace precompiledseccomp
