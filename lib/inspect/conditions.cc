// SPDX-License-Identifier: Apache-2.0
//
// A set of calls is written as the diagram goes: of each field, the values that lead to where the set is all
// are one test, and those that lead elsewhere one test each, with what is asked behind it.
//
//     fd:  {0, 1} -> always    3 -> len: {0..4096} -> always, others never    others -> never
//
//     fd <= 1 || (fd == 3 && len <= 0x1000)

#include "inspect/conditions.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include <linux/seccomp.h>

#include "verify/weakness.h"

namespace precompiledseccomp::inspect {
namespace {

using verify::Answers;
using verify::Fact;
using verify::TermId;
using verify::ValueRange;
using verify::ValueSet;

// More in one condition are hard to read: an outline is better.
constexpr std::size_t kMostTests = 8;

constexpr ValueRange kNarrow = {0, 0xffffffff};

bool IsNarrow(const ValueSet& values) {
  return values.bits() == 64 && values.IsWithin(ValueSet::Range(64, kNarrow));
}

ZeroHighHalves BitOf(verify::Source field) {
  return ZeroHighHalves{1} << field;
}

// With what is known where a field has one of these values.
ZeroHighHalves With(ZeroHighHalves zero, const Answers::ByField& node, const ValueSet& values) {
  return IsNarrow(values) ? zero | BitOf(node.field) : zero;
}

}  // namespace

int WeaknessOfTerm(TermId answer, const verify::Terms& terms) {
  const verify::Term& term = terms[answer];
  constexpr std::uint32_t kData = SECCOMP_RET_DATA;
  const bool is_known = term.kind == verify::Term::Kind::kBits && (term.mask & ~kData) == 0;
  return is_known ? verify::WeaknessOf(term.flip & ~kData) : -1;
}

std::string CasesText(const std::vector<AnswerCase>& cases) {
  if (cases.size() == 1) return cases.front().answer;
  const std::string separator = cases.size() == 2 ? ", " : "; ";
  std::string text;
  for (const AnswerCase& one : cases) {
    if (!text.empty()) text += separator;
    text += one.condition.empty() ? "otherwise " + one.answer : one.answer + " if " + one.condition;
  }
  return text;
}

// ---- Putting conditions together.

Conditions::Written Conditions::Test(std::string text, ZeroHighHalves narrow) {
  return {Written::Kind::kTest, std::move(text), 1, narrow};
}

Conditions::MaybeWritten Conditions::Both(const Written& left, const Written& right) {
  using Kind = Written::Kind;
  if (left.kind == Kind::kNever || right.kind == Kind::kNever) return Written();
  if (left.kind == Kind::kAlways) return right;
  if (right.kind == Kind::kAlways) return left;
  if (left.tests + right.tests > kMostTests) return std::nullopt;
  const auto part = [](const Written& one) {
    return one.kind == Kind::kAny ? "(" + one.text + ")" : one.text;
  };
  return Written{Kind::kAll, part(left) + " && " + part(right), left.tests + right.tests,
                 left.narrow | right.narrow};
}

Conditions::MaybeWritten Conditions::Either(const Written& left, const Written& right) {
  using Kind = Written::Kind;
  if (left.kind == Kind::kAlways || right.kind == Kind::kAlways) return Written{Kind::kAlways, "", 0, 0};
  if (left.kind == Kind::kNever) return right;
  if (right.kind == Kind::kNever) return left;
  if (left.tests + right.tests > kMostTests) return std::nullopt;
  const auto part = [](const Written& one) {
    return one.kind == Kind::kAll ? "(" + one.text + ")" : one.text;
  };
  return Written{Kind::kAny, part(left) + " || " + part(right), left.tests + right.tests,
                 left.narrow & right.narrow};
}

// `yes` where the test holds, and `no` where it does not.
Conditions::MaybeWritten Conditions::Branch(const Written& test, const Written& negated,
                                            const MaybeWritten& yes, const MaybeWritten& no) {
  using Kind = Written::Kind;
  if (!yes || !no) return std::nullopt;
  if (yes->kind == Kind::kAlways) return Either(test, *no);
  if (no->kind == Kind::kAlways) return Either(negated, *yes);
  if (yes->text == no->text && yes->kind == no->kind) return yes;
  const MaybeWritten first = Both(test, *yes);
  const MaybeWritten second = Both(negated, *no);
  return first && second ? Either(*first, *second) : std::nullopt;
}

// ---- Where an answer is given.

Conditions::MaybeWritten Conditions::When(Answers::Id node, TermId answer, ZeroHighHalves zero) {
  const auto known = known_.find({node, answer, zero});
  if (known != known_.end()) return known->second;
  MaybeWritten written;
  if (const auto* leaf = std::get_if<Answers::Answer>(&answers_.nodes[node]))
    written = leaf->term == answer ? Written{Written::Kind::kAlways, "", 0, 0} : Written();
  else if (const auto* by_field = std::get_if<Answers::ByField>(&answers_.nodes[node]))
    written = WhenByField(*by_field, answer, zero);
  else
    written = WhenByFact(std::get<Answers::ByFact>(answers_.nodes[node]), answer, zero);
  return known_[{node, answer, zero}] = written;
}

Conditions::MaybeWritten Conditions::WhenByField(const Answers::ByField& node, TermId answer,
                                                 ZeroHighHalves zero) {
  // What is asked behind the values; values behind which the same is asked become one set.
  std::vector<std::pair<Written, ValueSet>> parts;
  for (const Answers::Case& one : node.cases) {
    const MaybeWritten rest = When(one.next, answer, With(zero, node, one.values));
    if (!rest) return std::nullopt;
    if (rest->kind == Written::Kind::kNever) continue;
    const auto same = std::find_if(parts.begin(), parts.end(), [&](const auto& part) {
      return part.first.kind == rest->kind && part.first.text == rest->text;
    });
    if (same != parts.end())
      same->second = same->second.Or(one.values);
    else
      parts.emplace_back(*rest, one.values);
  }
  std::stable_partition(parts.begin(), parts.end(),
                        [](const auto& part) { return part.first.kind == Written::Kind::kAlways; });
  const FieldName& name = names_.Of(node.field);
  const bool is_always = !parts.empty() && parts.front().first.kind == Written::Kind::kAlways;
  const ValueSet always = is_always ? parts.front().second : ValueSet::None(verify::BitsOfField(node.field));
  MaybeWritten written = Written();
  for (const auto& [rest, values] : parts) {
    // Where all others are always in the set, whether it is one of them need not be asked again.
    const bool is_all_else = values.Or(always).IsAll();
    // A comparison of all of the field with 32 bits says that the upper half is 0.
    const bool is_said =
        IsNarrow(values) && values.Count() == kNarrow.last + 1 && (rest.narrow & BitOf(node.field)) != 0;
    MaybeWritten part = rest;
    if (!is_all_else && !is_said)
      part = Both(Test(ValuesText(values, name), IsNarrow(values) ? BitOf(node.field) : 0), rest);
    written = part ? Either(*written, *part) : std::nullopt;
    if (!written) return std::nullopt;
  }
  return written;
}

Conditions::Written Conditions::Comparison(const Fact& fact, TermTexts::Relation relation,
                                           ZeroHighHalves zero) {
  using Relation = TermTexts::Relation;
  const verify::Source field = terms_.WholeFieldOf(fact, zero);
  // Whether the field is what is compared to be equal, or less.
  const bool is_left = field != verify::kNoSource && verify::IsWord(answers_.terms[fact.left].source);
  const bool is_bounded = relation == Relation::kEqual ||
                          (is_left ? relation == Relation::kLess || relation == Relation::kLessOrEqual
                                   : relation == Relation::kGreater || relation == Relation::kGreaterOrEqual);
  return Test(terms_.Comparison(fact, relation, zero),
              field != verify::kNoSource && is_bounded ? BitOf(field) : 0);
}

Conditions::MaybeWritten Conditions::WhenByFact(const Answers::ByFact& node, TermId answer,
                                                ZeroHighHalves zero) {
  using Relation = TermTexts::Relation;
  if (const auto compared = WhenCompared(node, answer, zero)) return *compared;
  if (const auto equal = WhenWideEqual(node, answer, zero)) return *equal;
  const bool is_equality = node.fact.relation == Fact::Relation::kEqual;
  return Branch(Comparison(node.fact, is_equality ? Relation::kEqual : Relation::kGreater, zero),
                Comparison(node.fact, is_equality ? Relation::kDifferent : Relation::kLessOrEqual, zero),
                When(node.yes, answer, zero), When(node.no, answer, zero));
}

// Two facts that are one comparison: equal, or else greater or less.
std::optional<Conditions::MaybeWritten> Conditions::WhenCompared(const Answers::ByFact& node, TermId answer,
                                                                 ZeroHighHalves zero) {
  using Relation = TermTexts::Relation;
  using Kind = Written::Kind;
  const auto* other = std::get_if<Answers::ByFact>(&answers_.nodes[node.no]);
  const bool is_comparison = other != nullptr && node.fact.relation == Fact::Relation::kEqual &&
                             other->fact == Fact{Fact::Relation::kGreater, node.fact.left, node.fact.right};
  if (!is_comparison) return std::nullopt;
  const MaybeWritten equal = When(node.yes, answer, zero);
  const MaybeWritten greater = When(other->yes, answer, zero);
  const MaybeWritten less = When(other->no, answer, zero);
  if (!equal || !greater || !less) return MaybeWritten();
  const auto is_same = [](const Written& left, const Written& right) {
    return left.kind == right.kind && left.text == right.text;
  };
  if (is_same(*equal, *greater))
    return Branch(Comparison(node.fact, Relation::kGreaterOrEqual, zero),
                  Comparison(node.fact, Relation::kLess, zero), greater, less);
  if (is_same(*equal, *less))
    return Branch(Comparison(node.fact, Relation::kGreater, zero),
                  Comparison(node.fact, Relation::kLessOrEqual, zero), greater, less);
  if (equal->kind != Kind::kNever || (greater->kind != Kind::kNever && less->kind != Kind::kNever))
    return std::nullopt;
  return greater->kind == Kind::kNever ? Both(Comparison(node.fact, Relation::kLess, zero), *less)
                                       : Both(Comparison(node.fact, Relation::kGreater, zero), *greater);
}

// Two facts that are one equality, of all 64 bits.
std::optional<Conditions::MaybeWritten> Conditions::WhenWideEqual(const Answers::ByFact& node, TermId answer,
                                                                  ZeroHighHalves zero) {
  const auto* other = std::get_if<Answers::ByFact>(&answers_.nodes[node.yes]);
  const bool are_equalities = other != nullptr && node.fact.relation == Fact::Relation::kEqual &&
                              other->fact.relation == Fact::Relation::kEqual && other->no == node.no;
  if (!are_equalities) return std::nullopt;
  const std::string text = terms_.WideEquality(node.fact, other->fact);
  if (text.empty()) return std::nullopt;
  std::string negated = text;
  negated.replace(negated.find(" == "), 4, " != ");
  return Branch(Test(text), Test(negated), When(other->yes, answer, zero), When(node.no, answer, zero));
}

// ---- All answers of a node.

const std::vector<TermId>& Conditions::AnswersBelow(Answers::Id node) {
  const auto known = below_.find(node);
  if (known != below_.end()) return known->second;
  std::set<TermId> answers;
  const auto add = [&](Answers::Id next) {
    const std::vector<TermId>& below = AnswersBelow(next);
    answers.insert(below.begin(), below.end());
  };
  if (const auto* leaf = std::get_if<Answers::Answer>(&answers_.nodes[node])) {
    answers.insert(leaf->term);
  } else if (const auto* by_field = std::get_if<Answers::ByField>(&answers_.nodes[node])) {
    for (const Answers::Case& one : by_field->cases) add(one.next);
  } else {
    add(std::get<Answers::ByFact>(answers_.nodes[node]).yes);
    add(std::get<Answers::ByFact>(answers_.nodes[node]).no);
  }
  std::vector<TermId> sorted(answers.begin(), answers.end());
  const auto key = [&](TermId answer) {
    return std::tuple(-WeaknessOfTerm(answer, answers_.terms), answers_.terms[answer].flip, answer);
  };
  std::sort(sorted.begin(), sorted.end(), [&](TermId left, TermId right) { return key(left) < key(right); });
  return below_[node] = std::move(sorted);
}

std::optional<std::vector<AnswerCase>> Conditions::CasesOf(Answers::Id node) {
  return CasesWith(node, 0);
}

std::optional<std::vector<AnswerCase>> Conditions::CasesWith(Answers::Id node, ZeroHighHalves zero) {
  const std::vector<TermId> answers = AnswersBelow(node);
  std::vector<AnswerCase> cases;
  std::size_t tests = 0;
  for (const TermId answer : answers) {
    cases.push_back({terms_.Answer(answer), ""});
    if (cases.size() == answers.size()) break;
    const MaybeWritten written = When(node, answer, zero);
    if (!written) return std::nullopt;
    tests += written->tests;
    cases.back().condition = written->text;
  }
  if (tests > kMostTests) return std::nullopt;
  return cases;
}

std::vector<OutlineLine> Conditions::OutlineOf(Answers::Id node, std::size_t most) {
  std::vector<OutlineLine> lines;
  Outline(node, 0, 0, most, lines);
  if (lines.size() > most) {
    lines.resize(most);
    lines.push_back({0, "and so on: this is too long to write"});
  }
  return lines;
}

// Stops when there are more lines than wanted.
void Conditions::Outline(Answers::Id node, ZeroHighHalves zero, int depth, std::size_t most,
                         std::vector<OutlineLine>& lines) {
  if (lines.size() > most) return;
  if (const auto cases = CasesWith(node, zero)) {
    lines.push_back({depth, CasesText(*cases)});
    return;
  }
  if (const auto* by_fact = std::get_if<Answers::ByFact>(&answers_.nodes[node])) {
    const bool is_equality = by_fact->fact.relation == Fact::Relation::kEqual;
    using Relation = TermTexts::Relation;
    OutlineBranch(terms_.Comparison(by_fact->fact, is_equality ? Relation::kEqual : Relation::kGreater, zero),
                  by_fact->yes, zero, depth, most, lines);
    OutlineBranch("otherwise", by_fact->no, zero, depth, most, lines);
    return;
  }
  const auto& by_field = std::get<Answers::ByField>(answers_.nodes[node]);
  std::vector<std::pair<std::string, const Answers::Case*>> parts;
  for (const Answers::Case& one : by_field.cases)
    parts.emplace_back(ValuesText(one.values, names_.Of(by_field.field)), &one);
  // What takes most to say is what remains.
  const auto longest = std::max_element(parts.begin(), parts.end(), [](const auto& left, const auto& right) {
    return left.first.size() < right.first.size();
  });
  for (auto part = parts.begin(); part != parts.end(); ++part)
    if (part != longest)
      OutlineBranch(part->first, part->second->next, With(zero, by_field, part->second->values), depth, most,
                    lines);
  OutlineBranch("otherwise", longest->second->next, With(zero, by_field, longest->second->values), depth,
                most, lines);
}

void Conditions::OutlineBranch(const std::string& test, Answers::Id next, ZeroHighHalves zero, int depth,
                               std::size_t most, std::vector<OutlineLine>& lines) {
  const auto cases = CasesWith(next, zero);
  lines.push_back({depth, test + (cases ? ": " + CasesText(*cases) : ":")});
  if (!cases) Outline(next, zero, depth + 1, most, lines);
}

}  // namespace precompiledseccomp::inspect
