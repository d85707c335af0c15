// SPDX-License-Identifier: Apache-2.0

#include "verify/fact_solver.h"

#include <algorithm>
#include <set>
#include <utility>

#include "verify/widths.h"

namespace precompiledseccomp::verify {
namespace {

// How the two sides of a fact compare, as far as their bits are chosen.
enum class Order : std::uint8_t { kEqual, kLess, kGreater };

// All that the bits chosen so far leave to count.
struct Progress {
  std::vector<bool> decided;         // of each fact: the sides differ, and it is as wanted
  std::vector<std::uint64_t> bytes;  // of each source that is a word, as in ByteSet::Choose
  friend auto operator<=>(const Progress&, const Progress&) = default;  // NOLINT: clang-tidy 14 errs
};

// What it takes to remember some Progress: a node of the set, and what its vectors hold.
std::size_t BytesOf(const Progress& progress) {
  constexpr std::size_t kBitsOfABlock = 64;
  constexpr std::size_t kAround = 2 * sizeof(std::uint64_t);  // the allocator's own, and rounding
  const std::size_t blocks = (progress.decided.size() + kBitsOfABlock - 1) / kBitsOfABlock;
  return BytesInTree<std::pair<int, Progress>>() + 2 * kAround +
         sizeof(std::uint64_t) * (blocks + progress.bytes.size());
}

// Sources that facts connect, and these facts. Groups do not touch each other.
struct Group {
  std::vector<Source> sources;
  std::vector<WantedFact> facts;
};

std::vector<Source> SourcesOf(const Fact& fact, const Terms& terms) {
  std::set<Source> sources;
  for (const TermId side : {fact.left, fact.right})
    terms.VisitSources(side, [&](Source source) { sources.insert(source); });
  return {sources.begin(), sources.end()};
}

std::vector<Group> GroupsOf(const std::vector<WantedFact>& facts, const Terms& terms) {
  std::vector<Group> groups;
  for (const WantedFact& wanted : facts) {
    Group joined{SourcesOf(wanted.fact, terms), {wanted}};
    const auto touches = [&](const Group& group) {
      return std::find_first_of(group.sources.begin(), group.sources.end(), joined.sources.begin(),
                                joined.sources.end()) != group.sources.end();
    };
    std::vector<Group> others;
    for (Group& group : groups) {
      if (!touches(group)) {
        others.push_back(std::move(group));
        continue;
      }
      std::set<Source> sources(group.sources.begin(), group.sources.end());
      sources.insert(joined.sources.begin(), joined.sources.end());
      joined.sources.assign(sources.begin(), sources.end());
      joined.facts.insert(joined.facts.end(), group.facts.begin(), group.facts.end());
    }
    others.push_back(std::move(joined));
    groups = std::move(others);
  }
  return groups;
}

// Chooses the bits of one group's sources.
class GroupSolver {
 public:
  GroupSolver(const Group& group, const Constraints& constraints, const Terms& terms, Budget& budget)
      : group_(group),
        constraints_(constraints),
        terms_(terms),
        budget_(budget),
        memory_(budget),
        values_(group.sources.size()) {
    for (const WantedFact& wanted : group.facts) {
      const std::vector<Source> sources = SourcesOf(wanted.fact, terms);
      last_sources_.push_back(sources.empty() ? 0 : IndexOf(sources.back()));
      const Terms::PossibleBits left = terms.PossibleBitsOf(wanted.fact.left);
      const Terms::PossibleBits right = terms.PossibleBitsOf(wanted.fact.right);
      may_differ_.push_back((left.zero & right.one) | (left.one & right.zero));
    }
  }

  // The values of the group's sources.
  std::optional<std::vector<std::uint32_t>> Solve() {
    Progress start;
    start.decided.assign(group_.facts.size(), false);
    start.bytes.assign(group_.sources.size(), 0);
    if (!ChooseBits(kTopBit, start)) return std::nullopt;
    return values_;
  }

 private:
  [[nodiscard]] std::size_t IndexOf(Source source) const {
    return static_cast<std::size_t>(std::lower_bound(group_.sources.begin(), group_.sources.end(), source) -
                                    group_.sources.begin());
  }

  // Bit `bit` of all sources and those below it.
  bool ChooseBits(int bit, Progress progress) {
    if (bit < 0) return true;
    if (bit % kBitsOfAByte == kBitsOfAByte - 1) std::fill(progress.bytes.begin(), progress.bytes.end(), 0);
    if (impossible_.count({bit, progress}) != 0) return false;
    const bool found = ChooseBitOfSource(bit, 0, progress);
    if (!found) {
      memory_.Take(BytesOf(progress));
      impossible_.insert({bit, progress});
    }
    return found;
  }

  bool ChooseBitOfSource(int bit, std::size_t index, const Progress& progress) {
    if (index == group_.sources.size()) return ChooseBits(bit - 1, progress);
    for (const bool is_set : {false, true}) {
      budget_.Step();
      if (!IsKnownPossible(index, bit, is_set)) continue;
      Progress next = progress;
      if (!StayInByte(index, bit, is_set, next)) continue;
      const std::uint32_t mask = std::uint32_t{1} << bit;
      values_[index] = is_set ? values_[index] | mask : values_[index] & ~mask;
      if (CompareSides(bit, index, next) && ChooseBitOfSource(bit, index + 1, next)) return true;
    }
    return false;
  }

  [[nodiscard]] bool IsKnownPossible(std::size_t index, int bit, bool is_set) const {
    const KnownBits& bits = constraints_.bits[group_.sources[index]];
    return (bits.known >> bit & 1) == 0 || (bits.value >> bit & 1) == (is_set ? 1U : 0U);
  }

  [[nodiscard]] bool StayInByte(std::size_t index, int bit, bool is_set, Progress& progress) const {
    const Source source = group_.sources[index];
    if (!IsWord(source)) return true;
    const int byte = kBytesOfAWord - 1 - bit / kBitsOfAByte;
    const int chosen = kBitsOfAByte - 1 - bit % kBitsOfAByte;
    const ByteSet& values = constraints_.bytes[IndexOfByte(source, byte)];
    const auto left = values.Choose(progress.bytes[index], chosen, is_set);
    if (left) progress.bytes[index] = *left;
    return left.has_value();
  }

  // Compares bit `bit` of the facts whose last source is the one at `index`; false if one of them can no
  // longer be as wanted.
  bool CompareSides(int bit, std::size_t index, Progress& progress) const {
    const auto bit_of = [&](Source source) { return (values_[IndexOf(source)] >> bit & 1) != 0; };
    const std::uint32_t bits_to_come = (std::uint32_t{1} << bit) - 1;
    for (std::size_t i = 0; i < group_.facts.size(); ++i) {
      if (last_sources_[i] != index || progress.decided[i]) continue;
      const auto& [fact, holds] = group_.facts[i];
      const bool left = terms_.BitOf(fact.left, bit, bit_of);
      const bool right = terms_.BitOf(fact.right, bit, bit_of);
      progress.decided[i] = left != right;
      if (left == right && (may_differ_[i] & bits_to_come) != 0) continue;
      const Order order = left == right ? Order::kEqual : left ? Order::kGreater : Order::kLess;
      if (Holds(fact, order) != holds) return false;
    }
    return true;
  }

  static bool Holds(const Fact& fact, Order order) {
    return fact.relation == Fact::Relation::kEqual ? order == Order::kEqual : order == Order::kGreater;
  }

  const Group& group_;
  const Constraints& constraints_;
  const Terms& terms_;
  Budget& budget_;
  Memory memory_;
  std::vector<std::size_t> last_sources_;  // of each fact, the index of the last source it depends on
  std::vector<std::uint32_t> may_differ_;  // of each fact, the bits at which its sides can differ
  std::vector<std::uint32_t> values_;
  std::set<std::pair<int, Progress>> impossible_;
};

}  // namespace

KnownBits ByteOf(const KnownBits& bits, int byte) {
  const int shift = kBitsOfAByte * (kBytesOfAWord - 1 - byte);
  return {bits.known >> shift & 0xff, bits.value >> shift & 0xff};
}

std::optional<Witness> Solve(const Constraints& constraints, const Terms& terms, Budget& budget) {
  Witness witness(constraints.bits.size());
  for (Source source = 0; source < witness.size(); ++source) {
    const KnownBits& bits = constraints.bits[source];
    witness[source] = bits.value & bits.known;
    if (!IsWord(source)) continue;
    witness[source] = 0;
    for (int byte = 0; byte < kBytesOfAWord; ++byte) {
      const KnownBits of_byte = ByteOf(bits, byte);
      const auto least = constraints.bytes[IndexOfByte(source, byte)].Least(of_byte.known, of_byte.value);
      if (!least) return std::nullopt;
      witness[source] = witness[source] << kBitsOfAByte | *least;
    }
  }
  for (const Group& group : GroupsOf(constraints.facts, terms)) {
    const auto values = GroupSolver(group, constraints, terms, budget).Solve();
    if (!values) return std::nullopt;
    for (std::size_t i = 0; i < group.sources.size(); ++i) witness[group.sources[i]] = (*values)[i];
  }
  return witness;
}

}  // namespace precompiledseccomp::verify
