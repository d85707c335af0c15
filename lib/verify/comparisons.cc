// SPDX-License-Identifier: Apache-2.0

#include "verify/comparisons.h"

#include <array>
#include <span>
#include <utility>

namespace precompiledseccomp::verify {
namespace {

constexpr std::uint32_t kValuesOfAByte = 256;

// `byte` is 0 for the most significant one.
std::uint32_t ByteOf(std::uint32_t value, int byte) {
  return value >> (8 * (kBytesOfAWord - 1 - byte)) & 0xff;
}

// A term that is (word & mask) ^ flip.
bool IsOfOneWord(const Term& term) {
  return term.kind == Term::Kind::kBits && IsWord(term.source);
}

// Where a comparison of one byte leads: on to the next byte if it is equal.
struct Outcomes {
  DiagramId less;
  DiagramId equal;
  DiagramId greater;
};

// The node that compares one byte of the term with that of `constant`.
DiagramId CompareByte(const Term& term, std::uint32_t constant, int byte, const Outcomes& outcomes,
                      Diagrams& diagrams) {
  const std::uint32_t mask = ByteOf(term.mask, byte);
  const std::uint32_t flip = ByteOf(term.flip, byte);
  const std::uint32_t wanted = ByteOf(constant, byte);
  const auto outcome_of = [&](std::uint32_t value) {
    const std::uint32_t result = (value & mask) ^ flip;
    return result == wanted ? outcomes.equal : result > wanted ? outcomes.greater : outcomes.less;
  };
  if (mask == 0) return outcome_of(0);
  std::array<ByteRun, kValuesOfAByte> runs{};
  std::size_t count = 0;
  if (mask == 0xff && flip == 0) {
    // The usual case, of which the general one would give the same.
    if (wanted > 0) runs[count++] = {0, outcomes.less};
    runs[count++] = {wanted, outcomes.equal};
    if (wanted < 0xff) runs[count++] = {wanted + 1, outcomes.greater};
  } else {
    for (std::uint32_t value = 0; value < kValuesOfAByte; ++value) runs[count++] = {value, outcome_of(value)};
  }
  return diagrams.Branch(LevelOfByte(term.source, byte), std::span(runs).first(count));
}

// The term compared with a constant, from its last byte to its first.
DiagramId CompareWord(const Term& term, std::uint32_t constant, const Outcomes& outcomes,
                      Diagrams& diagrams) {
  DiagramId rest = outcomes.equal;
  for (int byte = kBytesOfAWord - 1; byte >= 0; --byte)
    rest = CompareByte(term, constant, byte, {outcomes.less, rest, outcomes.greater}, diagrams);
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
      return CompareWord(term, constant, {Diagrams::kNo, Diagrams::kYes, Diagrams::kNo}, diagrams_);
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
    return CompareWord(a, b.flip, {Diagrams::kNo, Diagrams::kNo, Diagrams::kYes}, diagrams_);
  if (IsOfOneWord(b) && a.IsConstant())
    return CompareWord(b, a.flip, {Diagrams::kYes, Diagrams::kNo, Diagrams::kNo}, diagrams_);
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
  const auto known = sets_.find(fact);
  if (known != sets_.end()) return known->second;
  const std::array<ByteRun, 2> runs = {{{0, Diagrams::kNo}, {1, Diagrams::kYes}}};
  const DiagramId set = diagrams_.Branch(LevelOfFact(facts_.size()), runs);
  facts_.push_back(fact);
  return sets_[fact] = set;
}

}  // namespace precompiledseccomp::verify
