// SPDX-License-Identifier: Apache-2.0
//
// For which calls of one number a filter answers what, as text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <precompiledseccomp/target.h>

#include "inspect/term_text.h"
#include "inspect/value_text.h"
#include "verify/answers.h"

namespace precompiledseccomp::inspect {

// An answer, and when it is given: if none before it is and the condition holds, which is empty of the last.
struct AnswerCase {
  std::string answer;
  std::string condition;
};

// What has no short condition: "cmd == TCGETS: allow", and lines of greater depth below "cmd == 3:".
struct OutlineLine {
  int depth = 0;
  std::string text;
};

class Conditions {
 public:
  // Of the call with this name on the target; "" where there is none. All must outlive this.
  Conditions(const verify::Answers& answers, const FieldNames& names)
      : answers_(answers), names_(names), terms_(answers.terms, names) {}

  // The answers below a node, weakest first. Nothing if their conditions are long: then there is the outline.
  std::optional<std::vector<AnswerCase>> CasesOf(verify::Answers::Id node);
  std::string WeakestOf(verify::Answers::Id node) { return terms_.Answer(AnswersBelow(node).front()); }
  // At most so many lines. The last line says it if there would be more.
  std::vector<OutlineLine> OutlineOf(verify::Answers::Id node, std::size_t most);

 private:
  // A condition, and how it may be put together with others.
  struct Written {
    enum class Kind : std::uint8_t { kNever, kAlways, kTest, kAll, kAny };
    Kind kind = Kind::kNever;
    std::string text;
    std::size_t tests = 0;
    // The fields that are known to have no more than 32 bits where it holds.
    ZeroHighHalves narrow = 0;
  };
  using MaybeWritten = std::optional<Written>;  // nothing: too long

  static Written Test(std::string text, ZeroHighHalves narrow = 0);
  static MaybeWritten Both(const Written& left, const Written& right);
  static MaybeWritten Either(const Written& left, const Written& right);

  MaybeWritten When(verify::Answers::Id node, verify::TermId answer, ZeroHighHalves zero);
  MaybeWritten WhenByField(const verify::Answers::ByField& node, verify::TermId answer, ZeroHighHalves zero);
  MaybeWritten WhenByFact(const verify::Answers::ByFact& node, verify::TermId answer, ZeroHighHalves zero);
  std::optional<MaybeWritten> WhenCompared(const verify::Answers::ByFact& node, verify::TermId answer,
                                           ZeroHighHalves zero);
  std::optional<MaybeWritten> WhenWideEqual(const verify::Answers::ByFact& node, verify::TermId answer,
                                            ZeroHighHalves zero);
  MaybeWritten Branch(const Written& test, const Written& negated, const MaybeWritten& yes,
                      const MaybeWritten& no);
  Written Comparison(const verify::Fact& fact, TermTexts::Relation relation, ZeroHighHalves zero);

  const std::vector<verify::TermId>& AnswersBelow(verify::Answers::Id node);
  std::optional<std::vector<AnswerCase>> CasesWith(verify::Answers::Id node, ZeroHighHalves zero);
  void Outline(verify::Answers::Id node, ZeroHighHalves zero, int depth, std::size_t most,
               std::vector<OutlineLine>& lines);
  void OutlineBranch(const std::string& test, verify::Answers::Id next, ZeroHighHalves zero, int depth,
                     std::size_t most, std::vector<OutlineLine>& lines);

  const verify::Answers& answers_;
  const FieldNames& names_;
  TermTexts terms_;
  std::map<std::tuple<verify::Answers::Id, verify::TermId, ZeroHighHalves>, MaybeWritten> known_;
  std::map<verify::Answers::Id, std::vector<verify::TermId>> below_;
};

// "allow", "allow if fd == 3, otherwise errno 1 (EPERM)", "allow if A; log if B; otherwise kill_process"
std::string CasesText(const std::vector<AnswerCase>& cases);

// How weak an answer is, as verify::WeaknessOf(); -1 for what is computed in ways that do not tell.
int WeaknessOfTerm(verify::TermId answer, const verify::Terms& terms);

}  // namespace precompiledseccomp::inspect
