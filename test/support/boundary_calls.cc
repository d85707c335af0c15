// SPDX-License-Identifier: Apache-2.0

#include "support/boundary_calls.h"

#include <algorithm>
#include <set>

#include <linux/audit.h>

#include "support/aim.h"
#include "support/boundary_values.h"

namespace precompiledseccomp::testing {
namespace {

constexpr std::uint32_t kX32Bit = 0x40000000;
constexpr std::uint32_t kBit31 = 0x80000000;
constexpr std::uint64_t kVsyscallBit = std::uint64_t{1} << 63;
constexpr std::uint64_t kVsyscallPage = 0xffffffffff600000;
// Where processes have nothing of their own, so that calls can really be made from there.
constexpr std::uint64_t kOrdinaryCode = 0x201122334450;

struct RuleOfCall {
  const Condition* condition;
  bool only_vsyscall;
};

std::vector<RuleOfCall> RulesOf(const ResolvedPolicy& policy, std::uint32_t number) {
  std::vector<RuleOfCall> rules;
  for (const ResolvedRuleSet& set : policy.rule_sets)
    for (const ResolvedRule& rule : set.rules)
      if (rule.IsFor(number)) rules.push_back({&rule.condition, set.only_vsyscall});
  return rules;
}

bool HasVsyscallSet(const ResolvedPolicy& policy) {
  return std::any_of(policy.rule_sets.begin(), policy.rule_sets.end(),
                     [](const ResolvedRuleSet& set) { return set.only_vsyscall; });
}

std::uint64_t SomeInstructionPointer(Random& random) {
  static const std::vector<std::uint64_t> pointers = {
      kOrdinaryCode, kVsyscallPage, kVsyscallPage + 0x400, kVsyscallBit, kVsyscallBit - 1, 0, ~0ULL};
  return random.OneOf(pointers);
}

// Makes the calls with one number.
class CallMaker {
 public:
  CallMaker(const ResolvedPolicy& policy, std::uint32_t number, Random& random, const Effort& effort)
      : rules_(RulesOf(policy, number)),
        random_(random),
        effort_(effort),
        has_vsyscall_set_(HasVsyscallSet(policy)) {
    neutral_.nr = static_cast<int>(number);
    neutral_.arch = policy.target.audit_arch;
    neutral_.instruction_pointer = kOrdinaryCode;
    for (const RuleOfCall& rule : rules_) AddBoundaryValues(*rule.condition, values_);
  }

  std::vector<seccomp_data> Make() {
    AddPlain();
    AddOneByOne();
    for (std::size_t i = 0; i < rules_.size(); ++i) AddAimed(i);
    if (!rules_.empty())
      for (std::size_t i = 0; i < effort_.combinations; ++i) calls_.push_back(Combination());
    return std::move(calls_);
  }

 private:
  // All arguments alike; what unnamed calls are tested with.
  void AddPlain() {
    for (const std::uint64_t value : {std::uint64_t{0}, ~std::uint64_t{0}, random_.Word64()}) {
      seccomp_data call = neutral_;
      std::fill(std::begin(call.args), std::end(call.args), value);
      calls_.push_back(call);
      if (!has_vsyscall_set_) continue;
      call.instruction_pointer ^= kVsyscallBit;
      calls_.push_back(call);
    }
  }

  void AddOneByOne() {
    for (std::size_t field = 0; field < kFields; ++field) {
      const std::vector<std::uint64_t> values(values_[field].begin(), values_[field].end());
      const bool all = values.size() <= effort_.values_one_by_one;
      for (std::size_t i = 0; i < std::min(values.size(), effort_.values_one_by_one); ++i) {
        seccomp_data call = neutral_;
        SetField(call, field, all ? values[i] : random_.OneOf(values));
        calls_.push_back(call);
      }
    }
  }

  // Calls that rule number `index` decides by a test of its own, or just does not.
  void AddAimed(std::size_t index) {
    const Condition& condition = *rules_[index].condition;
    for (const Condition& leaf : LeavesOf(condition))
      for (std::size_t i = 0; i < effort_.aims_per_test; ++i)
        for (const bool outcome : {true, false}) {
          seccomp_data call = random_.OneIn(2) ? neutral_ : Combination();
          if (rules_[index].only_vsyscall) call.instruction_pointer |= kVsyscallBit;
          for (std::size_t earlier = 0; earlier < index; ++earlier)
            if (Holds(*rules_[earlier].condition, call))
              MakeLikely(*rules_[earlier].condition, false, random_, call);
          AimAt(condition, leaf, outcome, random_, call);
          calls_.push_back(call);
          if (!has_vsyscall_set_) continue;
          call.instruction_pointer ^= kVsyscallBit;
          calls_.push_back(call);
        }
  }

  seccomp_data Combination() {
    seccomp_data call = neutral_;
    call.instruction_pointer = SomeInstructionPointer(random_);
    for (std::size_t field = 0; field < kFields; ++field) {
      if (values_[field].empty()) {
        if (field != kInstructionPointerField) SetField(call, field, random_.Word64());
      } else if (!random_.OneIn(4)) {
        SetField(call, field, random_.OneOf(Chosen(field)));
      }
    }
    return call;
  }

  const std::vector<std::uint64_t>& Chosen(std::size_t field) {
    std::vector<std::uint64_t>& chosen = chosen_[field];
    const std::set<std::uint64_t>& values = values_[field];
    // Not assign(), of which GCC 12 warns without reason.
    if (chosen.empty()) chosen = std::vector(values.begin(), values.end());
    return chosen;
  }

  std::vector<RuleOfCall> rules_;
  Random& random_;
  const Effort& effort_;
  bool has_vsyscall_set_;
  seccomp_data neutral_{};
  FieldValues values_;
  std::array<std::vector<std::uint64_t>, kFields> chosen_;  // `values_` as lists
  std::vector<seccomp_data> calls_;
};

// The audit architectures that a call can come with, and some that are none.
std::vector<std::uint32_t> OtherArchitectures(const Target& target) {
  std::vector<std::uint32_t> others = {
      0, ~0U, AUDIT_ARCH_I386, AUDIT_ARCH_ARM, target.audit_arch ^ 1U, target.audit_arch ^ kBit31};
  for (const Target& other : Targets())
    if (other.audit_arch != target.audit_arch) others.push_back(other.audit_arch);
  return others;
}

}  // namespace

std::vector<std::uint32_t> BoundaryNumbers(const ResolvedPolicy& policy) {
  std::set<std::uint32_t> named;
  for (const ResolvedRuleSet& set : policy.rule_sets)
    for (const ResolvedRule& rule : set.rules) named.insert(rule.numbers.begin(), rule.numbers.end());
  if (policy.baseline)
    for (const NumberRange& known : policy.baseline->known) named.insert({known.first, known.last});
  for (const auto& [number, count] : policy.counts) named.insert(number);

  std::set<std::uint32_t> numbers = {
      0,      1,           469,        511,        512, 547,     548,           kX32Bit - 1,     kX32Bit,
      kBit31, kX32Bit + 1, kBit31 - 1, kBit31 + 1, ~0U, ~0U - 1, kX32Bit + 512, kX32Bit | kBit31};
  for (const std::uint32_t number : named)
    for (const std::uint32_t near : {number - 1, number, number + 1})
      numbers.insert({near, near | kX32Bit, near | kBit31});
  return {numbers.begin(), numbers.end()};
}

std::vector<seccomp_data> BoundaryCallsOf(const ResolvedPolicy& policy, std::uint32_t number, Random& random,
                                          const Effort& effort) {
  return CallMaker(policy, number, random, effort).Make();
}

std::vector<seccomp_data> BoundaryCalls(const ResolvedPolicy& policy, Random& random, const Effort& effort) {
  std::vector<seccomp_data> calls;
  const std::vector<std::uint32_t> numbers = BoundaryNumbers(policy);
  for (const std::uint32_t number : numbers) {
    const auto of_number = BoundaryCallsOf(policy, number, random, effort);
    calls.insert(calls.end(), of_number.begin(), of_number.end());
  }
  for (const std::uint32_t arch : OtherArchitectures(policy.target))
    for (int i = 0; i < 8; ++i) {
      seccomp_data call = random.OneOf(calls);
      call.arch = arch;
      calls.push_back(call);
    }
  return calls;
}

}  // namespace precompiledseccomp::testing
