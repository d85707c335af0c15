// SPDX-License-Identifier: Apache-2.0

#include "verify/ignored_bits.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "verify/budget.h"
#include "verify/condition_reader.h"
#include "verify/diagram_sets.h"
#include "verify/plain_tests.h"
#include "verify/sources.h"
#include "verify/terms.h"
#include "verify/weakness.h"

namespace precompiledseccomp::verify {
namespace {

using Reader = CallsOfNumber::Reader;

constexpr std::uint64_t kLowHalf = 0xffffffff;
constexpr std::uint32_t kHighestBit = 0x80000000;
constexpr LookedAt kAllOfAll = {kWholeArgument, kWholeArgument, kWholeArgument,
                                kWholeArgument, kWholeArgument, kWholeArgument};

int Index(std::size_t argument) {
  return static_cast<int>(argument);
}

Reader::Seen SeenOf(const LookedAt& looked_at) {
  Reader::Seen seen;
  seen.fill(UINT32_MAX);
  for (std::size_t i = 0; i < looked_at.size(); ++i) {
    seen[ArgumentWord(Index(i), true)] = static_cast<std::uint32_t>(looked_at[i] >> 32);
    seen[ArgumentWord(Index(i), false)] = static_cast<std::uint32_t>(looked_at[i]);
  }
  return seen;
}

// Calls with a negative number in this argument, and its sign in all of the upper half.
DiagramId RepeatsItsSign(std::size_t argument, CallsOfNumber& calls) {
  DiagramSets& sets = calls.sets();
  Terms& terms = calls.terms();
  const TermId high = terms.Word(ArgumentWord(Index(argument), true));
  const TermId low = terms.Word(ArgumentWord(Index(argument), false));
  const DiagramId is_filled = sets.Equal(high, terms.Constant(UINT32_MAX));
  const DiagramId is_negative = sets.AnyBitInCommon(low, terms.Constant(kHighestBit));
  return sets.And(is_filled, is_negative);
}

// Calls that get a weaker answer if conditions are read by `reader` than if they are by `other`.
DiagramId WeakerBy(Reader& reader, Reader& other, CallsOfNumber& calls) {
  DiagramSets& sets = calls.sets();
  DiagramId all = DiagramSets::None();
  for (const int weakness : calls.Weaknesses()) {
    const DiagramId at_least = calls.AtLeast(weakness, reader);
    const DiagramId other_at_least = calls.AtLeast(weakness, other);
    const DiagramId weaker = sets.And(at_least, sets.Not(other_at_least));
    all = sets.Or(all, weaker);
  }
  return all;
}

DiagramId Evading(const LookedAt& looked_at, CallsOfNumber& calls) {
  DiagramSets& sets = calls.sets();
  Reader all_bits = calls.AllBits();
  Reader plain = calls.SeenBits(SeenOf(looked_at));
  DiagramId evading = WeakerBy(all_bits, plain, calls);
  for (std::size_t i = 0; i < looked_at.size(); ++i)
    if (looked_at[i] == kLowHalf) {
      const DiagramId repeats_its_sign = RepeatsItsSign(i, calls);
      evading = sets.And(evading, sets.Not(repeats_its_sign));
    }
  return evading;
}

// Calls whose answer is another one if the sign in this argument's upper half is taken away; what stands in
// the other arguments is plain.
DiagramId OneSided(std::size_t argument, const LookedAt& looked_at, CallsOfNumber& calls) {
  DiagramSets& sets = calls.sets();
  Terms& terms = calls.terms();
  LookedAt without_sign = kAllOfAll;
  without_sign[argument] = kLowHalf;
  Reader all_bits = calls.AllBits();
  Reader plain = calls.SeenBits(SeenOf(without_sign));
  const DiagramId weaker = WeakerBy(all_bits, plain, calls);
  const DiagramId stronger = WeakerBy(plain, all_bits, calls);
  DiagramId differing = sets.Or(weaker, stronger);
  differing = sets.And(differing, RepeatsItsSign(argument, calls));
  const Reader::Seen seen = SeenOf(looked_at);
  for (Source word = kArguments; word < kWords; ++word)
    if (word != ArgumentWord(Index(argument), true)) {
      const TermId ignored = terms.Constant(~seen[word]);
      const DiagramId is_filled = sets.AnyBitInCommon(terms.Word(word), ignored);
      differing = sets.And(differing, sets.Not(is_filled));
    }
  const TermId highest_bit = terms.Constant(kHighestBit);
  const std::vector<std::string> variables = terms.variables();
  for (const std::string& variable : variables) {
    const DiagramId is_negative = sets.AnyBitInCommon(terms.Variable(variable), highest_bit);
    differing = sets.And(differing, sets.Not(is_negative));
  }
  return differing;
}

Twins TwinsOf(const ResolvedPolicy& policy, const LookedAt& looked_at, const CallWithNumbers& member) {
  const auto answer_to = [&](const seccomp_data& call) -> const Action& {
    const ResolvedRule* const rule = DecidingRule(policy, call, member.numbers);
    return rule != nullptr ? rule->action : policy.LastResort(static_cast<std::uint32_t>(call.nr));
  };
  seccomp_data plain = member.call;
  for (std::size_t i = 0; i < looked_at.size(); ++i) plain.args[i] &= looked_at[i];
  return {member.call, plain, member.numbers, answer_to(member.call), answer_to(plain)};
}

// `find` returns the set that a member is wanted of.
std::optional<Twins> Find(const ResolvedPolicy& policy, std::uint32_t number, const LookedAt& looked_at,
                          Workbench& workbench, const std::function<DiagramId(CallsOfNumber&)>& find) {
  try {
    CallsOfNumber calls(policy, number, workbench);
    const auto member = calls.SmallestOf(find(calls));
    return member ? std::optional(TwinsOf(policy, looked_at, *member)) : std::nullopt;
  } catch (const TooMuchWork&) {
    workbench.Clear();
    return std::nullopt;
  }
}

// ---- What needs no diagrams, which is most.

std::vector<const ResolvedRule*> RulesFor(const ResolvedPolicy& policy, std::uint32_t number) {
  std::vector<const ResolvedRule*> rules;
  for (const ResolvedRuleSet& set : policy.rule_sets)
    for (const ResolvedRule& rule : set.rules)
      if (rule.IsFor(number)) rules.push_back(&rule);
  return rules;
}

// Whether calls can be seen to lose by ignored bits, if anything: rules that match with them match without,
// and answers become stronger from rule to rule. A plain call is then decided by the same rule as another
// one, or by an earlier one.
bool CanOnlyLose(const std::vector<const ResolvedRule*>& rules, const Action& last_resort,
                 const LookedAt& looked_at) {
  int weakness = WeaknessOf(Action::Allow());
  const auto is_no_weaker = [&](const Action& action) {
    const int before = weakness;
    weakness = WeaknessOf(action);
    return weakness <= before;
  };
  return std::all_of(rules.begin(), rules.end(),
                     [&](const ResolvedRule* rule) {
                       return HoldsWithoutIgnoredBits(rule->condition, looked_at) &&
                              is_no_weaker(rule->action);
                     }) &&
         is_no_weaker(last_resort);
}

}  // namespace

std::optional<Twins> FindEvasion(const ResolvedPolicy& policy, std::uint32_t number,
                                 const LookedAt& looked_at, Workbench& workbench) {
  const std::vector<const ResolvedRule*> rules = RulesFor(policy, number);
  const bool some_can_matter = std::any_of(rules.begin(), rules.end(), [&](const ResolvedRule* rule) {
    return TestsIgnoredBits(rule->condition, looked_at);
  });
  if (!some_can_matter || CanOnlyLose(rules, policy.LastResort(number), looked_at)) return std::nullopt;
  auto evasion = Find(policy, number, looked_at, workbench,
                      [&](CallsOfNumber& calls) { return Evading(looked_at, calls); });
  if (evasion && WeaknessOf(evasion->answer) <= WeaknessOf(evasion->plain_answer))
    throw std::logic_error("the prover is wrong: bits that are not looked at make no answer weaker");
  return evasion;
}

std::optional<Twins> FindOneSidedEncoding(const ResolvedPolicy& policy, std::uint32_t number,
                                          const LookedAt& looked_at, Workbench& workbench) {
  const std::vector<const ResolvedRule*> rules = RulesFor(policy, number);
  const bool some_can_matter = std::any_of(rules.begin(), rules.end(), [&](const ResolvedRule* rule) {
    return !IgnoresSigns(rule->condition, looked_at);
  });
  if (!some_can_matter) return std::nullopt;
  for (std::size_t i = 0; i < looked_at.size(); ++i) {
    if (looked_at[i] != kLowHalf) continue;
    auto twins = Find(policy, number, looked_at, workbench,
                      [&](CallsOfNumber& calls) { return OneSided(i, looked_at, calls); });
    if (twins && WeaknessOf(twins->answer) == WeaknessOf(twins->plain_answer))
      throw std::logic_error("the prover is wrong: a sign in ignored bits makes no difference");
    if (twins) return twins;
  }
  return std::nullopt;
}

}  // namespace precompiledseccomp::verify
