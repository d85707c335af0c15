// SPDX-License-Identifier: Apache-2.0
//
// The calls for which the functions differ are a set, and so a diagram: any path through it to yes is a
// difference, unless the facts on it contradict each other, or the bytes. Then the least part of it that does
// is taken out of the set, which takes with it all other paths that contradict themselves alike; and so on,
// until a path can be followed, or none is left.

#include "verify/smallest_difference.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "verify/widths.h"

namespace precompiledseccomp::verify {
namespace {

// Where a node leads for a value, and the last value that leads there too.
struct Edge {
  DiagramId next;
  std::uint32_t last;
};

Edge EdgeAt(DiagramId node, Level level, std::uint32_t value, const Diagrams& diagrams) {
  if (diagrams.LevelOf(node) != level) return {node, ByteSet::kMost};
  const std::span<const ByteRun> runs = diagrams.RunsOf(node);
  std::size_t place = runs.size() - 1;
  while (runs[place].first() > value) --place;
  return {runs[place].next(), place + 1 < runs.size() ? runs[place + 1].first() - 1 : ByteSet::kMost};
}

// The set of calls for which two functions differ.
class Comparer {
 public:
  Comparer(const Terms& terms, Diagrams& diagrams, Comparisons& comparisons, Budget& budget)
      : terms_(terms), diagrams_(diagrams), comparisons_(comparisons), budget_(budget), memory_(budget) {}

  DiagramId Differ(DiagramId left, DiagramId right) {
    if (left == right) return Diagrams::kNo;
    if (diagrams_.IsLeaf(left) && diagrams_.IsLeaf(right)) return AnswersDiffer(left, right);
    const auto [known, is_new] = known_.emplace(std::pair(left, right), Diagrams::kNo);
    if (!is_new) return known->second;
    memory_.Take(BytesInTree<decltype(known_)::value_type>());
    budget_.Step();
    const Level level = std::min(diagrams_.LevelOf(left), diagrams_.LevelOf(right));
    std::vector<ByteRun> runs;
    for (std::uint32_t value = 0; value <= ByteSet::kMost;) {
      const Edge left_edge = EdgeAt(left, level, value, diagrams_);
      const Edge right_edge = EdgeAt(right, level, value, diagrams_);
      runs.emplace_back(value, Differ(left_edge.next, right_edge.next));
      value = std::min(left_edge.last, right_edge.last) + 1;
    }
    return known->second = diagrams_.Branch(level, runs);
  }

 private:
  // Answers that are not constants may be equal for some values. Their equality is a fact behind all others,
  // as those that words decide stand above already.
  DiagramId AnswersDiffer(DiagramId left, DiagramId right) {
    const TermId left_answer = diagrams_.AnswerOf(left);
    const TermId right_answer = diagrams_.AnswerOf(right);
    if (terms_[left_answer].IsConstant() && terms_[right_answer].IsConstant()) return Diagrams::kYes;
    return diagrams_.Not(comparisons_.EqualAsFact(left_answer, right_answer));
  }

  const Terms& terms_;
  Diagrams& diagrams_;
  Comparisons& comparisons_;
  Budget& budget_;
  Memory memory_;
  std::map<std::pair<DiagramId, DiagramId>, DiagramId> known_;
};

// Finds members of a set that can be.
class Search {
 public:
  Search(DiagramId set, const Terms& terms, const LevelOrder& order, Diagrams& diagrams,
         Comparisons& comparisons, Budget& budget)
      : set_(set),
        terms_(terms),
        order_(order),
        diagrams_(diagrams),
        comparisons_(comparisons),
        budget_(budget),
        memory_(budget) {}

  // Some member with the bits that are known.
  std::optional<Witness> Find(const std::vector<KnownBits>& bits) {
    DiagramId set = set_;
    while (true) {
      constraints_ = Constraints();
      constraints_.bits = bits;
      memory_.GiveBack(blocked_.size() * BytesInTree<DiagramId>());
      blocked_.clear();
      if (!GoDown(set)) return std::nullopt;
      if (auto witness = Solve(constraints_, terms_, budget_)) return witness;
      const DiagramId possible = diagrams_.Not(TakeContradiction());
      set = diagrams_.And(set, possible);
      if (!depends_on_known_bits_) set_ = diagrams_.And(set_, possible);
    }
  }

 private:
  // The first path to yes that the known bits leave open becomes the constraints. Whether there is one below
  // a node does not depend on the path to it.
  bool GoDown(DiagramId node) {
    if (node == Diagrams::kYes) return true;
    if (node == Diagrams::kNo || blocked_.count(node) != 0) return false;
    budget_.Step();
    const Level level = diagrams_.LevelOf(node);
    const Look& look = order_.At(level);
    const auto* field = std::get_if<Field>(&look);
    if (field != nullptr ? ByField(node, level, *field) : ByFact(node, level, std::get<Fact>(look)))
      return true;
    memory_.Take(BytesInTree<DiagramId>());
    blocked_.insert(node);
    return false;
  }

  bool ByField(DiagramId node, Level level, const Field& field) {
    ByteSet& byte = constraints_.bytes[IndexOfByte(field.word, field.Byte())];
    const ByteSet before = byte;  // what other fields of the byte leave
    const KnownBits known = ByteOf(constraints_.bits[field.word], field.Byte());
    for (const auto& [next, values] : ValuesByNext(node, level, field)) {
      byte = before.And(values.At(field.ShiftInByte(), field.width));
      if (byte.Least(known.known, known.value) && GoDown(next)) return true;
    }
    byte = before;
    return false;
  }

  // Each node that a branch leads to, with all values that lead there; in the order of the least ones.
  [[nodiscard]] std::vector<std::pair<DiagramId, ByteSet>> ValuesByNext(DiagramId node, Level level,
                                                                        const Field& field) const {
    std::vector<std::pair<DiagramId, ByteSet>> values_by_next;
    for (std::uint32_t value = 0; value <= field.Most();) {
      const Edge edge = EdgeAt(node, level, value, diagrams_);
      auto entry = std::find_if(values_by_next.begin(), values_by_next.end(),
                                [&](const auto& other) { return other.first == edge.next; });
      if (entry == values_by_next.end()) entry = values_by_next.insert(entry, {edge.next, ByteSet()});
      for (; value <= std::min(edge.last, field.Most()); ++value) entry->second.Add(value);
    }
    return values_by_next;
  }

  bool ByFact(DiagramId node, Level level, const Fact& fact) {
    for (const bool holds : {false, true}) {
      constraints_.facts.push_back({fact, holds});
      if (GoDown(EdgeAt(node, level, holds ? 1 : 0, diagrams_).next)) return true;
      constraints_.facts.pop_back();
    }
    return false;
  }

  // What of the constraints, which contradict each other, is enough for that: as a set. Without the known
  // bits if they are not needed.
  DiagramId TakeContradiction() {
    const std::vector<KnownBits> bits = constraints_.bits;
    constraints_.bits.assign(bits.size(), KnownBits());
    depends_on_known_bits_ = Solve(constraints_, terms_, budget_).has_value();
    if (depends_on_known_bits_) constraints_.bits = bits;
    for (std::size_t i = constraints_.facts.size(); i-- > 0;) {
      const WantedFact dropped = constraints_.facts[i];
      constraints_.facts.erase(constraints_.facts.begin() + static_cast<std::ptrdiff_t>(i));
      if (Solve(constraints_, terms_, budget_))
        constraints_.facts.insert(constraints_.facts.begin() + static_cast<std::ptrdiff_t>(i), dropped);
    }
    for (Source word = 0; word < kWords; ++word)
      if (!FreeFields(order_.LevelsOf(word)))
        for (const Level& level : order_.LevelsOf(word)) FreeFields({&level, 1});
    return SetOfConstraints();
  }

  // Whether the contradiction remains if the fields at these levels may be anything. If so, they may.
  bool FreeFields(std::span<const Level> levels) {
    const std::array<ByteSet, kBytes> before = constraints_.bytes;
    for (const Level level : levels) {
      const Field& field = order_.FieldAt(level);
      ByteSet& byte = constraints_.bytes[IndexOfByte(field.word, field.Byte())];
      byte = byte.WithAnyAt(field.ShiftInByte(), field.width);
    }
    const bool remains = !Solve(constraints_, terms_, budget_);
    if (!remains) constraints_.bytes = before;
    return remains;
  }

  DiagramId SetOfConstraints() {
    DiagramId set = Diagrams::kYes;
    for (const auto& [fact, holds] : constraints_.facts) {
      const DiagramId fact_holds = comparisons_.SetOf(fact);
      set = diagrams_.And(set, holds ? fact_holds : diagrams_.Not(fact_holds));
    }
    for (Source word = 0; word < kWords; ++word)
      for (const Level level : order_.LevelsOf(word)) set = diagrams_.And(set, SetOfField(level));
    return set;
  }

  DiagramId SetOfField(Level level) {
    const Field& field = order_.FieldAt(level);
    const ByteSet values =
        constraints_.bytes[IndexOfByte(field.word, field.Byte())].ValuesAt(field.ShiftInByte(), field.width);
    std::vector<ByteRun> runs;
    for (std::uint32_t value = 0; value <= field.Most(); ++value)
      runs.emplace_back(value, values.Has(value) ? Diagrams::kYes : Diagrams::kNo);
    return diagrams_.Branch(level, runs);
  }

  DiagramId set_;
  const Terms& terms_;
  const LevelOrder& order_;
  Diagrams& diagrams_;
  Comparisons& comparisons_;
  Budget& budget_;
  Memory memory_;
  Constraints constraints_;
  std::set<DiagramId> blocked_;
  bool depends_on_known_bits_ = false;
};

// Words as they are numbered, then variables by their names.
std::vector<Source> SourcesInOrder(const Terms& terms) {
  std::vector<Source> sources(kWords + terms.variables().size());
  std::iota(sources.begin(), sources.end(), Source{0});
  std::sort(sources.begin() + kWords, sources.end(), [&](Source left, Source right) {
    return terms.variables()[left - kFirstVariable] < terms.variables()[right - kFirstVariable];
  });
  return sources;
}

// Settles bit after bit, from the first word's most significant one: zero if some member of the set has it
// so.
void MakeSmallest(Search& search, const std::vector<Source>& sources, std::vector<KnownBits>& bits,
                  Witness& witness) {
  for (const Source source : sources)
    for (int bit = kTopBit; bit >= 0; --bit) {
      const std::uint32_t mask = std::uint32_t{1} << bit;
      if ((bits[source].known & mask) != 0) continue;
      bits[source].known |= mask;
      if ((witness[source] & mask) == 0) continue;
      if (auto smaller = search.Find(bits))
        witness = std::move(*smaller);
      else
        bits[source].value |= mask;
    }
}

}  // namespace

std::optional<Difference> SmallestDifference(DiagramId left, DiagramId right, std::uint32_t own_architecture,
                                             const Terms& terms, const LevelOrder& order, Diagrams& diagrams,
                                             Comparisons& comparisons, Budget& budget) {
  const DiagramId set = Comparer(terms, diagrams, comparisons, budget).Differ(left, right);
  Search search(set, terms, order, diagrams, comparisons, budget);
  std::vector<KnownBits> bits(kWords + terms.variables().size());
  bits[kArchitecture] = {kAllBits, own_architecture};
  std::optional<Witness> witness = search.Find(bits);
  if (!witness) {
    bits[kArchitecture] = {};
    witness = search.Find(bits);
  }
  if (!witness) return std::nullopt;
  try {
    MakeSmallest(search, SourcesInOrder(terms), bits, *witness);
  } catch (const TooMuchWork&) {
    return Difference{std::move(*witness), false};
  }
  return Difference{std::move(*witness), true};
}

}  // namespace precompiledseccomp::verify
