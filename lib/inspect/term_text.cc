// SPDX-License-Identifier: Apache-2.0

#include "inspect/term_text.h"

#include <cstdint>
#include <utility>

#include <linux/seccomp.h>

#include <precompiledseccomp/define.h>

#include "inspect/number_text.h"
#include "inspect/path.h"
#include "verify/answers.h"
#include "verify/sources.h"

namespace precompiledseccomp::inspect {
namespace {

using verify::Fact;
using verify::Source;
using verify::Term;
using verify::TermId;

constexpr std::uint32_t kAllBits = UINT32_MAX;
constexpr std::uint32_t kHighestBit = 0x80000000;

using Relation = TermTexts::Relation;

const char* SignOf(Relation relation) {
  switch (relation) {
    case Relation::kEqual:
      return " == ";
    case Relation::kDifferent:
      return " != ";
    case Relation::kGreater:
      return " > ";
    case Relation::kGreaterOrEqual:
      return " >= ";
    case Relation::kLess:
      return " < ";
    case Relation::kLessOrEqual:
      return " <= ";
  }
  return "";
}

// With its sides exchanged.
Relation Exchanged(Relation relation) {
  switch (relation) {
    case Relation::kGreater:
      return Relation::kLess;
    case Relation::kGreaterOrEqual:
      return Relation::kLessOrEqual;
    case Relation::kLess:
      return Relation::kGreater;
    case Relation::kLessOrEqual:
      return Relation::kGreaterOrEqual;
    default:
      return relation;
  }
}

bool IsEquality(Relation relation) {
  return relation == Relation::kEqual || relation == Relation::kDifferent;
}

bool IsHighHalf(Source word) {
  return word >= verify::kInstructionPointer && word % 2 == 0;
}

bool IsWhole(const Term& term) {
  return term.kind == Term::Kind::kBits && term.mask == kAllBits;
}

// Whether it stands on the left, where people expect what a call passes.
bool LooksAtACall(TermId id, const verify::Terms& terms) {
  bool looks = false;
  terms.VisitSources(id, [&](Source source) { looks = looks || verify::IsWord(source); });
  return looks;
}

std::string HighHalfText(const FieldName& field) {
  return (field.bits <= 32 ? "((u64)" : "(") + field.text + " >> 32)";
}

}  // namespace

std::string TermTexts::WordText(Source word, ZeroHighHalves zero) const {
  const FieldName& field = names_.Of(verify::FieldOfWord(word));
  if (word < verify::kInstructionPointer) return field.text;
  if (IsHighHalf(word)) return HighHalfText(field);
  const bool is_zero_above = (zero >> verify::FieldOfWord(word) & 1) != 0;
  const bool is_narrow = field.bits <= 32;
  // A negative int, as callers pass it, does not have zeros above: it is another number than its lower half.
  if (is_zero_above && is_narrow && field.is_signed) return "(u64)" + field.text;
  return is_zero_above || is_narrow ? field.text : "(u32)" + field.text;
}

std::string TermTexts::SourceText(Source source, ZeroHighHalves zero) const {
  if (verify::IsWord(source)) return WordText(source, zero);
  return "$" + terms_.variables()[source - verify::kFirstVariable];
}

std::string TermTexts::Text(TermId id, ZeroHighHalves zero) const {
  const Term& term = terms_[id];
  switch (term.kind) {
    case Term::Kind::kAnd:
      return "(" + Text(term.left, zero) + " & " + Text(term.right, zero) + ")";
    case Term::Kind::kOr:
      return "(" + Text(term.left, zero) + " | " + Text(term.right, zero) + ")";
    case Term::Kind::kXor:
      return "(" + Text(term.left, zero) + " ^ " + Text(term.right, zero) + ")";
    case Term::Kind::kBits:
      break;
  }
  if (term.IsConstant()) return ShortNumber(term.flip);
  std::string text = SourceText(term.source, zero);
  if (term.mask != kAllBits) text = "(" + text + " & " + HexNumber(term.mask) + ")";
  return term.flip == 0 ? text : "(" + text + " ^ " + HexNumber(term.flip) + ")";
}

// As the sides of a comparison of signed numbers are made unsigned.
bool TermTexts::IsTurnedAround(TermId id) const {
  const Term& term = terms_[id];
  return term.IsConstant() || (IsWhole(term) && term.flip == kHighestBit);
}

std::string TermTexts::SignedText(TermId id) const {
  const Term& term = terms_[id];
  if (term.IsConstant()) {
    const std::uint32_t value = term.flip ^ kHighestBit;
    return value < kHighestBit ? ShortNumber(value) : "-" + ShortNumber(0 - value);
  }
  if (verify::IsVariable(term.source)) return "(int)" + SourceText(term.source, 0);
  const FieldName& field = names_.Of(verify::FieldOfWord(term.source));
  if (IsHighHalf(term.source)) return "(int)" + HighHalfText(field);
  return field.bits <= 32 && field.is_signed ? field.text : "(int)" + field.text;
}

std::string TermTexts::Comparison(const Fact& fact, Relation relation, ZeroHighHalves zero) const {
  TermId left = fact.left;
  TermId right = fact.right;
  if (!LooksAtACall(left, terms_) && (LooksAtACall(right, terms_) || terms_[left].IsConstant())) {
    std::swap(left, right);
    relation = Exchanged(relation);
  }
  const bool are_signed = IsTurnedAround(left) && IsTurnedAround(right);
  if (are_signed && IsEquality(relation) && !terms_[left].IsConstant() && !terms_[right].IsConstant())
    return SourceText(terms_[left].source, zero) + SignOf(relation) + SourceText(terms_[right].source, zero);
  if (are_signed) return SignedText(left) + SignOf(relation) + SignedText(right);
  // An int that is compared as if it had no sign.
  const Term& term = terms_[left];
  const bool is_int = IsWhole(term) && verify::IsWord(term.source) && !IsHighHalf(term.source) &&
                      names_.Of(verify::FieldOfWord(term.source)).is_signed &&
                      (zero >> verify::FieldOfWord(term.source) & 1) == 0;
  return (is_int && !IsEquality(relation) && term.flip == 0 ? "(unsigned)" : "") + Text(left, zero) +
         SignOf(relation) + Text(right, zero);
}

std::string TermTexts::Answer(TermId answer) const {
  const Term& term = terms_[answer];
  if (term.IsConstant()) return AnswerText(term.flip);
  const bool is_data = term.kind == Term::Kind::kBits && (term.mask & ~std::uint32_t{SECCOMP_RET_DATA}) == 0;
  if (!is_data || (term.flip & SECCOMP_RET_DATA) != 0) return "what " + Text(answer, 0) + " says";
  const std::string action = AnswerText(term.flip);
  const std::string source = SourceText(term.source, 0);
  const std::string data =
      term.mask == SECCOMP_RET_DATA ? source : "(" + source + " & " + HexNumber(term.mask) + ")";
  return action.substr(0, action.find(' ')) + " " + data;
}

Source TermTexts::WholeFieldOf(const Fact& fact, ZeroHighHalves zero) const {
  const Term& left = terms_[fact.left];
  const Term& right = terms_[fact.right];
  const Term& of_call = verify::IsWord(left.source) ? left : right;
  const Term& other = verify::IsWord(left.source) ? right : left;
  const bool is_low_half = of_call.kind == Term::Kind::kBits && IsWhole(of_call) && of_call.flip == 0 &&
                           verify::IsWord(of_call.source) && of_call.source >= verify::kInstructionPointer &&
                           !IsHighHalf(of_call.source);
  if (!is_low_half || LooksAtACall(&other == &left ? fact.left : fact.right, terms_))
    return verify::kNoSource;
  const Source field = verify::FieldOfWord(of_call.source);
  return (zero >> field & 1) != 0 ? field : verify::kNoSource;
}

std::string TermTexts::WideEquality(const Fact& one, const Fact& other) const {
  const auto sides = [&](const Fact& fact) {
    const Term& left = terms_[fact.left];
    const Term& right = terms_[fact.right];
    return verify::IsWord(left.source) ? std::pair(left, right) : std::pair(right, left);
  };
  const auto is_plain = [](const Term& term) { return IsWhole(term) && term.flip == 0; };
  auto [high, high_value] = sides(one);
  auto [low, low_value] = sides(other);
  if (!is_plain(high) || !is_plain(low) || !is_plain(high_value) || !is_plain(low_value)) return "";
  if (!verify::IsWord(high.source) || !verify::IsWord(low.source)) return "";
  if (IsHighHalf(low.source)) {
    std::swap(high, low);
    std::swap(high_value, low_value);
  }
  const bool is_one_field = IsHighHalf(high.source) && low.source == high.source + 1;
  if (!is_one_field || !verify::IsVariable(high_value.source) || !verify::IsVariable(low_value.source))
    return "";
  const std::string& low_name = terms_.variables()[low_value.source - verify::kFirstVariable];
  const std::string variable = low_name.substr(0, low_name.rfind('.'));
  const std::string& high_name = terms_.variables()[high_value.source - verify::kFirstVariable];
  if (low_name != LowHalfName(variable) || high_name != HighHalfName(variable)) return "";
  const FieldName& field = names_.Of(high.source);
  return (field.bits <= 32 ? "(u64)" : "") + field.text + " == $" + variable;
}

}  // namespace precompiledseccomp::inspect
