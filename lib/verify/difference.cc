// SPDX-License-Identifier: Apache-2.0

#include "verify/difference.h"

#include <algorithm>

namespace precompiledseccomp::verify {
namespace {

constexpr std::uint32_t kAllBits = UINT32_MAX;
constexpr int kTopBit = 31;
constexpr std::uint32_t kLastValueOfAByte = 0xff;

// Goes down both diagrams at once, where they are not the same node.
class Search {
 public:
  Search(const Terms& terms, const Diagrams& diagrams, const Comparisons& comparisons, Budget& budget)
      : terms_(terms), diagrams_(diagrams), comparisons_(comparisons), budget_(budget) {}

  // Some call that differs, with the bits that are known.
  std::optional<Witness> Find(NodeId left, NodeId right, const std::vector<KnownBits>& bits) {
    constraints_ = Constraints();
    constraints_.bits = bits;
    return Below(left, right);
  }

 private:
  std::optional<Witness> Below(NodeId left, NodeId right) {
    budget_.Step();
    if (left == right) return std::nullopt;
    if (diagrams_.IsLeaf(left) && diagrams_.IsLeaf(right)) return AtLeaves(left, right);
    const Level level = std::min(diagrams_.LevelOf(left), diagrams_.LevelOf(right));
    return level < kByteLevels ? ByByte(left, right, level) : ByFact(left, right, level);
  }

  // Where a node leads for a value, and the last value that leads there too.
  struct Way {
    NodeId next;
    std::uint32_t last;
  };
  [[nodiscard]] Way WayOf(NodeId node, Level level, std::uint32_t value) const {
    if (diagrams_.LevelOf(node) != level) return {node, kLastValueOfAByte};
    const std::span<const Run> runs = diagrams_.RunsOf(node);
    std::size_t place = runs.size() - 1;
    while (runs[place].first > value) --place;
    return {runs[place].next, place + 1 < runs.size() ? runs[place + 1].first - 1 : kLastValueOfAByte};
  }

  std::optional<Witness> ByByte(NodeId left, NodeId right, Level level) {
    const Source word = level / kBytesOfAWord;
    const KnownBits known = ByteOf(constraints_.bits[word], static_cast<int>(level % kBytesOfAWord));
    std::uint32_t value = 0;
    while (value <= kLastValueOfAByte) {
      const Way left_way = WayOf(left, level, value);
      const Way right_way = WayOf(right, level, value);
      const ByteRange range{value, std::min(left_way.last, right_way.last)};
      value = range.most + 1;
      if (left_way.next == right_way.next || !LeastByte(range, known.known, known.value)) continue;
      constraints_.bytes[level] = range;
      if (auto witness = Below(left_way.next, right_way.next)) return witness;
    }
    constraints_.bytes[level] = ByteRange();
    return std::nullopt;
  }

  std::optional<Witness> ByFact(NodeId left, NodeId right, Level level) {
    const Fact& fact = comparisons_.facts()[level - kByteLevels];
    for (const bool holds : {false, true}) {
      const std::uint32_t value = holds ? 1 : 0;
      constraints_.facts.push_back({fact, holds});
      std::optional<Witness> witness;
      if (Solve(constraints_, terms_, budget_))
        witness = Below(WayOf(left, level, value).next, WayOf(right, level, value).next);
      if (witness) return witness;
      constraints_.facts.pop_back();
    }
    return std::nullopt;
  }

  // Answers that are not constants may be equal for some values.
  std::optional<Witness> AtLeaves(NodeId left, NodeId right) {
    const TermId left_answer = diagrams_.AnswerOf(left);
    const TermId right_answer = diagrams_.AnswerOf(right);
    const bool are_constants = terms_[left_answer].IsConstant() && terms_[right_answer].IsConstant();
    if (are_constants) return Solve(constraints_, terms_, budget_);
    constraints_.facts.push_back({{Fact::Relation::kEqual, left_answer, right_answer}, false});
    auto witness = Solve(constraints_, terms_, budget_);
    constraints_.facts.pop_back();
    return witness;
  }

  const Terms& terms_;
  const Diagrams& diagrams_;
  const Comparisons& comparisons_;
  Budget& budget_;
  Constraints constraints_;
};

}  // namespace

// Settles bit after bit, from the first word's most significant one: zero if some call with it differs.
std::optional<Witness> SmallestDifference(NodeId left, NodeId right, std::uint32_t own_architecture,
                                          const Terms& terms, const Diagrams& diagrams,
                                          const Comparisons& comparisons, Budget& budget) {
  Search search(terms, diagrams, comparisons, budget);
  std::vector<KnownBits> bits(kWords + terms.variables().size());
  bits[kArchitecture] = {kAllBits, own_architecture};
  std::optional<Witness> witness = search.Find(left, right, bits);
  if (!witness) {
    bits[kArchitecture] = {};
    witness = search.Find(left, right, bits);
  }
  if (!witness) return std::nullopt;
  for (Source source = 0; source < bits.size(); ++source)
    for (int bit = kTopBit; bit >= 0; --bit) {
      const std::uint32_t mask = std::uint32_t{1} << bit;
      if ((bits[source].known & mask) != 0) continue;
      bits[source].known |= mask;
      if (((*witness)[source] & mask) == 0) continue;
      if (auto smaller = search.Find(left, right, bits))
        witness = std::move(smaller);
      else
        bits[source].value |= mask;
    }
  return witness;
}

}  // namespace precompiledseccomp::verify
