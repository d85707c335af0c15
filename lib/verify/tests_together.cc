// SPDX-License-Identifier: Apache-2.0

#include "verify/tests_together.h"

#include <algorithm>
#include <cstddef>
#include <variant>

#include "verify/comparisons.h"
#include "verify/condition_reader.h"
#include "verify/diagrams.h"

namespace precompiledseccomp::verify {
namespace {

void AddTo(Tested& all, const Tested& more) {
  for (Source word = 0; word < kWords; ++word) all.bits[word] |= more.bits[word];
  for (const Fact& fact : more.facts) {
    const auto place = std::lower_bound(all.facts.begin(), all.facts.end(), fact);
    if (place == all.facts.end() || *place != fact) all.facts.insert(place, fact);
  }
}

// A set of calls by how it is made: an expression of tests, "and" and "not". An "or" is an "and" of
// opposites.
class Expressions {
 public:
  // Twice the number of an expression; one more for its opposite.
  using Set = std::uint32_t;

  Expressions(Terms& terms, Budget& budget)
      : terms_(terms), memory_(budget), diagrams_(budget), comparisons_(terms, order_, diagrams_) {}

  static Set All() { return 0; }
  static Set None() { return Not(All()); }
  static Set Not(Set set) { return set ^ 1; }
  Set And(Set left, Set right) {
    if (left == None() || right == None()) return None();
    if (left == All()) return right;
    if (right == All()) return left;
    return Add({left, right, {}});
  }
  Set Or(Set left, Set right) { return Not(And(Not(left), Not(right))); }

  Set Equal(TermId left, TermId right) { return Test(comparisons_.Equal(left, right), left, right); }
  Set Greater(TermId left, TermId right) { return Test(comparisons_.Greater(left, right), left, right); }
  Set AnyBitInCommon(TermId left, TermId right) {
    const TermId common = terms_.And(left, right);
    return Not(Equal(common, terms_.Constant(0)));
  }

  // Adds to `counts` what stands together in each alternative of `set`.
  void Count(Set set, std::map<Tested, std::uint64_t>& counts) const {
    const Expression& expression = expressions_[set / 2];
    if (IsOr(set)) {
      Count(Not(expression.left), counts);
      Count(Not(expression.right), counts);
    } else if (set != All() && set != None()) {
      CountJoined(set, counts);
    }
  }

  [[nodiscard]] const std::set<std::pair<Source, std::uint32_t>>& masks() const { return masks_; }

 private:
  static constexpr Set kNothing = UINT32_MAX;

  struct Expression {
    Set left = kNothing;  // of an "and"
    Set right = kNothing;
    std::vector<Tested> test;  // one, of a test
  };

  [[nodiscard]] bool IsAnd(Set set) const { return (set & 1) == 0 && expressions_[set / 2].left != kNothing; }
  [[nodiscard]] bool IsOr(Set set) const { return (set & 1) == 1 && IsAnd(Not(set)); }

  Set Add(Expression expression) {
    memory_.Take(2 * sizeof(Expression) + expression.test.size() * (sizeof(Tested) + sizeof(Fact)));
    expressions_.push_back(std::move(expression));
    return static_cast<Set>(2 * (expressions_.size() - 1));
  }

  // `set` are the calls for which a comparison of these terms is as asked for.
  Set Test(DiagramId set, TermId left, TermId right) {
    if (set == Diagrams::kYes) return All();
    if (set == Diagrams::kNo) return None();
    Tested tested;
    if (std::holds_alternative<Field>(order_.At(diagrams_.LevelOf(set)))) {
      const Term& term = terms_[terms_[left].IsConstant() ? right : left];
      tested.bits[term.source] = term.mask;
      masks_.emplace(term.source, term.mask);
    } else {
      AddFacts(set, tested);
    }
    return Add({kNothing, kNothing, {std::move(tested)}});
  }

  void AddFacts(DiagramId set, Tested& tested) const {
    if (diagrams_.IsLeaf(set)) return;
    AddTo(tested, {{}, {std::get<Fact>(order_.At(diagrams_.LevelOf(set)))}});
    for (const ByteRun& run : diagrams_.RunsOf(set)) AddFacts(run.next(), tested);
  }

  // What is tested in `set`, which counts as standing together.
  Tested CountJoined(Set set, std::map<Tested, std::uint64_t>& counts) const {
    Tested all;
    AddJoined(set, IsOr(set), all, counts);
    ++counts[all];
    return all;
  }

  // The same for a part of it: of its "or", or of its "and".
  void AddJoined(Set set, bool of_or, Tested& all, std::map<Tested, std::uint64_t>& counts) const {
    const Expression& expression = expressions_[set / 2];
    if (!IsAnd(set) && !IsOr(set)) {
      AddTo(all, expression.test.front());
    } else if (IsOr(set) == of_or) {
      const Set opposite = of_or ? 1 : 0;
      AddJoined(expression.left ^ opposite, of_or, all, counts);
      AddJoined(expression.right ^ opposite, of_or, all, counts);
    } else {
      AddTo(all, CountJoined(set, counts));
    }
  }

  Terms& terms_;
  Memory memory_;
  LevelOrder order_;
  Diagrams diagrams_;
  Comparisons comparisons_;
  std::vector<Expression> expressions_{Expression()};  // All()
  std::set<std::pair<Source, std::uint32_t>> masks_;
};

}  // namespace

TestsOfPolicy TestsOf(const ResolvedPolicy& policy, Terms& terms, Budget& budget) {
  Expressions expressions(terms, budget);
  ConditionReader<Expressions> conditions(terms, expressions);
  std::map<std::uint32_t, std::vector<Expressions::Set>> by_number;  // when their rules match
  std::vector<Expressions::Set> of_any_call;
  for (const ResolvedRuleSet& set : policy.rule_sets)
    for (const ResolvedRule& rule : set.rules) {
      Expressions::Set matches = conditions.Holds(rule.condition);
      if (set.only_vsyscall) matches = expressions.And(conditions.IsVsyscall(), matches);
      for (const std::uint32_t number : rule.numbers) by_number[number].push_back(matches);
      if (rule.any_call) of_any_call.push_back(matches);
    }
  std::set<std::vector<Expressions::Set>> lists;
  if (!of_any_call.empty()) lists.insert(of_any_call);
  for (auto& [number, list] : by_number) {
    list.insert(list.end(), of_any_call.begin(), of_any_call.end());
    lists.insert(list);
  }
  TestsOfPolicy tests;
  tests.masks = expressions.masks();
  for (const std::vector<Expressions::Set>& list : lists) {
    std::map<Tested, std::uint64_t>& counts = tests.of_calls.emplace_back();
    for (const Expressions::Set matches : list) expressions.Count(matches, counts);
  }
  return tests;
}

}  // namespace precompiledseccomp::verify
