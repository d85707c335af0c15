// SPDX-License-Identifier: Apache-2.0

#include "verify/comparisons.h"

#include <array>
#include <span>
#include <utility>

#include "verify/widths.h"

namespace precompiledseccomp::verify {
namespace {

// A term that is (word & mask) ^ flip.
bool IsOfOneWord(const Term& term) {
  return term.kind == Term::Kind::kBits && IsWord(term.source);
}

// Where a comparison of one field leads: on to the next one if it is equal.
struct Outcomes {
  DiagramId less;
  DiagramId equal;
  DiagramId greater;
};

// The node that compares one field of the term with that of `constant`; outcomes stand behind it.
DiagramId CompareField(const Term& term, std::uint32_t constant, const Field& field, Level level,
                       const Outcomes& outcomes, Diagrams& diagrams) {
  const std::uint32_t mask = field.Of(term.mask);
  const std::uint32_t flip = field.Of(term.flip);
  const std::uint32_t wanted = field.Of(constant);
  const auto outcome_of = [&](std::uint32_t value) {
    const std::uint32_t result = (value & mask) ^ flip;
    return result == wanted ? outcomes.equal : result > wanted ? outcomes.greater : outcomes.less;
  };
  if (mask == 0) return outcome_of(0);
  std::array<ByteRun, kValuesOfAByte> runs{};
  std::size_t count = 0;
  if (mask == field.Most() && flip == 0) {
    // The usual case, of which the general one would give the same.
    if (wanted > 0) runs[count++] = {0, outcomes.less};
    runs[count++] = {wanted, outcomes.equal};
    if (wanted < field.Most()) runs[count++] = {wanted + 1, outcomes.greater};
  } else {
    for (std::uint32_t value = 0; value <= field.Most(); ++value) runs[count++] = {value, outcome_of(value)};
  }
  return diagrams.Branch(level, std::span(runs).first(count));
}

// The term compared with a constant, from its least significant field to its first. The outcomes are leaves.
DiagramId CompareWord(const Term& term, std::uint32_t constant, const Outcomes& outcomes,
                      const LevelOrder& order, Diagrams& diagrams) {
  const std::span<const Level> levels = order.LevelsOf(term.source);
  DiagramId rest = outcomes.equal;
  for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
    const auto compare = [&](const Outcomes& leads_to) {
      return CompareField(term, constant, order.FieldAt(*level), *level, leads_to, diagrams);
    };
    if (diagrams.LevelOf(rest) > *level) {  // as always in the usual order
      rest = compare({outcomes.less, rest, outcomes.greater});
    } else {
      const DiagramId is_equal = compare({Diagrams::kNo, Diagrams::kYes, Diagrams::kNo});
      const DiagramId decided = compare({outcomes.less, Diagrams::kNo, outcomes.greater});
      rest = diagrams.Choose(is_equal, rest, decided);
    }
  }
  return rest;
}

}  // namespace

DiagramId Comparisons::Equal(TermId left, TermId right) {
  if (left == right) return Diagrams::kYes;
  if (terms_[left].IsConstant()) std::swap(left, right);
  const Term term = terms_[left];
  if (terms_[right].IsConstant()) {
    const std::uint32_t constant = terms_[right].flip;
    if (term.IsConstant()) return Diagrams::kNo;
    if (IsOfOneWord(term))
      return CompareWord(term, constant, {Diagrams::kNo, Diagrams::kYes, Diagrams::kNo}, order_, diagrams_);
  }
  return EqualAsFact(left, right);
}

DiagramId Comparisons::EqualAsFact(TermId left, TermId right) {
  if (left > right) std::swap(left, right);
  return SetOf({Fact::Relation::kEqual, left, right});
}

DiagramId Comparisons::Greater(TermId left, TermId right) {
  if (left == right) return Diagrams::kNo;
  const Term a = terms_[left];
  const Term b = terms_[right];
  if (a.IsConstant() && b.IsConstant()) return a.flip > b.flip ? Diagrams::kYes : Diagrams::kNo;
  if (IsOfOneWord(a) && b.IsConstant())
    return CompareWord(a, b.flip, {Diagrams::kNo, Diagrams::kNo, Diagrams::kYes}, order_, diagrams_);
  if (IsOfOneWord(b) && a.IsConstant())
    return CompareWord(b, a.flip, {Diagrams::kYes, Diagrams::kNo, Diagrams::kNo}, order_, diagrams_);
  // a > b and b > a share one fact, that of the smaller term's being greater; together with the fact that the
  // two are equal it tells the three cases apart.
  const DiagramId differ = diagrams_.Not(Equal(left, right));
  if (left < right) return diagrams_.And(differ, SetOf({Fact::Relation::kGreater, left, right}));
  return diagrams_.And(differ, diagrams_.Not(SetOf({Fact::Relation::kGreater, right, left})));
}

DiagramId Comparisons::AnyBitInCommon(TermId left, TermId right) {
  const TermId common = terms_.And(left, right);
  return diagrams_.Not(Equal(common, terms_.Constant(0)));
}

DiagramId Comparisons::SetOf(const Fact& fact) {
  const std::array<ByteRun, 2> runs = {ByteRun(0, Diagrams::kNo), ByteRun(1, Diagrams::kYes)};
  return diagrams_.Branch(order_.LevelOf(fact), runs);
}

}  // namespace precompiledseccomp::verify
