// SPDX-License-Identifier: Apache-2.0

#include "verify/comparisons.h"

#include <array>
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
struct Ways {
  NodeId less;
  NodeId equal;
  NodeId greater;
};

// The node that compares one byte of the term with that of `constant`.
NodeId CompareByte(const Term& term, std::uint32_t constant, int byte, const Ways& ways, Diagrams& diagrams) {
  const std::uint32_t mask = ByteOf(term.mask, byte);
  const std::uint32_t flip = ByteOf(term.flip, byte);
  const std::uint32_t wanted = ByteOf(constant, byte);
  const auto way_of = [&](std::uint32_t value) {
    const std::uint32_t result = (value & mask) ^ flip;
    return result == wanted ? ways.equal : result > wanted ? ways.greater : ways.less;
  };
  if (mask == 0) return way_of(0);
  std::array<Run, kValuesOfAByte> runs{};
  std::size_t count = 0;
  if (mask == 0xff && flip == 0) {
    // The usual case, of which the general one would give the same.
    if (wanted > 0) runs[count++] = {0, ways.less};
    runs[count++] = {wanted, ways.equal};
    if (wanted < 0xff) runs[count++] = {wanted + 1, ways.greater};
  } else {
    for (std::uint32_t value = 0; value < kValuesOfAByte; ++value) runs[count++] = {value, way_of(value)};
  }
  return diagrams.Branch(LevelOfByte(term.source, byte), std::span(runs).first(count));
}

// The term compared with a constant, from its last byte to its first.
NodeId CompareWord(const Term& term, std::uint32_t constant, const Ways& ways, Diagrams& diagrams) {
  NodeId rest = ways.equal;
  for (int byte = kBytesOfAWord - 1; byte >= 0; --byte)
    rest = CompareByte(term, constant, byte, {ways.less, rest, ways.greater}, diagrams);
  return rest;
}

}  // namespace

NodeId Comparisons::Equal(TermId left, TermId right) {
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

NodeId Comparisons::EqualAsFact(TermId left, TermId right) {
  if (left > right) std::swap(left, right);
  return SetOf({Fact::Relation::kEqual, left, right});
}

NodeId Comparisons::Greater(TermId left, TermId right) {
  if (left == right) return Diagrams::kNo;
  const Term a = terms_[left];
  const Term b = terms_[right];
  if (a.IsConstant() && b.IsConstant()) return a.flip > b.flip ? Diagrams::kYes : Diagrams::kNo;
  if (IsOfOneWord(a) && b.IsConstant())
    return CompareWord(a, b.flip, {Diagrams::kNo, Diagrams::kNo, Diagrams::kYes}, diagrams_);
  if (IsOfOneWord(b) && a.IsConstant())
    return CompareWord(b, a.flip, {Diagrams::kYes, Diagrams::kNo, Diagrams::kNo}, diagrams_);
  // One fact for both orders, and none of the three that can be, or cannot be, is said twice.
  const NodeId differ = diagrams_.Not(Equal(left, right));
  if (left < right) return diagrams_.And(differ, SetOf({Fact::Relation::kGreater, left, right}));
  return diagrams_.And(differ, diagrams_.Not(SetOf({Fact::Relation::kGreater, right, left})));
}

NodeId Comparisons::AnyBitInCommon(TermId left, TermId right) {
  return diagrams_.Not(Equal(terms_.And(left, right), terms_.Constant(0)));
}

NodeId Comparisons::SetOf(const Fact& fact) {
  const auto known = sets_.find(fact);
  if (known != sets_.end()) return known->second;
  const std::array<Run, 2> runs = {{{0, Diagrams::kNo}, {1, Diagrams::kYes}}};
  const NodeId set = diagrams_.Branch(LevelOfFact(facts_.size()), runs);
  facts_.push_back(fact);
  return sets_[fact] = set;
}

}  // namespace precompiledseccomp::verify
