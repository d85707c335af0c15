// SPDX-License-Identifier: Apache-2.0

#include "verify/ignored_bits.h"

#include <cstddef>
#include <set>
#include <stdexcept>
#include <vector>

#include "verify/comparisons.h"
#include "verify/condition_reader.h"
#include "verify/diagram_sets.h"
#include "verify/diagrams.h"
#include "verify/level_order.h"
#include "verify/smallest_difference.h"
#include "verify/sources.h"
#include "verify/terms.h"

namespace precompiledseccomp::verify {
namespace {

using Reader = ConditionReader<DiagramSets>;

constexpr std::uint64_t kAllBits = ~std::uint64_t{0};
constexpr std::uint64_t kLowHalf = 0xffffffff;
constexpr std::uint32_t kHighestBit = 0x80000000;

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

int WeaknessOf(const Action& action) {
  return verify::WeaknessOf(action.ReturnValueWithoutData());
}

// The calls of one number.
class CallsOfNumber {
 public:
  CallsOfNumber(const ResolvedPolicy& policy, std::uint32_t number, Terms& terms, Diagrams& diagrams,
                Comparisons& comparisons)
      : policy_(policy), terms_(terms), diagrams_(diagrams), sets_(diagrams, comparisons) {
    for (const ResolvedRuleSet& set : policy.rule_sets)
      for (const ResolvedRule& rule : set.rules)
        if (rule.IsFor(number) && number != Target::kSkippedCall) rules_.push_back({&set, &rule});
    last_resort_ = LastResort(number);
  }

  // Those that get a weaker answer than with nothing but the bits that are looked at.
  DiagramId Evading(const LookedAt& looked_at) {
    Reader as_they_are(terms_, sets_);
    Reader as_looked_at(terms_, sets_, SeenOf(looked_at));
    std::set<int> weaknesses;
    for (const OneRule& rule : rules_) weaknesses.insert(WeaknessOf(rule.rule->action));
    weaknesses.insert(last_resort_);
    DiagramId evading = Diagrams::kNo;
    for (const int weakness : weaknesses) {
      const DiagramId at_least = AtLeast(weakness, as_they_are);
      const DiagramId plain_at_least = AtLeast(weakness, as_looked_at);
      const DiagramId weaker = diagrams_.And(at_least, diagrams_.Not(plain_at_least));
      evading = diagrams_.Or(evading, weaker);
    }
    for (std::size_t i = 0; i < looked_at.size(); ++i)
      if (looked_at[i] == kLowHalf) evading = diagrams_.And(evading, diagrams_.Not(RepeatsItsSign(Index(i))));
    return evading;
  }

 private:
  struct OneRule {
    const ResolvedRuleSet* set;
    const ResolvedRule* rule;
  };

  // What is answered where no rule decides.
  [[nodiscard]] int LastResort(std::uint32_t number) const {
    if (!policy_.baseline) return WeaknessOf(policy_.default_action);
    for (const NumberRange& known : policy_.baseline->known)
      if (known.Has(number)) return WeaknessOf(policy_.default_action);
    return WeaknessOf(policy_.baseline->unknown_action);
  }

  // Where the answer is as weak as that, or weaker.
  DiagramId AtLeast(int weakness, Reader& reader) {
    DiagramId decision = last_resort_ >= weakness ? Diagrams::kYes : Diagrams::kNo;
    for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
      DiagramId matches = reader.Holds(rule->rule->condition);
      if (rule->set->only_vsyscall) matches = diagrams_.And(reader.IsVsyscall(), matches);
      const bool is_weak = WeaknessOf(rule->rule->action) >= weakness;
      decision = diagrams_.Choose(matches, is_weak ? Diagrams::kYes : Diagrams::kNo, decision);
    }
    return decision;
  }

  DiagramId RepeatsItsSign(int argument) {
    const TermId high = terms_.Word(ArgumentWord(argument, true));
    const TermId low = terms_.Word(ArgumentWord(argument, false));
    const DiagramId is_filled = sets_.Equal(high, terms_.Constant(UINT32_MAX));
    return diagrams_.And(is_filled, sets_.AnyBitInCommon(low, terms_.Constant(kHighestBit)));
  }

  const ResolvedPolicy& policy_;
  Terms& terms_;
  Diagrams& diagrams_;
  DiagramSets sets_;
  std::vector<OneRule> rules_;
  int last_resort_ = 0;
};

Evasion EvasionOf(const ResolvedPolicy& policy, std::uint32_t number, const LookedAt& looked_at,
                  const Witness& witness, const Terms& terms) {
  Evasion evasion;
  for (Source word = 0; word < kWords; ++word) SetWord(word, witness[word], evasion.call);
  evasion.call.nr = static_cast<int>(number);
  evasion.call.arch = policy.target.audit_arch;
  evasion.plain = evasion.call;
  for (std::size_t i = 0; i < looked_at.size(); ++i) evasion.plain.args[i] &= looked_at[i];
  for (std::size_t i = 0; i < terms.variables().size(); ++i)
    evasion.numbers[terms.variables()[i]] = witness[kFirstVariable + i];
  evasion.answer = Evaluate(policy, evasion.call, evasion.numbers);
  evasion.plain_answer = Evaluate(policy, evasion.plain, evasion.numbers);
  if (verify::WeaknessOf(evasion.answer) <= verify::WeaknessOf(evasion.plain_answer))
    throw std::logic_error("the prover is wrong: bits that are not looked at make no answer weaker");
  return evasion;
}

// A call of the set, and values of the variables.
std::optional<Witness> MemberOf(DiagramId set, std::uint32_t audit_arch, Terms& terms,
                                const LevelOrder& order, Diagrams& diagrams, Comparisons& comparisons,
                                Budget& budget) {
  const DiagramId is_no_member = diagrams.Answer(terms.Constant(0));
  const DiagramId is_member = diagrams.Answer(terms.Constant(1));
  const DiagramId membership = diagrams.Choose(set, is_member, is_no_member);
  const auto difference =
      SmallestDifference(membership, is_no_member, audit_arch, terms, order, diagrams, comparisons, budget);
  return difference ? std::optional(difference->witness) : std::nullopt;
}

}  // namespace

int WeaknessOf(std::uint32_t answer) {
  // Signed, as in the kernel (seccomp_run_filters): kill-process is negative, and the least.
  constexpr std::uint32_t kFromLeastToMost[] = {
      SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_TRAP, SECCOMP_RET_ERRNO,
      SECCOMP_RET_USER_NOTIF,   SECCOMP_RET_TRACE,       SECCOMP_RET_LOG,  SECCOMP_RET_ALLOW};
  int weakness = 0;
  for (const std::uint32_t action : kFromLeastToMost) {
    if ((answer & SECCOMP_RET_ACTION_FULL) == action) return weakness;
    ++weakness;
  }
  return 0;  // the kernel kills for what it does not know
}

std::optional<Evasion> FindEvasion(const ResolvedPolicy& policy, std::uint32_t number,
                                   const LookedAt& looked_at, const Limits& limits) {
  if (looked_at == LookedAt{kAllBits, kAllBits, kAllBits, kAllBits, kAllBits, kAllBits}) return std::nullopt;
  try {
    Budget budget(limits);
    Terms terms;
    LevelOrder order;
    Diagrams diagrams(budget);
    Comparisons comparisons(terms, order, diagrams);
    CallsOfNumber calls(policy, number, terms, diagrams, comparisons);
    const DiagramId evading = calls.Evading(looked_at);
    const auto witness =
        MemberOf(evading, policy.target.audit_arch, terms, order, diagrams, comparisons, budget);
    if (!witness) return std::nullopt;
    return EvasionOf(policy, number, looked_at, *witness, terms);
  } catch (const TooMuchWork&) {
    return std::nullopt;
  }
}

}  // namespace precompiledseccomp::verify
