// SPDX-License-Identifier: Apache-2.0

#include "libseccomp/libseccomp_filter.h"

#include <stdexcept>
#include <variant>

#include <sys/mman.h>
#include <unistd.h>

namespace precompiledseccomp::testing {
namespace {

// A condition as alternatives, each of comparisons that must all hold.
using Comparisons = std::vector<scmp_arg_cmp>;
using Alternatives = std::vector<Comparisons>;

[[noreturn]] void ThrowInexpressible(const Condition& condition) {
  throw std::runtime_error("libseccomp cannot express " + condition.ToString());
}

scmp_compare OperatorFor(Relation relation) {
  switch (relation) {
    case Relation::kEqual:
      return SCMP_CMP_EQ;
    case Relation::kNotEqual:
      return SCMP_CMP_NE;
    case Relation::kLess:
      return SCMP_CMP_LT;
    case Relation::kLessOrEqual:
      return SCMP_CMP_LE;
    case Relation::kGreater:
      return SCMP_CMP_GT;
    default:
      return SCMP_CMP_GE;
  }
}

Alternatives AlternativesOf(const Condition& condition);

struct ToAlternatives {
  const Condition& condition;

  Alternatives operator()(const AlwaysTrue&) const { return {{}}; }
  Alternatives operator()(const Comparison& node) const {
    return {{{ArgumentOf(node.operand), OperatorFor(node.relation), node.value.bits(), 0}}};
  }
  Alternatives operator()(const MaskedEqual& node) const {
    return {{{ArgumentOf(node.operand), SCMP_CMP_MASKED_EQ, node.mask.bits(), node.value.bits()}}};
  }
  Alternatives operator()(const OneOf& node) const {
    Alternatives all;
    for (const Value& value : node.values)
      all.push_back({{ArgumentOf(node.operand), SCMP_CMP_EQ, value.bits(), 0}});
    return all;
  }
  Alternatives operator()(const Disjunction& node) const {
    Alternatives all;
    for (const Condition& part : node.conditions()) {
      const Alternatives of_part = AlternativesOf(part);
      all.insert(all.end(), of_part.begin(), of_part.end());
    }
    return all;
  }
  Alternatives operator()(const Conjunction& node) const {
    Comparisons joined;
    for (const Condition& part : node.conditions()) {
      const Alternatives of_part = AlternativesOf(part);
      if (of_part.size() != 1) ThrowInexpressible(condition);
      joined.insert(joined.end(), of_part.front().begin(), of_part.front().end());
    }
    return {joined};
  }
  template <typename Other>
  Alternatives operator()(const Other&) const {
    ThrowInexpressible(condition);
  }

  [[nodiscard]] unsigned ArgumentOf(const Operand& operand) const {
    if (operand.source() != Operand::Source::kArgument || operand.IsLowHalf() || operand.IsSigned())
      ThrowInexpressible(condition);
    return static_cast<unsigned>(operand.index());
  }
};

Alternatives AlternativesOf(const Condition& condition) {
  return std::visit(ToAlternatives{condition}, condition.node());
}

}  // namespace

LibseccompPolicy ForLibseccomp(const ResolvedPolicy& policy) {
  LibseccompPolicy converted{policy.default_action.ReturnValue(), {}};
  for (const ResolvedRuleSet& set : policy.rule_sets)
    for (const ResolvedRule& rule : set.rules)
      for (const std::uint32_t number : rule.numbers)
        for (const Comparisons& comparisons : AlternativesOf(rule.condition))
          converted.rules.push_back({rule.action.ReturnValue(), static_cast<int>(number), comparisons});
  return converted;
}

Context Build(const LibseccompPolicy& policy, LibseccompShape shape) {
  Context context(seccomp_init(policy.default_action));
  if (context == nullptr) return nullptr;
  if (shape == LibseccompShape::kTree &&
      seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, static_cast<std::uint32_t>(shape)) != 0)
    return nullptr;
  for (const LibseccompRule& rule : policy.rules)
    if (seccomp_rule_add_array(context.get(), rule.action, rule.number,
                               static_cast<unsigned>(rule.comparisons.size()), rule.comparisons.data()) != 0)
      return nullptr;
  return context;
}

std::vector<sock_filter> Export(const Context& context) {
  const int file = memfd_create("filter", MFD_CLOEXEC);
  if (file == -1) throw std::runtime_error("memfd_create failed");
  std::vector<sock_filter> program;
  const bool exported = seccomp_export_bpf(context.get(), file) == 0;
  const off_t size = lseek(file, 0, SEEK_END);
  if (exported && size > 0) {
    program.resize(static_cast<std::size_t>(size) / sizeof(sock_filter));
    if (pread(file, program.data(), static_cast<std::size_t>(size), 0) != size) program.clear();
  }
  close(file);
  if (program.empty()) throw std::runtime_error("libseccomp cannot export the filter");
  return program;
}

}  // namespace precompiledseccomp::testing
