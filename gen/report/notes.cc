// SPDX-License-Identifier: Apache-2.0

#include "report/notes.h"

#include <string>

namespace precompiledseccomp::gen {
namespace {

std::string TextOf(const RuleWithLeftOutCalls& rule, const Target& target) {
  std::string text = "note: the rule \"" + rule.action + " ...\"";
  if (const std::string place = rule.where.ToString(); !place.empty()) text += " (" + place + ")";
  text += " leaves out what " + std::string(target.name) + " does not have:";
  for (const std::string& call : rule.calls) text += (text.back() == ':' ? " " : ", ") + call;
  return text;
}

}  // namespace

std::vector<Error> Notes(std::span<const CompiledTarget> targets) {
  std::vector<Error> notes;
  for (const CompiledTarget& target : targets)
    for (const PrecompiledProgram& program : target.programs)
      for (const RuleWithLeftOutCalls& rule : program.left_out)
        if (rule.refuses_what_is_allowed)
          notes.push_back(Error(TextOf(rule, target.target)).InProgram(program.name));
  return notes;
}

}  // namespace precompiledseccomp::gen
