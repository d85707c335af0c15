// SPDX-License-Identifier: Apache-2.0
//
// Asking a definition: all that needs the author's code.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <precompiledseccomp/error.h>
#include <precompiledseccomp/precompile.h>

#include "base/mistakes.h"
#include "policy/same.h"
#include "precompile/ask.h"
#include "precompile/call_definition.h"
#include "precompile/neighbours.h"
#include "precompile/placeholders.h"
#include "precompile/variable_kinds.h"
#include "precompile/variable_words.h"

namespace precompiledseccomp {
namespace precompile {
namespace {

// What changes with each call shows in the second answer, what changes once it was called twice in the third.
constexpr int kTimesAsked = 3;

// The first line in which two policies differ, from both sides.
std::pair<std::string, std::string> FirstDifference(const std::string& first, const std::string& second) {
  std::istringstream first_lines(first);
  std::istringstream second_lines(second);
  std::string a;
  std::string b;
  while (true) {
    const bool has_a = static_cast<bool>(std::getline(first_lines, a));
    const bool has_b = static_cast<bool>(std::getline(second_lines, b));
    if (!has_a || !has_b) return {has_a ? a : "nothing", has_b ? b : "nothing"};
    if (a != b) return {a, b};
  }
}

// A definition may keep what it was given and use it in another one.
void CheckThatVariablesAreDeclared(const std::vector<Variable>& variables, const Neighbours& used,
                                   Mistakes& mistakes) {
  std::set<std::string> declared;
  for (const VariableWord& word : WordsOf(variables)) declared.insert(WordName(word, variables));
  for (const auto& [name, constants] : used)
    if (declared.count(name) == 0)
      mistakes.Add(
          Error("the policy uses the variable \"" + name +
                "\", which this definition did not declare; take variables only from the values that the "
                "definition is called with"));
}

void CheckThatVariablesAreUsed(const std::vector<Variable>& variables, const Neighbours& used,
                               Mistakes& mistakes) {
  for (const Variable& variable : variables) {
    const bool is_used = used.count(variable.name) != 0 || used.count(LowHalfName(variable.name)) != 0 ||
                         used.count(HighHalfName(variable.name)) != 0;
    if (!is_used)
      mistakes.Add(Error("variable \"" + variable.name +
                         "\" does not show up in the filter: the policy never uses it; remove it from the "
                         "definition or use it"));
  }
}

void CheckInstallNeeds(const InstallNeeds& needs, Mistakes& mistakes) {
  if (needs.wait_killable_recv && !needs.new_listener)
    mistakes.Add(Error("the definition asks for wait_killable_recv, which needs new_listener"));
}

// For each word of the variables, the constants it could be confused with.
std::vector<std::set<std::uint32_t>> ConstantsOfWords(const std::vector<Variable>& variables,
                                                      const Neighbours& neighbours) {
  std::vector<std::set<std::uint32_t>> constants;
  for (const VariableWord& word : WordsOf(variables)) {
    const auto found = neighbours.find(WordName(word, variables));
    constants.push_back(found == neighbours.end() ? std::set<std::uint32_t>() : found->second);
  }
  return constants;
}

// The first two give the offsets.
std::vector<Placeholders> RoundsFor(const std::vector<Variable>& variables, const Neighbours& used) {
  std::vector<Placeholders> rounds = {FirstRound(variables), SecondRound(variables)};
  if (variables.empty()) return rounds;
  for (Placeholders& values : FurtherRounds(variables, ConstantsOfWords(variables, used)))
    rounds.push_back(std::move(values));
  return rounds;
}

}  // namespace

std::string DescribeDifference(const Policy& first, const Policy& second) {
  const auto [a, b] = FirstDifference(first.ToString(), second.ToString());
  const auto trimmed = [](const std::string& line) {
    return line.substr(std::min(line.find_first_not_of(' '), line.size()));
  };
  if (a == b) return "in the counts of its hot calls, in what is optional, or in what was a negative int";
  return "first \"" + trimmed(a) + "\", then \"" + trimmed(b) + "\"";
}

Policy AskForPolicy(const ProgramDefinition& definition, const Target& target, int times) {
  try {
    Policy policy = CallDefinition(definition, target);
    for (int asked = 1; asked < times; ++asked) {
      const Policy again = CallDefinition(definition, target);
      if (!AreSame(policy, again))
        throw Error("the definition answers differently each time it is called: " +
                    DescribeDifference(policy, again) +
                    "; a policy must not depend on anything that changes");
    }
    return policy;
  } catch (const Error& error) {
    throw error.InProgram(definition.name);
  }
}

DefinitionAnswers AnswersWith(const ProgramDefinition& definition, const Target& target, Policy policy) {
  try {
    const std::vector<Variable>& variables = definition.variables;
    const Neighbours used = CollectVariables(policy);
    Mistakes mistakes;
    CheckThatVariablesAreDeclared(variables, used, mistakes);
    CheckThatVariablesAreUsed(variables, used, mistakes);
    CheckInstallNeeds(definition.install, mistakes);
    std::vector<Variable> with_kinds = variables;
    mistakes.Try([&] { with_kinds = WithKindsByUse(variables, policy); });
    mistakes.ThrowIfThereAreAny();
    return {.name = definition.name,
            .target = target,
            .variables = std::move(with_kinds),
            .policy = std::move(policy),
            .rounds = RoundsFor(variables, used),
            .proof = definition.proof,
            .install = definition.install};
  } catch (const Error& error) {
    throw error.InProgram(definition.name);
  }
}

}  // namespace precompile

DefinitionAnswers AskDefinition(const ProgramDefinition& definition, const Target& target) {
  return precompile::AnswersWith(definition, target,
                                 precompile::AskForPolicy(definition, target, precompile::kTimesAsked));
}

}  // namespace precompiledseccomp
