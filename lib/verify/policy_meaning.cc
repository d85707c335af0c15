// SPDX-License-Identifier: Apache-2.0

#include "verify/policy_meaning.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "verify/condition_reader.h"
#include "verify/diagram_sets.h"
#include "verify/joint_tests.h"
#include "verify/widths.h"

namespace precompiledseccomp::verify {
namespace {

constexpr std::uint32_t kDataOfAction = 0xffff;  // SECCOMP_RET_DATA
constexpr std::uint64_t kAllNumbers = std::uint64_t{1} << 32;

// From a call number on, up to the next: what is answered.
struct NumberRun {
  std::uint64_t first = 0;
  DiagramId answer = Diagrams::kNo;
};

// Whatever makes terms, facts or nodes stands in a statement of its own: in which order the arguments of a
// function are evaluated is for the compiler to choose, and the diagrams would differ, as would their number.
class PolicyReader {
 public:
  PolicyReader(const ResolvedPolicy& policy, Terms& terms, Diagrams& diagrams, Comparisons& comparisons,
               LargestRule& largest)
      : policy_(policy),
        terms_(terms),
        diagrams_(diagrams),
        comparisons_(comparisons),
        largest_(largest),
        sets_(diagrams, comparisons),
        conditions_(terms, sets_) {}

  DiagramId Read() {
    MeetJointFactsFirst();
    const DiagramId other_architecture = Answer(policy_.bad_architecture_action);
    const DiagramId is_of_other_abi = IsOfOtherAbi();
    const DiagramId own = diagrams_.Choose(is_of_other_abi, other_architecture, ByNumber(NumberRuns()));
    const TermId architecture = terms_.Word(kArchitecture);
    const DiagramId is_own = comparisons_.Equal(architecture, terms_.Constant(policy_.target.audit_arch));
    return diagrams_.Choose(is_own, own, other_architecture);
  }

 private:
  // A rule: the index of its set, and its own index in it.
  using RuleIndex = std::pair<std::size_t, std::size_t>;
  using RuleIndices = std::vector<RuleIndex>;

  // Facts stand in diagrams in the order in which they are met. Facts that an "and" joins should be
  // neighbours: otherwise a diagram has a node for each combination of the facts that stand between them. For
  // an "or" of such facts any order does.
  void MeetJointFactsFirst() {
    for (std::size_t set = 0; set < policy_.rule_sets.size(); ++set)
      for (std::size_t rule = 0; rule < policy_.rule_sets[set].rules.size(); ++rule)
        if (HasJointTests(RuleAt({set, rule}).condition)) {
          const RuleInWork in_work(RuleAt({set, rule}), diagrams_, largest_);
          Matches({set, rule});
        }
  }

  // -1 is the number of a skipped call, whatever ABI has its bits.
  DiagramId IsOfOtherAbi() {
    const Target& target = policy_.target;
    const TermId number = terms_.Word(kNumber);
    const DiagramId has_its_bits =
        comparisons_.AnyBitInCommon(number, terms_.Constant(target.foreign_abi_bits));
    const TermId first = terms_.Constant(target.foreign_numbers.first);
    const TermId last = terms_.Constant(target.foreign_numbers.last);
    const DiagramId is_below = comparisons_.Greater(first, number);
    const DiagramId is_outside = diagrams_.Or(is_below, comparisons_.Greater(number, last));
    const DiagramId is_skipped = comparisons_.Equal(number, terms_.Constant(Target::kSkippedCall));
    const DiagramId is_foreign = diagrams_.Or(has_its_bits, diagrams_.Not(is_outside));
    return diagrams_.And(diagrams_.Not(is_skipped), is_foreign);
  }

  DiagramId Answer(const Action& action) {
    const TermId of_action = conditions_.TermOf(action.data());
    const TermId data = terms_.And(of_action, terms_.Constant(kDataOfAction));
    return diagrams_.Answer(terms_.Or(data, terms_.Constant(action.ReturnValueWithoutData())));
  }

  // For each number that rules name, and for one that stands for all others, the rules that it is decided by,
  // in order.
  struct RulesOfNumbers {
    std::map<std::uint32_t, RuleIndices> named;
    RuleIndices others;
  };
  [[nodiscard]] RulesOfNumbers RulesByNumber() const {
    RulesOfNumbers rules;
    for (const ResolvedRuleSet& set : policy_.rule_sets)
      for (const ResolvedRule& rule : set.rules)
        for (const std::uint32_t number : rule.numbers) rules.named.emplace(number, RuleIndices());
    // A skipped call is no call.
    rules.named.emplace(Target::kSkippedCall, RuleIndices());
    for (std::size_t set = 0; set < policy_.rule_sets.size(); ++set)
      for (std::size_t rule = 0; rule < policy_.rule_sets[set].rules.size(); ++rule) {
        const ResolvedRule& here = RuleAt({set, rule});
        for (const std::uint32_t number : here.numbers) rules.named.at(number).emplace_back(set, rule);
        if (!here.any_call) continue;
        rules.others.emplace_back(set, rule);
        for (auto& [number, indices] : rules.named)
          if (number != Target::kSkippedCall) indices.emplace_back(set, rule);
      }
    return rules;
  }

  [[nodiscard]] bool IsUnknown(std::uint64_t number) const {
    if (!policy_.baseline) return false;
    for (const NumberRange& known : policy_.baseline->known)
      if (known.first <= number && number <= known.last) return false;
    return true;
  }

  DiagramId Otherwise(std::uint64_t number) {
    return Answer(IsUnknown(number) ? policy_.baseline->unknown_action : policy_.default_action);
  }

  std::vector<NumberRun> NumberRuns() {
    const auto [named, others] = RulesByNumber();
    std::set<std::uint64_t> unnamed = {0};
    if (policy_.baseline)
      for (const NumberRange& known : policy_.baseline->known)
        unnamed.insert({std::uint64_t{known.first}, known.last + 1ULL});
    for (const auto& [number, indices] : named) unnamed.insert(number + 1ULL);
    std::map<std::uint64_t, DiagramId> changes;
    for (const std::uint64_t number : unnamed)
      if (number < kAllNumbers) changes[number] = Decide(others, Otherwise(number));
    for (const auto& [number, indices] : named) changes[number] = Decide(indices, Otherwise(number));
    std::vector<NumberRun> runs;
    for (const auto& [first, answer] : changes)
      if (runs.empty() || runs.back().answer != answer) runs.push_back({first, answer});
    return runs;
  }

  // The first rule that matches decides. Most calls are decided by rules that decide others, too.
  DiagramId Decide(const RuleIndices& indices, DiagramId otherwise) {
    const auto [known, is_new] = decided_.emplace(std::pair(indices, otherwise), otherwise);
    if (!is_new) return known->second;
    DiagramId decision = otherwise;
    for (auto index = indices.rbegin(); index != indices.rend(); ++index) {
      const RuleInWork in_work(RuleAt(*index), diagrams_, largest_);
      const DiagramId matches = Matches(*index);
      decision = diagrams_.Choose(matches, Answer(RuleAt(*index).action), decision);
    }
    return known->second = decision;
  }

  [[nodiscard]] const ResolvedRule& RuleAt(const RuleIndex& index) const {
    return policy_.rule_sets[index.first].rules[index.second];
  }

  DiagramId Matches(const RuleIndex& index) {
    const auto [known, is_new] = matches_.emplace(index, Diagrams::kNo);
    if (!is_new) return known->second;
    const DiagramId holds = conditions_.Holds(RuleAt(index).condition);
    const bool only_vsyscall = policy_.rule_sets[index.first].only_vsyscall;
    return known->second = only_vsyscall ? diagrams_.And(conditions_.IsVsyscall(), holds) : holds;
  }

  DiagramId ByNumber(const std::vector<NumberRun>& runs) { return ByByte(0, 0, runs); }

  // The numbers from `first` whose bytes before `byte` are the same; `runs` begin with the one that `first`
  // is in.
  DiagramId ByByte(int byte, std::uint64_t first, std::span<const NumberRun> runs) {
    const std::uint64_t numbers_of_a_value = kAllNumbers >> 8 * (byte + 1);
    std::array<ByteRun, kValuesOfAByte> answers{};
    for (std::uint32_t value = 0; value < kValuesOfAByte; ++value) {
      const std::uint64_t begin = first + value * numbers_of_a_value;
      while (runs.size() > 1 && runs[1].first <= begin) runs = runs.subspan(1);
      const bool is_one_run = runs.size() == 1 || runs[1].first >= begin + numbers_of_a_value;
      answers[value] = {value, is_one_run ? runs[0].answer : ByByte(byte + 1, begin, runs)};
    }
    return diagrams_.Branch(LevelOfByteOfNumber(byte), answers);
  }

  const ResolvedPolicy& policy_;
  Terms& terms_;
  Diagrams& diagrams_;
  Comparisons& comparisons_;
  LargestRule& largest_;
  DiagramSets sets_;
  ConditionReader<DiagramSets> conditions_;
  std::map<std::pair<RuleIndices, DiagramId>, DiagramId> decided_;
  std::map<RuleIndex, DiagramId> matches_;
};

}  // namespace

DiagramId MeaningOfPolicy(const ResolvedPolicy& policy, Terms& terms, Diagrams& diagrams,
                          Comparisons& comparisons, LargestRule& largest) {
  return PolicyReader(policy, terms, diagrams, comparisons, largest).Read();
}

}  // namespace precompiledseccomp::verify
