// SPDX-License-Identifier: Apache-2.0

#include "precompile/serialize.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace precompiledseccomp::precompile {
namespace {

// Every list and every text is preceded by its length, and every alternative by its number, so that no two
// different policies have the same bytes.
class Writer {
 public:
  template <typename Number>
  requires(std::is_integral_v<Number> || std::is_enum_v<Number>) void Write(Number number) {
    bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  void Write(std::string_view text) {
    Write(text.size());
    bytes_ += text;
  }
  template <typename T>
  void Write(const std::vector<T>& list) {
    Write(list.size());
    for (const T& element : list) Write(element);
  }
  template <typename T>
  void Write(const std::optional<T>& value) {
    Write(value.has_value());
    if (value) Write(*value);
  }

  void Write(const Variable& variable) {
    Write(std::string_view(variable.name));
    Write(variable.bits);
    Write(variable.kind);
  }
  void Write(const InstallNeeds& needs) {
    for (const bool need : {needs.tsync, needs.log, needs.spec_allow, needs.new_listener,
                            needs.wait_killable_recv, needs.confirmed_kill_process})
      Write(need);
  }
  void Write(const Word& word) {
    Write(word.IsVariable());
    if (word.IsVariable())
      Write(std::string_view(word.variable()));
    else
      Write(word.constant());
  }
  void Write(const Value& value) {
    Write(value.high());
    Write(value.low());
    Write(value.ComesFromNegativeInt());
  }
  void Write(const Operand& operand) {
    Write(operand.source());
    Write(operand.index());
    Write(std::string_view(operand.parameter()));
    Write(operand.bits());
    Write(operand.IsSigned());
  }
  void Write(const Condition& condition) {
    Write(condition.node().index());
    std::visit([this](const auto& node) { WriteNode(node); }, condition.node());
  }
  void Write(const Action& action) {
    Write(action.kind());
    Write(action.data());
  }
  void Write(const Syscall& call) {
    Write(call.IsOptional());
    Write(call.HasName());
    if (call.HasName())
      Write(std::string_view(call.name()));
    else
      Write(call.number());
    if (call.IsOptional()) Write(call.number_without_name());
  }
  void Write(const KernelVersion& kernel) {
    Write(kernel.version);
    Write(kernel.patch_level);
  }
  void Write(const SyscallCount& count) {
    Write(count.syscall);
    Write(count.count);
  }
  void Write(const ViolationReport& report) {
    Write(report.descriptor);
    Write(report.then);
  }
  void Write(const Acceptance& acceptance) {
    Write(std::string_view(acceptance.finding));
    Write(std::string_view(acceptance.reason));
  }
  void Write(const Rule& rule) {
    Write(rule.action);
    Write(rule.syscalls);
    Write(rule.condition);
    Write(rule.any_call);
  }
  void Write(const RuleSet& set) {
    Write(set.IsOnlyVsyscall());
    Write(set.rules());
  }
  void Write(const Policy& policy) {
    Write(policy.rule_sets());
    Write(policy.default_action());
    Write(policy.bad_architecture_action());
    Write(policy.newest_known());
    Write(policy.newest_known_kernel());
    Write(policy.unknown_action());
    Write(policy.oldest_kernel());
    Write(policy.violation_report());
    Write(policy.counts());
    Write(policy.calls_per_run());
    Write(policy.accepted());
  }

  std::string Take() { return std::move(bytes_); }

 private:
  void WriteNode(const AlwaysTrue& /*node*/) {}
  void WriteNode(const Comparison& node) {
    Write(node.operand);
    Write(node.relation);
    Write(node.value);
  }
  void WriteNode(const MaskedEqual& node) {
    Write(node.operand);
    Write(node.mask);
    Write(node.value);
  }
  void WriteNode(const OneOf& node) {
    Write(node.operand);
    Write(node.values);
  }
  void WriteNode(const NoOtherBits& node) {
    Write(node.operand);
    Write(node.bits);
  }
  void WriteNode(const Conjunction& node) { Write(node.conditions()); }
  void WriteNode(const Disjunction& node) { Write(node.conditions()); }
  void WriteNode(const Negation& node) { Write(node.condition); }

  std::string bytes_;
};

}  // namespace

std::string Serialize(const Policy& policy) {
  Writer writer;
  writer.Write(policy);
  return writer.Take();
}

std::string Serialize(const std::vector<Variable>& variables) {
  Writer writer;
  writer.Write(variables);
  return writer.Take();
}

std::string Serialize(const InstallNeeds& needs) {
  Writer writer;
  writer.Write(needs);
  return writer.Take();
}

std::string ContentOf(const ProgramDefinition& definition, const Target& target, std::string_view policy) {
  return std::string(target.name) + (definition.proof == Proof::kRequired ? "!" : "?") +
         Serialize(definition.variables) + Serialize(definition.install) + std::string(policy);
}

}  // namespace precompiledseccomp::precompile
