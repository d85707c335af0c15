// SPDX-License-Identifier: Apache-2.0

#include "resolve/parameters.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <precompiledseccomp/error.h>

#include "base/mistakes.h"
#include "policy/condition_checks.h"
#include "target/parameters.h"

namespace precompiledseccomp {
namespace {

bool AnyHasParameters(const std::vector<Condition>& conditions) {
  return std::any_of(conditions.begin(), conditions.end(), HasParameters);
}

struct HasParametersNode {
  bool operator()(const AlwaysTrue& /*node*/) const { return false; }
  bool operator()(const Conjunction& node) const { return AnyHasParameters(node.conditions()); }
  bool operator()(const Disjunction& node) const { return AnyHasParameters(node.conditions()); }
  bool operator()(const Negation& node) const { return AnyHasParameters(node.condition); }
  template <typename Test>
  bool operator()(const Test& node) const {
    return node.operand.source() == Operand::Source::kParameter;
  }
};

std::string UnknownParameter(const Target& target, const std::string& call, const std::string& name) {
  const std::optional<std::vector<Parameter>> parameters = ParametersOf(target, call);
  if (!parameters)
    return "the parameters of " + call + " are not known, \"" + name + "\" among them; use Arg or Arg32";
  const std::string text = call + " has no parameter \"" + name + "\"; ";
  return text + (parameters->empty() ? "it has none" : "its parameters are " + ParameterNames(*parameters));
}

class Rewriter {
 public:
  Rewriter(const Target& target, const std::string& call) : target_(target), call_(call) {}

  Condition Rewrite(const Condition& condition, bool is_negated) {
    return std::visit([&](const auto& node) { return Of(condition, node, is_negated); }, condition.node());
  }

  void ThrowIfThereAreMistakes() { mistakes_.ThrowIfThereAreAny(); }

 private:
  Condition Of(const Condition& condition, const AlwaysTrue& /*node*/, bool /*is_negated*/) {
    return condition;
  }
  Condition Of(const Condition& /*condition*/, const Conjunction& node, bool is_negated) {
    return AllOf(Parts(node.conditions(), is_negated));
  }
  Condition Of(const Condition& /*condition*/, const Disjunction& node, bool is_negated) {
    return AnyOf(Parts(node.conditions(), is_negated));
  }
  Condition Of(const Condition& /*condition*/, const Negation& node, bool is_negated) {
    return !Rewrite(node.condition.front(), !is_negated);
  }

  template <typename Test>
  Condition Of(const Condition& condition, const Test& node, bool is_negated) {
    if (node.operand.source() != Operand::Source::kParameter) return condition;
    Condition rewritten = condition;
    mistakes_.Try([&] {
      const std::string& name = node.operand.parameter();
      const std::optional<Parameter> parameter = FindParameter(target_, call_, name);
      if (!parameter) throw Error(UnknownParameter(target_, call_, name));
      Test of_argument = node;
      of_argument.operand = Operand::Argument(parameter->index, parameter->bits, parameter->is_signed);
      rewritten = Checked(of_argument, condition, is_negated);
    });
    return rewritten;
  }

  // In messages the parameter is called what its author calls it.
  template <typename Test>
  [[nodiscard]] Condition Checked(const Test& test, const Condition& written, bool is_negated) const {
    try {
      is_negated ? CheckNegatedTest(test, Written::kAsParameter) : CheckTest(test, Written::kAsParameter);
      return Condition(test);
    } catch (const Error& error) {
      throw Error("in " + written.ToString() + " of " + call_ + ", " + error.problem());
    }
  }

  std::vector<Condition> Parts(const std::vector<Condition>& conditions, bool is_negated) {
    std::vector<Condition> parts;
    parts.reserve(conditions.size());
    for (const Condition& condition : conditions) parts.push_back(Rewrite(condition, is_negated));
    return parts;
  }

  const Target& target_;
  const std::string& call_;
  Mistakes mistakes_;
};

}  // namespace

bool HasParameters(const Condition& condition) {
  return std::visit(HasParametersNode{}, condition.node());
}

Condition WithArguments(const Condition& condition, const Target& target, const std::string& call) {
  Rewriter rewriter(target, call);
  Condition rewritten = rewriter.Rewrite(condition, false);
  rewriter.ThrowIfThereAreMistakes();
  return rewritten;
}

}  // namespace precompiledseccomp
