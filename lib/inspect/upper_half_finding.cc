// SPDX-License-Identifier: Apache-2.0
//
// upper-half-ignored: bits of an argument that the kernel does not look at make an answer weaker. Whoever
// makes the call can fill them, and gets past a refusal.

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <utility>

#include "bpf/disassembler.h"
#include "inspect/checks.h"
#include "verify/ignored_bits.h"

namespace precompiledseccomp::inspect {
namespace {

constexpr std::uint64_t kAllBits = ~std::uint64_t{0};

verify::LookedAt LookedAtBy(const std::vector<Parameter>& parameters) {
  verify::LookedAt looked_at;
  looked_at.fill(kAllBits);
  for (const Parameter& parameter : parameters)
    looked_at[static_cast<std::size_t>(parameter.index)] = kAllBits >> (64 - parameter.bits);
  return looked_at;
}

std::string Hex(std::uint64_t number) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "0x%llx", static_cast<unsigned long long>(number));
  return text.data();
}

// "ioctl(0x0, 0x100005412)": the arguments up to the last that matters.
std::string CallText(const std::string& name, const seccomp_data& call, std::size_t arguments) {
  std::string text;
  for (std::size_t i = 0; i < arguments; ++i) text += (text.empty() ? "" : ", ") + Hex(call.args[i]);
  return name + "(" + text + ")";
}

std::string Text(const std::string& name, const std::vector<Parameter>& parameters,
                 const verify::Evasion& evasion) {
  std::size_t filled = 0;
  std::size_t arguments = 0;
  for (std::size_t i = parameters.size(); i-- > 0;) {
    if (evasion.call.args[i] != 0) arguments = std::max(arguments, i + 1);
    if (evasion.call.args[i] != evasion.plain.args[i]) filled = i;
  }
  const Parameter& parameter = parameters[filled];
  return CallText(name, evasion.call, arguments) + " gets " + bpf::DescribeReturn(evasion.answer) +
         ", and is to the kernel what " + CallText(name, evasion.plain, arguments) + " is, which gets " +
         bpf::DescribeReturn(evasion.plain_answer) + ": test Param(\"" + std::string(parameter.name) +
         "\"), of which " + std::to_string(parameter.bits) + " bits count";
}

// The rule that is evaded, or the one that lets the call pass.
const ResolvedRule* RuleOf(const ResolvedPolicy& policy, const verify::Evasion& evasion) {
  const ResolvedRule* evaded = DecidingRule(policy, evasion.plain, evasion.numbers);
  return evaded != nullptr ? evaded : DecidingRule(policy, evasion.call, evasion.numbers);
}

}  // namespace

void FindEvasionsByIgnoredBits(const Subject& subject, const Tell& tell) {
  // Most calls are named by rules without conditions, of which no bits count.
  std::map<std::uint32_t, bool> has_conditions;
  for (const PlacedRule& placed : subject.rules())
    for (const std::uint32_t number : placed.rule->numbers)
      has_conditions[number] |= !placed.rule->condition.IsAlwaysTrue();
  for (const auto& [number, has_condition] : has_conditions) {
    if (!has_condition) continue;
    const auto parameters = subject.ParametersOf(number);
    if (!parameters) continue;
    const auto evasion = verify::FindEvasion(subject.policy(), number, LookedAtBy(*parameters));
    if (!evasion) continue;
    if (const ResolvedRule* rule = RuleOf(subject.policy(), *evasion))
      tell(*rule, Text(subject.NameOf(number), *parameters, *evasion));
  }
}

}  // namespace precompiledseccomp::inspect
