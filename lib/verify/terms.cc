// SPDX-License-Identifier: Apache-2.0

#include "verify/terms.h"

#include <algorithm>
#include <utility>

#include "verify/budget.h"
#include "verify/widths.h"

namespace precompiledseccomp::verify {
namespace {

constexpr std::uint32_t kMostOperations = 1000;

std::uint32_t Operate(Term::Kind kind, std::uint32_t left, std::uint32_t right) {
  if (kind == Term::Kind::kAnd) return left & right;
  if (kind == Term::Kind::kOr) return left | right;
  return left ^ right;
}

// What a term of bits is where all bits of its source are set; where none is, it is `flip`.
std::uint32_t WhereAllAreSet(const Term& term) {
  return term.mask ^ term.flip;
}

}  // namespace

std::size_t TermHash::operator()(const Term& term) const {
  std::size_t hash = static_cast<std::size_t>(term.kind);
  for (const std::uint32_t part : {term.source, term.mask, term.flip, term.left, term.right})
    hash = (hash ^ part) * 0x9e3779b97f4a7c15U + (hash >> 29);
  return hash ^ hash >> 32;
}

TermId Terms::Constant(std::uint32_t value) {
  return Bits(kNoSource, 0, value);
}

TermId Terms::Word(Source word) {
  return Bits(word, kAllBits, 0);
}

TermId Terms::Variable(const std::string& name) {
  const auto found = std::find(variables_.begin(), variables_.end(), name);
  const auto index = static_cast<Source>(found - variables_.begin());
  if (found == variables_.end()) variables_.push_back(name);
  return Bits(kFirstVariable + index, kAllBits, 0);
}

TermId Terms::Bits(Source source, std::uint32_t mask, std::uint32_t flip) {
  return Add({.source = mask == 0 ? kNoSource : source, .mask = mask, .flip = flip});
}

TermId Terms::Combine(Term::Kind kind, TermId left, TermId right) {
  if (left == right) return kind == Term::Kind::kXor ? Constant(0) : left;
  if (left > right) std::swap(left, right);
  const Term& a = terms_[left];
  const Term& b = terms_[right];
  const bool are_bits = a.kind == Term::Kind::kBits && b.kind == Term::Kind::kBits;
  if (are_bits && (a.IsConstant() || b.IsConstant() || a.source == b.source)) {
    // Each bit depends on one bit of the source at most, so that two cases say it all.
    const std::uint32_t none_set = Operate(kind, a.flip, b.flip);
    const std::uint32_t all_set = Operate(kind, WhereAllAreSet(a), WhereAllAreSet(b));
    return Bits(a.IsConstant() ? b.source : a.source, none_set ^ all_set, none_set);
  }
  return Add({.kind = kind, .left = left, .right = right});
}

TermId Terms::Add(const Term& term) {
  const auto [entry, is_new] = ids_.emplace(term, static_cast<TermId>(terms_.size()));
  if (!is_new) return entry->second;
  terms_.push_back(term);
  sizes_.push_back(term.kind == Term::Kind::kBits ? 1 : sizes_[term.left] + sizes_[term.right]);
  if (sizes_.back() > kMostOperations)
    throw TooMuchWork("a register holds a value of more than " + std::to_string(kMostOperations) +
                      " operations");
  return entry->second;
}

bool Terms::BitOf(TermId id, int bit, const std::function<bool(Source)>& bit_of) const {
  const Term& term = terms_[id];
  if (term.kind != Term::Kind::kBits)
    return Operate(term.kind, BitOf(term.left, bit, bit_of) ? 1U : 0U,
                   BitOf(term.right, bit, bit_of) ? 1U : 0U) != 0;
  const bool flip = (term.flip >> bit & 1) != 0;
  const bool looks = (term.mask >> bit & 1) != 0;
  return looks ? bit_of(term.source) != flip : flip;
}

Terms::PossibleBits Terms::PossibleBitsOf(TermId id) const {
  const Term& term = terms_[id];
  if (term.kind == Term::Kind::kBits) return {term.mask | ~term.flip, term.mask | term.flip};
  const PossibleBits left = PossibleBitsOf(term.left);
  const PossibleBits right = PossibleBitsOf(term.right);
  switch (term.kind) {
    case Term::Kind::kAnd:
      return {left.zero | right.zero, left.one & right.one};
    case Term::Kind::kOr:
      return {left.zero & right.zero, left.one | right.one};
    default:  // kXor
      return {(left.zero & right.zero) | (left.one & right.one),
              (left.zero & right.one) | (left.one & right.zero)};
  }
}

void Terms::VisitSources(TermId id, const std::function<void(Source)>& visit) const {
  const Term& term = terms_[id];
  if (term.kind != Term::Kind::kBits) {
    VisitSources(term.left, visit);
    VisitSources(term.right, visit);
  } else if (!term.IsConstant()) {
    visit(term.source);
  }
}

}  // namespace precompiledseccomp::verify
