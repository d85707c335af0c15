// SPDX-License-Identifier: Apache-2.0

#include "verify/terms.h"

#include <algorithm>
#include <utility>

#include "verify/budget.h"

namespace precompiledseccomp::verify {
namespace {

constexpr std::uint32_t kAllBits = UINT32_MAX;
constexpr std::uint32_t kMostOperations = 1000;

// A bit-wise operation with a constant, on (source & mask) ^ flip.
Term WithConstant(Term::Kind kind, Term bits, std::uint32_t constant) {
  switch (kind) {
    case Term::Kind::kAnd:
      bits.mask &= constant;
      bits.flip &= constant;
      break;
    case Term::Kind::kOr:
      bits.mask &= ~constant;
      bits.flip |= constant;
      break;
    case Term::Kind::kXor:
      bits.flip ^= constant;
      break;
    case Term::Kind::kBits:
      break;
  }
  return bits;
}

bool Operate(Term::Kind kind, bool left, bool right) {
  if (kind == Term::Kind::kAnd) return left && right;
  if (kind == Term::Kind::kOr) return left || right;
  return left != right;
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
  Term a = terms_[left];
  Term b = terms_[right];
  if (a.IsConstant()) std::swap(a, b);
  if (b.IsConstant() && a.kind == Term::Kind::kBits) {
    const Term result = WithConstant(kind, a, b.flip);
    return Bits(result.source, result.mask, result.flip);
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
    return Operate(term.kind, BitOf(term.left, bit, bit_of), BitOf(term.right, bit, bit_of));
  const bool flip = (term.flip >> bit & 1) != 0;
  const bool looks = (term.mask >> bit & 1) != 0;
  return looks ? bit_of(term.source) != flip : flip;
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
