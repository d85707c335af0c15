// SPDX-License-Identifier: Apache-2.0
//
// Tests of arguments that are not what they are taken for:
//
//   no-such-argument    the call has fewer parameters
//   half-a-parameter    the low half of what the kernel reads as 64 bits, a size for example
//   pointer-compared    the address of a structure, which says nothing of what is in it
//   notified-pointer    a supervisor is asked, and what it reads there can be another thing when the kernel
//   does

#include <algorithm>
#include <functional>
#include <string_view>
#include <variant>

#include "inspect/checks.h"

namespace precompiledseccomp::inspect {
namespace {

// Calls `visit(operand, is_of_zero)` for each test of an argument: whether it asks for zero alone.
struct TestVisitor {
  const std::function<void(const Operand& operand, bool is_of_zero)>& visit;

  static bool IsZero(const Value& value) { return value.IsConstant() && value.bits() == 0; }

  void Visit(const Operand& operand, bool is_of_zero) const {
    if (operand.source() == Operand::Source::kArgument) visit(operand, is_of_zero);
  }
  void All(const std::vector<Condition>& conditions) const {
    for (const Condition& condition : conditions) std::visit(*this, condition.node());
  }

  void operator()(const AlwaysTrue& /*node*/) const {}
  void operator()(const Comparison& node) const {
    const bool is_equality = node.relation == Relation::kEqual || node.relation == Relation::kNotEqual;
    Visit(node.operand, is_equality && IsZero(node.value));
  }
  void operator()(const MaskedEqual& node) const { Visit(node.operand, false); }
  void operator()(const OneOf& node) const {
    Visit(node.operand, std::all_of(node.values.begin(), node.values.end(), IsZero));
  }
  void operator()(const NoOtherBits& node) const { Visit(node.operand, IsZero(node.bits)); }
  void operator()(const Conjunction& node) const { All(node.conditions()); }
  void operator()(const Disjunction& node) const { All(node.conditions()); }
  void operator()(const Negation& node) const { All(node.condition); }
};

// Calls `visit` for each test that a rule makes of an argument of a call of which the parameters are known.
using VisitTest =
    std::function<void(const ResolvedRule& rule, const std::string& call,
                       const std::vector<Parameter>& parameters, const Operand& operand, bool is_of_zero)>;

void ForEachTest(const Subject& subject, const VisitTest& visit) {
  for (const PlacedRule& placed : subject.rules()) {
    if (placed.rule->condition.IsAlwaysTrue()) continue;
    for (const std::uint32_t number : placed.rule->numbers) {
      const auto& parameters = subject.ParametersOf(number);
      if (!parameters) continue;
      const std::string& call = subject.NameOf(number);
      const std::function<void(const Operand&, bool)> each = [&](const Operand& operand, bool is_of_zero) {
        visit(*placed.rule, call, *parameters, operand, is_of_zero);
      };
      std::visit(TestVisitor{each}, placed.rule->condition.node());
    }
  }
}

const Parameter* ParameterAt(const std::vector<Parameter>& parameters, int index) {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const Parameter& parameter) { return parameter.index == index; });
  return found == parameters.end() ? nullptr : &*found;
}

// The upper half of a mask or an enumeration is either refused or not looked at.
bool IsAMatterOfBits(const Parameter& parameter) {
  constexpr std::string_view kNames[] = {"clone_flags", "flags",         "mode", "prot",
                                         "request",     "unshare_flags", "which"};
  return std::find(std::begin(kNames), std::end(kNames), parameter.name) != std::end(kNames);
}

// Calls of which the operation says what the other arguments are, often an int.
bool DependsOnTheOperation(std::string_view call) {
  constexpr std::string_view kCalls[] = {"arch_prctl",  "bpf",    "fcntl",  "futex",  "ioctl",
                                         "keyctl",      "msgctl", "prctl",  "ptrace", "quotactl",
                                         "quotactl_fd", "semctl", "shmctl", "seccomp"};
  return std::find(std::begin(kCalls), std::end(kCalls), call) != std::end(kCalls);
}

}  // namespace

void FindTestsOfNoArgument(const Subject& subject, const Tell& tell) {
  ForEachTest(subject, [&](const ResolvedRule& rule, const std::string& call,
                           const std::vector<Parameter>& parameters, const Operand& operand, bool) {
    if (ParameterAt(parameters, operand.index()) != nullptr) return;
    tell(rule, operand.ToString() + " of " + call + " is tested, but " +
                   (parameters.empty() ? "it has no parameters"
                                       : "its parameters are " + ParameterNames(parameters)) +
                   ": that register holds whatever the caller left in it; remove the test");
  });
}

void FindTestsOfHalfAParameter(const Subject& subject, const Tell& tell) {
  ForEachTest(subject, [&](const ResolvedRule& rule, const std::string& call,
                           const std::vector<Parameter>& parameters, const Operand& operand, bool) {
    const Parameter* const parameter = ParameterAt(parameters, operand.index());
    if (parameter == nullptr || operand.bits() >= parameter->bits || IsAMatterOfBits(*parameter) ||
        DependsOnTheOperation(call))
      return;
    tell(rule, operand.ToString() + " of " + call + " is tested, but the kernel looks at " +
                   std::to_string(parameter->bits) + " bits of it: test Param(\"" +
                   std::string(parameter->name) + "\")");
  });
}

void FindTestsOfPointers(const Subject& subject, const Tell& tell) {
  ForEachTest(
      subject, [&](const ResolvedRule& rule, const std::string& call,
                   const std::vector<Parameter>& parameters, const Operand& operand, bool is_of_zero) {
        const Parameter* const parameter = ParameterAt(parameters, operand.index());
        if (parameter == nullptr || !parameter->is_pointer || is_of_zero || DependsOnTheOperation(call))
          return;
        tell(rule, "the " + std::string(parameter->name) + " of " + call +
                       " is a pointer: a filter sees the address, and not what is there; refuse the call, or "
                       "Accept(\"pointer-compared\", reason) if what is there cannot change");
      });
}

void FindNotifiedPointers(const Subject& subject, const Tell& tell) {
  for (const PlacedRule& placed : subject.rules()) {
    if (placed.rule->action.kind() != Action::Kind::kUserNotify) continue;
    for (const std::uint32_t number : placed.rule->numbers) {
      const std::vector<Parameter> parameters =
          subject.ParametersOf(number).value_or(std::vector<Parameter>());
      const auto pointer = std::find_if(parameters.begin(), parameters.end(),
                                        [](const Parameter& parameter) { return parameter.is_pointer; });
      if (pointer == parameters.end()) continue;
      tell(*placed.rule,
           "where " + std::string(pointer->name) + " of " + subject.NameOf(number) +
               " points, another thread can write after the supervisor has read it and before the kernel "
               "does: a supervisor that decides by it must make the call itself, and not continue it "
               "(seccomp_unotify(2)); one that does so is Accept(\"notified-pointer\", reason)");
    }
  }
}

}  // namespace precompiledseccomp::inspect
