// SPDX-License-Identifier: Apache-2.0
//
// Comparisons with variables, and computed answers, as people write them: "fd == $fd1".
#pragma once

#include <cstdint>
#include <string>

#include "inspect/value_text.h"
#include "verify/level_order.h"
#include "verify/terms.h"

namespace precompiledseccomp::inspect {

// The arguments whose upper halves are known to be 0, as bits: the first word of the field is the place.
using ZeroHighHalves = std::uint32_t;

class TermTexts {
 public:
  TermTexts(const verify::Terms& terms, const FieldNames& names) : terms_(terms), names_(names) {}

  // How the sides of a fact are compared.
  enum class Relation : std::uint8_t { kEqual, kDifferent, kGreater, kGreaterOrEqual, kLess, kLessOrEqual };

  [[nodiscard]] std::string Comparison(const verify::Fact& fact, Relation relation,
                                       ZeroHighHalves zero) const;
  // "errno $code"; "what $a & 0xff is" of what is no action with data.
  [[nodiscard]] std::string Answer(verify::TermId answer) const;

  // If it is a comparison of a whole low half with something, as unsigned numbers or for equality, with the
  // upper half known to be 0: the field. Then the field has at most 32 bits where it is equal to that or
  // less.
  [[nodiscard]] verify::Source WholeFieldOf(const verify::Fact& fact, ZeroHighHalves zero) const;

  // "addr == $base", if these two facts together are the equality of a field with a 64-bit variable; empty if
  // not.
  [[nodiscard]] std::string WideEquality(const verify::Fact& one, const verify::Fact& other) const;

 private:
  [[nodiscard]] std::string Text(verify::TermId id, ZeroHighHalves zero) const;
  [[nodiscard]] std::string WordText(verify::Source word, ZeroHighHalves zero) const;
  [[nodiscard]] std::string SourceText(verify::Source source, ZeroHighHalves zero) const;
  [[nodiscard]] bool IsTurnedAround(verify::TermId id) const;
  [[nodiscard]] std::string SignedText(verify::TermId id) const;

  const verify::Terms& terms_;
  const FieldNames& names_;
};

}  // namespace precompiledseccomp::inspect
