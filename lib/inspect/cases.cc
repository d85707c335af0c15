// SPDX-License-Identifier: Apache-2.0

#include "inspect/cases.h"

#include <utility>
#include <variant>

#include <precompiledseccomp/error.h>

#include "inspect/remaining_condition.h"

namespace precompiledseccomp::inspect {
namespace {

constexpr std::uint64_t kBitOfVsyscallPage = std::uint64_t{1} << 63;

struct OpenCase {
  Case decided;
  std::optional<Condition> condition;  // nothing: it is this case if it is none before it
};

OpenCase CaseWithoutRule(const ResolvedPolicy& policy, const seccomp_data& call) {
  const auto number = static_cast<std::uint32_t>(call.nr);
  OpenCase open;
  if (!policy.target.Owns(call.arch, number)) {
    open.decided.decider = Decider::kBadArchitectureAction;
    open.decided.action = &policy.bad_architecture_action;
    return open;
  }
  const bool is_unknown = policy.baseline && !policy.baseline->Knows(number);
  open.decided.decider = is_unknown ? Decider::kUnknownAction : Decider::kDefaultAction;
  open.decided.action = &policy.LastResort(number);
  return open;
}

// The rules that may decide, in order, up to one that does whatever the variables are; or what is done
// without one. `take` is given each, and says whether to go on.
template <typename Take>
void ForEachCase(const ResolvedPolicy& policy, const PartlyKnownCall& call, const KnownValues& known,
                 const Take& take) {
  const auto number = static_cast<std::uint32_t>(call.call.nr);
  const bool is_vsyscall = (call.call.instruction_pointer & kBitOfVsyscallPage) != 0;
  const bool is_page_known = (call.known_pointer & kBitOfVsyscallPage) != 0;
  if (policy.target.Owns(call.call.arch, number)) {
    for (const ResolvedRuleSet& set : policy.rule_sets) {
      if (set.only_vsyscall && is_page_known && !is_vsyscall) continue;
      const bool is_open_set = set.only_vsyscall && !is_page_known;
      for (const ResolvedRule& rule : set.rules) {
        if (!rule.IsFor(number)) continue;
        const Remaining remaining = RemainingOf(rule.condition, call, known);
        const bool* const holds = std::get_if<bool>(&remaining);
        if (holds != nullptr && !*holds) continue;
        OpenCase open;
        open.decided.rule = &rule;
        open.decided.action = &rule.action;
        if (holds == nullptr) open.condition = std::get<Condition>(remaining);
        if (!take(std::move(open)) || (holds != nullptr && !is_open_set)) return;
      }
    }
  }
  take(CaseWithoutRule(policy, call.call));
}

// ---- Which cases there are values for.

// All combinations of the values to try, the last variable changing most often.
class Combinations {
 public:
  Combinations(const ValuesToTry& to_try, const KnownValues& known) : values_(to_try.values.size()) {
    for (std::size_t i = 0; i < to_try.values.size(); ++i) {
      for (const std::uint64_t value : to_try.values[i])
        if (CanHave(known.variables()[i], value)) values_[i].push_back(value);
      // One that no test looks at, or that is known.
      if (values_[i].empty()) values_[i].push_back(std::nullopt);
    }
    places_.resize(values_.size());
  }

  [[nodiscard]] std::vector<std::optional<std::uint64_t>> Current() const {
    std::vector<std::optional<std::uint64_t>> current;
    for (std::size_t i = 0; i < values_.size(); ++i) current.push_back(values_[i][places_[i]]);
    return current;
  }

  // False when there are no more.
  bool Next() {
    for (std::size_t i = values_.size(); i-- > 0;) {
      if (++places_[i] < values_[i].size()) return true;
      places_[i] = 0;
    }
    return false;
  }

 private:
  static bool CanHave(const Variable& variable, std::uint64_t value) {
    try {
      CheckNumber(variable, value);
      return true;
    } catch (const Error&) {
      return false;
    }
  }

  std::vector<std::vector<std::optional<std::uint64_t>>> values_;
  std::vector<std::size_t> places_;
};

// Gives the cases the first values that lead to them, until all have some. True if all there are were tried.
bool FindExamples(std::vector<OpenCase>& cases, const ValuesToTry& to_try, const seccomp_data& call,
                  const KnownValues& known) {
  constexpr int kMost = 20'000;
  Combinations combinations(to_try, known);
  std::size_t without = cases.size();
  for (int tried = 0; tried < kMost; ++tried) {
    const auto values = combinations.Current();
    const VariableNumbers numbers = NumbersOf(known.variables(), known.CompletedWith(values));
    for (OpenCase& open : cases) {
      if (open.condition && !Holds(*open.condition, call, numbers)) continue;
      if (open.decided.example.empty()) {
        open.decided.example = values;
        --without;
      }
      break;
    }
    if (without == 0 || !combinations.Next()) return true;
  }
  return false;
}

std::vector<std::size_t> VariablesOf(const ValuesToTry& to_try) {
  std::vector<std::size_t> variables;
  for (std::size_t i = 0; i < to_try.values.size(); ++i)
    if (!to_try.values[i].empty()) variables.push_back(i);
  return variables;
}

ValuesToTry ValuesOfAll(const std::vector<OpenCase>& cases, const seccomp_data& call,
                        const KnownValues& known) {
  ValuesToTry to_try;
  to_try.values.resize(known.variables().size());
  for (const OpenCase& open : cases)
    if (open.condition) AddValuesToTry(*open.condition, call, known, to_try);
  return to_try;
}

}  // namespace

Cases CasesOf(const ResolvedPolicy& policy, const seccomp_data& call, const KnownValues& known) {
  std::vector<OpenCase> open;
  ForEachCase(policy, PartlyKnownCall::Whole(call), known, [&](OpenCase next) {
    open.push_back(std::move(next));
    return true;
  });
  Cases result;
  if (open.size() > 1) {
    const ValuesToTry to_try = ValuesOfAll(open, call, known);
    const bool all_tried = FindExamples(open, to_try, call, known);
    if (all_tried && to_try.are_complete)
      std::erase_if(open, [](const OpenCase& candidate) { return candidate.decided.example.empty(); });
    // What led to the last of them excludes the others.
    open.back().condition.reset();
    if (open.size() > 1) result.variables = VariablesOf(to_try);
  }
  for (OpenCase& each : open) {
    if (each.condition) each.decided.condition = RemainingText(*each.condition, call, known);
    result.are_all_shown = result.are_all_shown && (open.size() == 1 || !each.decided.example.empty());
    result.cases.push_back(std::move(each.decided));
  }
  return result;
}

std::vector<Case> MayDecide(const ResolvedPolicy& policy, const PartlyKnownCall& call,
                            const KnownValues& known) {
  std::vector<Case> cases;
  ForEachCase(policy, call, known, [&](OpenCase next) {
    cases.push_back(std::move(next.decided));
    return true;
  });
  return cases;
}

bool IsSurelyAllowed(const ResolvedPolicy& policy, const seccomp_data& call, const KnownValues& known) {
  bool is_allowed = true;
  ForEachCase(policy, PartlyKnownCall::Whole(call), known, [&](const OpenCase& open) {
    const Action::Kind kind = open.decided.action->kind();
    is_allowed = kind == Action::Kind::kAllow || kind == Action::Kind::kLog;
    return is_allowed;
  });
  return is_allowed;
}

}  // namespace precompiledseccomp::inspect
