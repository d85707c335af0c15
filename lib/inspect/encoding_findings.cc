// SPDX-License-Identifier: Apache-2.0
//
// Bits of an argument that the kernel does not look at, and the policy does:
//
//   upper-half-ignored  they make an answer weaker: whoever makes the call fills them, and gets past a
//                       refusal
//   one-libc-only       a negative int is answered in one way if its sign is repeated in the upper half, and
//                       in another way if it is not

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "inspect/checks.h"
#include "verify/ignored_bits.h"

namespace precompiledseccomp::inspect {
namespace {

verify::LookedAt LookedAtBy(const std::vector<Parameter>& parameters) {
  verify::LookedAt looked_at;
  looked_at.fill(verify::kWholeArgument);
  for (const Parameter& parameter : parameters)
    looked_at[static_cast<std::size_t>(parameter.index)] = verify::kWholeArgument >> (64 - parameter.bits);
  return looked_at;
}

// "ioctl(0x0, 0x100005412) is allowed", and "ioctl(0x0, 0x5412), which gets errno 1".
struct TwinTexts {
  std::string call;
  std::string plain;
};

TwinTexts TextsOf(const Subject& subject, const verify::Twins& twins) {
  std::size_t arguments = 0;
  for (std::size_t i = 0; i < std::size(twins.call.args); ++i)
    if (twins.call.args[i] != 0) arguments = i + 1;
  return {subject.TextOf(twins.call) + " " + OutcomeOf(twins.answer),
          subject.TextOf(twins.plain, arguments) + ", which " + OutcomeOf(twins.plain_answer)};
}

// `test Param("cmd"), of which 32 bits count`; a rule for any call has no parameters.
std::string WayOut(const ResolvedRule& rule, const std::vector<Parameter>& parameters,
                   const verify::Twins& twins) {
  const auto filled = std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& parameter) {
    const auto index = static_cast<std::size_t>(parameter.index);
    return twins.call.args[index] != twins.plain.args[index];
  });
  if (filled == parameters.end()) return "test what the kernel looks at";
  const std::string operand = rule.any_call ? "Arg32(" + std::to_string(filled->index) + ")"
                                            : "Param(\"" + std::string(filled->name) + "\")";
  return "test " + operand + ", of which " + std::to_string(filled->bits) + " bits count";
}

// The rule that looks at the ignored bits: of the two that decide, the first, which matched one call and not
// the other.
const ResolvedRule* RuleOf(const Subject& subject, const verify::Twins& twins) {
  const ResolvedRule* const of_call = DecidingRule(subject.policy(), twins.call, twins.numbers);
  const ResolvedRule* const of_plain = DecidingRule(subject.policy(), twins.plain, twins.numbers);
  for (const PlacedRule& placed : subject.rules())
    if (placed.rule == of_call || placed.rule == of_plain) return placed.rule;
  return nullptr;
}

// Whether "$fd" is in the text, and not as a part of "$fd2".
bool Mentions(const std::string& text, const std::string& variable) {
  for (std::size_t at = text.find(variable); at != std::string::npos; at = text.find(variable, at + 1)) {
    const std::size_t end = at + variable.size();
    const bool goes_on = end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 ||
                                               text[end] == '_' || text[end] == '.');
    if (!goes_on) return true;
  }
  return false;
}

// " where $fd is 3": what the rule's variables are in these calls.
std::string NumbersText(const ResolvedRule& rule, const VariableNumbers& numbers) {
  const std::string condition = rule.condition.ToString();
  std::string text;
  for (const auto& [variable, number] : numbers) {
    if (!Mentions(condition, "$" + variable)) continue;
    text += (text.empty() ? " where $" : ", $") + variable + " is " + std::to_string(number);
  }
  return text;
}

using Find = std::optional<verify::Twins>(const ResolvedPolicy& policy, std::uint32_t number,
                                          const verify::LookedAt& looked_at, verify::Workbench& workbench);
using Describe = std::string (*)(const TwinTexts& texts);

void FindTwins(const Subject& subject, Find& find, Describe describe, const Tell& tell) {
  for (const std::uint32_t number : subject.TestedNumbers()) {
    const auto& parameters = subject.ParametersOf(number);
    if (!parameters) continue;
    const auto twins = find(subject.policy(), number, LookedAtBy(*parameters), subject.workbench());
    if (!twins) continue;
    if (const ResolvedRule* rule = RuleOf(subject, *twins))
      tell(*rule, describe(TextsOf(subject, *twins)) + NumbersText(*rule, twins->numbers) + ": " +
                      WayOut(*rule, *parameters, *twins));
  }
}

}  // namespace

void FindEvasionsByIgnoredBits(const Subject& subject, const Tell& tell) {
  FindTwins(
      subject, verify::FindEvasion,
      [](const TwinTexts& texts) {
        return texts.call + ", though to the kernel it is the same call as " + texts.plain;
      },
      tell);
}

void FindOneSidedEncodings(const Subject& subject, const Tell& tell) {
  FindTwins(
      subject, verify::FindOneSidedEncoding,
      [](const TwinTexts& texts) {
        return texts.call + ", though to the kernel it is the same call as " + texts.plain +
               ", and callers write it either way";
      },
      tell);
}

}  // namespace precompiledseccomp::inspect
