// SPDX-License-Identifier: Apache-2.0

#include "verify/answers.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "bpf/acceptance.h"
#include "verify/budget.h"
#include "verify/comparisons.h"
#include "verify/diagrams.h"
#include "verify/filter_meaning.h"

namespace precompiledseccomp::verify {
namespace {

// Makes nodes of fields of a diagram in the usual order of levels, in which the bytes of a field are
// neighbours.
class FieldReader {
 public:
  FieldReader(const LevelOrder& order, const Diagrams& diagrams, Budget& budget)
      : order_(order), diagrams_(diagrams), budget_(budget), memory_(budget) {}

  Answers::Id Read(DiagramId diagram) {
    const auto known = ids_.find(diagram);
    if (known != ids_.end()) return known->second;
    Answers::Node node = NodeOf(diagram);
    nodes_.push_back(std::move(node));
    return ids_[diagram] = nodes_.size() - 1;
  }

  std::vector<Answers::Node>& nodes() { return nodes_; }

 private:
  Answers::Node NodeOf(DiagramId diagram) {
    if (diagrams_.IsLeaf(diagram)) return Answers::Answer{diagrams_.AnswerOf(diagram)};
    const Look& look = order_.At(diagrams_.LevelOf(diagram));
    if (const auto* field = std::get_if<Field>(&look)) return ByField(diagram, FieldOfWord(field->word));
    const Answers::Id yes = Read(diagrams_.RunsOf(diagram)[1].next());
    const Answers::Id no = Read(diagrams_.RunsOf(diagram)[0].next());
    return Answers::ByFact{std::get<Fact>(look), yes, no};
  }

  Answers::Node ByField(DiagramId diagram, Source field) {
    std::vector<DiagramId> exits;
    std::set<DiagramId> seen;
    FindExits(diagram, field, seen, exits);
    Answers::ByField node{field, {}};
    for (const DiagramId exit : exits) {
      const Answers::Id next = Read(exit);
      node.cases.push_back({ValuesTo(exit, diagram, field), next});
      for (std::size_t i = 0; i < seen.size(); ++i) budget_.Step();
    }
    return node;
  }

  // Whether a node looks at this field.
  [[nodiscard]] bool IsOf(DiagramId diagram, Source field) const {
    if (diagrams_.IsLeaf(diagram)) return false;
    const auto* its_field = std::get_if<Field>(&order_.At(diagrams_.LevelOf(diagram)));
    return its_field != nullptr && FieldOfWord(its_field->word) == field;
  }

  // Where the field's nodes lead to, in the order of the least values that lead there.
  void FindExits(DiagramId diagram, Source field, std::set<DiagramId>& seen,
                 std::vector<DiagramId>& exits) const {
    if (!seen.insert(diagram).second) return;
    budget_.Step();
    if (!IsOf(diagram, field)) {
      exits.push_back(diagram);
      return;
    }
    for (const ByteRun& run : diagrams_.RunsOf(diagram)) FindExits(run.next(), field, seen, exits);
  }

  ValueSet ValuesTo(DiagramId exit, DiagramId diagram, Source field) {
    ValueSet::Maker maker(BitsOfField(field));
    std::map<DiagramId, ValueSet::Node> known;
    return maker.Made(CopyOf(diagram, exit, field, maker, known));
  }

  ValueSet::Node CopyOf(DiagramId diagram, DiagramId exit, Source field, ValueSet::Maker& maker,
                        std::map<DiagramId, ValueSet::Node>& known) {
    if (!IsOf(diagram, field)) return diagram == exit ? ValueSet::kInside : ValueSet::kOutside;
    const auto found = known.find(diagram);
    if (found != known.end()) return found->second;
    const std::span<const ByteRun> its_runs = diagrams_.RunsOf(diagram);
    memory_.Take(its_runs.size() * sizeof(ValueSet::Run));
    std::vector<ValueSet::Run> runs;
    for (const ByteRun& run : its_runs)
      runs.push_back({run.first(), CopyOf(run.next(), exit, field, maker, known)});
    const Field& look = order_.FieldAt(diagrams_.LevelOf(diagram));
    const int byte = static_cast<int>(look.word - field) * kBytesOfAWord + look.Byte();
    return known[diagram] = maker.Look(byte, runs);
  }

  const LevelOrder& order_;
  const Diagrams& diagrams_;
  Budget& budget_;
  Memory memory_;  // of the sets of values
  std::vector<Answers::Node> nodes_;
  std::map<DiagramId, Answers::Id> ids_;
};

Answers Read(const bpf::FilterWithHoles& filter, bool big_endian, Budget& budget) {
  Answers answers;
  LevelOrder order;
  Diagrams diagrams(budget);
  Comparisons comparisons(answers.terms, order, diagrams);
  const DiagramId meaning =
      MeaningOfFilter(filter, big_endian, answers.terms, diagrams, comparisons, budget).answer;
  FieldReader reader(order, diagrams, budget);
  answers.root = reader.Read(meaning);
  answers.nodes = std::move(reader.nodes());
  return answers;
}

}  // namespace

std::variant<Answers, Undecided> AnswersOf(const bpf::FilterWithHoles& filter, bool big_endian,
                                           const Limits& limits) {
  for (const bpf::Hole& hole : filter.holes)
    if (hole.index >= filter.instructions.size())
      throw std::invalid_argument("the variable \"" + hole.variable +
                                  "\" stands outside of the instructions");
  if (const auto reason = bpf::ReasonForRefusal(filter.instructions))
    return Undecided{Undecided::Reason::kInstruction, "the kernel refuses the filter: " + *reason};
  Budget budget(limits);
  try {
    return Read(filter, big_endian, budget);
  } catch (const TooMuchWork& problem) {
    return Undecided{Undecided::Reason::kTooMuchWork, problem.what()};
  } catch (const NotFollowed& problem) {
    return Undecided{Undecided::Reason::kInstruction, problem.what()};
  }
}

}  // namespace precompiledseccomp::verify
