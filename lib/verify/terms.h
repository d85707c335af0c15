// SPDX-License-Identifier: Apache-2.0
//
// Values of 32 bits that are not known yet: what a register can hold, and what a filter or a policy answers.
//
// Every bit of a term depends only on the bits at the same place of words and variables; so it is with and,
// or and xor. Most terms look at one word or variable, and are
//
//     (source & mask) ^ flip
//
// which the three operations with a constant keep in this form. A constant has an empty mask. Where two
// sources meet, a term is an operation on two others. Equal terms have equal ids.
//
// Throws TooMuchWork for terms of very many operations, which no compiler makes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "verify/sources.h"

namespace precompiledseccomp::verify {

using TermId = std::uint32_t;

struct Term {
  enum class Kind : std::uint8_t { kBits, kAnd, kOr, kXor };
  Kind kind = Kind::kBits;
  // Of kBits; the source of a constant is kNoSource.
  Source source = kNoSource;
  std::uint32_t mask = 0;
  std::uint32_t flip = 0;
  // Of the operations: left < right.
  TermId left = 0;
  TermId right = 0;

  [[nodiscard]] bool IsConstant() const { return kind == Kind::kBits && mask == 0; }
  friend bool operator==(const Term&, const Term&) = default;
};

struct TermHash {
  std::size_t operator()(const Term& term) const;
};

class Terms {
 public:
  [[nodiscard]] const Term& operator[](TermId id) const { return terms_[id]; }
  [[nodiscard]] std::size_t size() const { return terms_.size(); }

  // What one takes: twice itself and its size, as vectors double, and once more in a hash table.
  static constexpr std::size_t kBytesOfATerm =
      3 * sizeof(Term) + 2 * sizeof(std::uint32_t) + 5 * sizeof(void*);

  TermId Constant(std::uint32_t value);
  TermId Word(Source word);
  TermId Variable(const std::string& name);

  TermId And(TermId left, TermId right) { return Combine(Term::Kind::kAnd, left, right); }
  TermId Or(TermId left, TermId right) { return Combine(Term::Kind::kOr, left, right); }
  TermId Xor(TermId left, TermId right) { return Combine(Term::Kind::kXor, left, right); }

  // The names of the variables that were met; the first is that of kFirstVariable.
  [[nodiscard]] const std::vector<std::string>& variables() const { return variables_; }

  // Bit `bit` of a term, where that of each source is `bit_of(source)`.
  [[nodiscard]] bool BitOf(TermId id, int bit, const std::function<bool(Source)>& bit_of) const;
  // Which bits of a term can be zero and which can be one, if nothing is known of its sources. Where two
  // terms that look at the same source agree for a reason that takes both to see, this does not see it.
  struct PossibleBits {
    std::uint32_t zero = 0;
    std::uint32_t one = 0;
  };
  [[nodiscard]] PossibleBits PossibleBitsOf(TermId id) const;
  // Calls `visit` for each source that the term depends on; one may come more than once.
  void VisitSources(TermId id, const std::function<void(Source)>& visit) const;

 private:
  TermId Bits(Source source, std::uint32_t mask, std::uint32_t flip);
  TermId Combine(Term::Kind kind, TermId left, TermId right);
  TermId Add(const Term& term);

  std::vector<Term> terms_;
  // Of each term, how many operations it takes to find one of its bits.
  std::vector<std::uint32_t> sizes_;
  std::unordered_map<Term, TermId, TermHash> ids_;
  std::vector<std::string> variables_;
};

}  // namespace precompiledseccomp::verify
