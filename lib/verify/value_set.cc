// SPDX-License-Identifier: Apache-2.0

#include "verify/value_set.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <set>
#include <stdexcept>

#include "verify/widths.h"

namespace precompiledseccomp::verify {
namespace {

constexpr std::uint32_t kMostOfAByte = kValuesOfAByte - 1;

using Node = ValueSet::Node;
using Run = ValueSet::Run;

// How far a byte is from the lowest bit.
int ShiftOf(int byte, int bits) {
  return bits - kBitsOfAByte * (byte + 1);
}

std::uint32_t ByteAt(std::uint64_t value, int byte, int bits) {
  return static_cast<std::uint32_t>(value >> ShiftOf(byte, bits)) & kMostOfAByte;
}

Node NextOf(const std::vector<Run>& runs, std::uint32_t value) {
  std::size_t place = runs.size() - 1;
  while (runs[place].first > value) --place;
  return runs[place].next;
}

std::uint32_t LastOf(const std::vector<Run>& runs, std::size_t place) {
  return place + 1 < runs.size() ? runs[place + 1].first - 1 : kMostOfAByte;
}

// Two sets, byte by byte.
class Combination {
 public:
  using Operation = std::function<bool(bool, bool)>;

  Combination(const ValueSet& left, const ValueSet& right, Operation operation)
      : left_(left), right_(right), operation_(std::move(operation)), maker_(left.bits()) {
    if (left.bits() != right.bits()) throw std::logic_error("sets of numbers of different widths");
  }

  ValueSet Make() { return maker_.Made(Combine(left_.root(), right_.root())); }

 private:
  static constexpr int kNoByte = std::numeric_limits<int>::max();

  static bool IsLeaf(Node node) { return node == ValueSet::kOutside || node == ValueSet::kInside; }
  static int ByteOf(const ValueSet& set, Node node) { return IsLeaf(node) ? kNoByte : set.ByteOf(node); }

  Node Combine(Node left, Node right) {
    if (IsLeaf(left) && IsLeaf(right))
      return operation_(left == ValueSet::kInside, right == ValueSet::kInside) ? ValueSet::kInside
                                                                               : ValueSet::kOutside;
    const auto known = known_.find({left, right});
    if (known != known_.end()) return known->second;
    const int byte = std::min(ByteOf(left_, left), ByteOf(right_, right));
    const bool left_looks = ByteOf(left_, left) == byte;
    const bool right_looks = ByteOf(right_, right) == byte;
    std::set<std::uint32_t> firsts;
    if (left_looks)
      for (const Run& run : left_.RunsOf(left)) firsts.insert(run.first);
    if (right_looks)
      for (const Run& run : right_.RunsOf(right)) firsts.insert(run.first);
    std::vector<Run> runs;
    runs.reserve(firsts.size());
    for (const std::uint32_t first : firsts)
      runs.push_back({first, Combine(left_looks ? NextOf(left_.RunsOf(left), first) : left,
                                     right_looks ? NextOf(right_.RunsOf(right), first) : right)});
    return known_[{left, right}] = maker_.Look(byte, runs);
  }

  const ValueSet& left_;
  const ValueSet& right_;
  Operation operation_;
  ValueSet::Maker maker_;
  std::map<std::pair<Node, Node>, Node> known_;
};

// Walks through the members in ascending order, run by run.
class RangeCollector {
 public:
  RangeCollector(const ValueSet& set, std::size_t most) : set_(set), most_(most) {}

  // Nothing if there are too many.
  std::optional<std::vector<ValueRange>> Collect() {
    if (!Add(set_.root(), 0, 0)) return std::nullopt;
    return ranges_;
  }

 private:
  // What begins with the `byte` bytes of `begin`. Whether there are not too many.
  bool Add(Node node, int byte, std::uint64_t begin) {
    if (node == ValueSet::kOutside) return true;
    if (node == ValueSet::kInside) return Append({begin, begin | AllOnesFrom(byte)});
    if (set_.ByteOf(node) > byte) {
      for (std::uint32_t value = 0; value < kValuesOfAByte; ++value)
        if (!Add(node, byte + 1, begin | Shifted(value, byte))) return false;
      return true;
    }
    const std::vector<Run>& runs = set_.RunsOf(node);
    for (std::size_t place = 0; place < runs.size(); ++place)
      if (!AddRun(runs[place].next, byte, begin | Shifted(runs[place].first, byte),
                  begin | Shifted(LastOf(runs, place), byte)))
        return false;
    return true;
  }

  // The same for all values of a byte from that in `first` to that in `last`.
  bool AddRun(Node next, int byte, std::uint64_t first, std::uint64_t last) {
    if (next == ValueSet::kOutside) return true;
    if (next == ValueSet::kInside) return Append({first, last | AllOnesFrom(byte + 1)});
    for (std::uint64_t begin = first;; begin += Shifted(1, byte)) {
      if (!Add(next, byte + 1, begin)) return false;
      if (begin == last) return true;
    }
  }

  // In all bytes from this one on.
  [[nodiscard]] std::uint64_t AllOnesFrom(int byte) const {
    const int rest = set_.bits() - kBitsOfAByte * byte;
    return rest == 64 ? UINT64_MAX : (std::uint64_t{1} << rest) - 1;
  }
  [[nodiscard]] std::uint64_t Shifted(std::uint32_t value, int byte) const {
    return std::uint64_t{value} << ShiftOf(byte, set_.bits());
  }

  bool Append(const ValueRange& range) {
    if (!ranges_.empty() && ranges_.back().last + 1 == range.first) {
      ranges_.back().last = range.last;
      return true;
    }
    ranges_.push_back(range);
    return ranges_.size() <= most_;
  }

  const ValueSet& set_;
  std::size_t most_;
  std::vector<ValueRange> ranges_;
};

}  // namespace

Node ValueSet::Maker::Look(int byte, const std::vector<Run>& runs) {
  std::vector<Run> merged;
  for (const Run& run : runs)
    if (merged.empty() || merged.back().next != run.next) merged.push_back(run);
  if (merged.size() == 1) return merged.front().next;
  const auto [entry, is_new] =
      nodes_.emplace(Branch(byte, std::move(merged)), static_cast<Node>(branches_.size() + kFirstBranch));
  if (is_new) branches_.push_back(entry->first);
  return entry->second;
}

ValueSet ValueSet::Maker::Made(Node root) const {
  ValueSet set(bits_, root);
  // Numbered in the order in which they are met from the root, so that equal sets are equal values.
  std::map<Node, Node> places;
  std::vector<Node> met;
  const std::function<Node(Node)> place_of = [&](Node node) -> Node {
    if (set.IsLeaf(node)) return node;
    const auto [entry, is_new] = places.emplace(node, static_cast<Node>(met.size() + kFirstBranch));
    if (is_new) met.push_back(node);
    return entry->second;
  };
  set.root_ = place_of(root);
  for (std::size_t i = 0; i < met.size(); ++i) {
    Branch branch = branches_[met[i] - kFirstBranch];
    for (Run& run : branch.second) run.next = place_of(run.next);
    set.branches_.push_back(std::move(branch));
  }
  return set;
}

ValueSet ValueSet::Range(int bits, const ValueRange& range) {
  Maker maker(bits);
  const int bytes = bits / kBitsOfAByte;
  // What is at least the first, and what is at most the last, of the bytes that were not looked at yet.
  Node at_least = kInside;
  Node at_most = kInside;
  Node between = kInside;
  for (int byte = bytes - 1; byte >= 0; --byte) {
    const std::uint32_t first = ByteAt(range.first, byte, bits);
    const std::uint32_t last = ByteAt(range.last, byte, bits);
    const auto look = [&](std::uint32_t low, Node at_low, std::uint32_t high, Node at_high) {
      // 0 outside, `low`, inside, `high`, outside
      std::vector<Run> runs;
      if (low > 0) runs.push_back({0, kOutside});
      runs.push_back({low, at_low});
      if (low + 1 < high) runs.push_back({low + 1, kInside});
      if (high > low && high < kValuesOfAByte) runs.push_back({high, at_high});
      if (high < kMostOfAByte) runs.push_back({high + 1, kOutside});
      return maker.Look(byte, runs);
    };
    if (first == last)
      between = look(first, between, first, between);
    else
      between = first < last ? look(first, at_least, last, at_most) : kOutside;
    at_least = look(first, at_least, kValuesOfAByte, kOutside);
    std::vector<Run> runs;
    if (last > 0) runs.push_back({0, kInside});
    runs.push_back({last, at_most});
    if (last < kMostOfAByte) runs.push_back({last + 1, kOutside});
    at_most = maker.Look(byte, runs);
  }
  return maker.Made(between);
}

ValueSet ValueSet::Masked(int bits, std::uint64_t mask, std::uint64_t value) {
  Maker maker(bits);
  Node rest = kInside;
  for (int byte = bits / kBitsOfAByte - 1; byte >= 0; --byte) {
    const std::uint32_t byte_of_mask = ByteAt(mask, byte, bits);
    const std::uint32_t wanted = ByteAt(value, byte, bits);
    std::vector<Run> runs;
    for (std::uint32_t one = 0; one < kValuesOfAByte; ++one)
      runs.push_back({one, (one & byte_of_mask) == wanted ? rest : kOutside});
    rest = maker.Look(byte, runs);
  }
  return maker.Made(rest);
}

bool ValueSet::Has(std::uint64_t value) const {
  Node node = root_;
  while (!IsLeaf(node)) node = NextOf(RunsOf(node), ByteAt(value, ByteOf(node), bits_));
  return node == kInside;
}

std::uint64_t ValueSet::CountFrom(Node node, int byte, std::map<Node, std::uint64_t>& known) const {
  if (node == kOutside) return 0;
  const int its_byte = IsLeaf(node) ? bits_ / kBitsOfAByte : ByteOf(node);
  const int skipped = kBitsOfAByte * (its_byte - byte);
  if (node == kInside) return skipped == 64 ? UINT64_MAX : std::uint64_t{1} << skipped;
  const auto [entry, is_new] = known.emplace(node, 0);
  if (is_new) {
    std::uint64_t count = 0;
    const std::vector<Run>& runs = RunsOf(node);
    for (std::size_t place = 0; place < runs.size(); ++place)
      count +=
          (LastOf(runs, place) - runs[place].first + 1) * CountFrom(runs[place].next, its_byte + 1, known);
    known[node] = count;
  }
  return known[node] << skipped;
}

std::uint64_t ValueSet::Count() const {
  std::map<Node, std::uint64_t> known;
  return CountFrom(root_, 0, known);
}

std::uint64_t ValueSet::BitsThatMatter() const {
  std::uint64_t matter = 0;
  for (const auto& [byte, runs] : branches_)
    for (int bit = 0; bit < kBitsOfAByte; ++bit) {
      const std::uint32_t flip = std::uint32_t{1} << bit;
      for (std::uint32_t value = 0; value < kValuesOfAByte; ++value)
        if (NextOf(runs, value) != NextOf(runs, value ^ flip)) {
          matter |= std::uint64_t{flip} << ShiftOf(byte, bits_);
          break;
        }
    }
  return matter;
}

std::optional<std::vector<ValueRange>> ValueSet::Ranges(std::size_t most) const {
  return RangeCollector(*this, most).Collect();
}

ValueSet ValueSet::Complement() const {
  return Combination(*this, All(bits_), [](bool left, bool) { return !left; }).Make();
}

ValueSet ValueSet::And(const ValueSet& other) const {
  return Combination(*this, other, [](bool left, bool right) { return left && right; }).Make();
}

ValueSet ValueSet::Or(const ValueSet& other) const {
  return Combination(*this, other, [](bool left, bool right) { return left || right; }).Make();
}

ValueSet ValueSet::LowHalvesAt(std::uint32_t high_half) const {
  constexpr int kLowBits = 32;
  constexpr int kBytesBefore = 4;
  Node node = root_;
  while (!IsLeaf(node) && ByteOf(node) < kBytesBefore)
    node = NextOf(RunsOf(node), ByteAt(high_half, ByteOf(node), kLowBits));
  Maker maker(kLowBits);
  std::map<Node, Node> copies;
  const std::function<Node(Node)> copy = [&](Node from) -> Node {
    if (IsLeaf(from)) return from;
    const auto known = copies.find(from);
    if (known != copies.end()) return known->second;
    std::vector<Run> runs = RunsOf(from);
    for (Run& run : runs) run.next = copy(run.next);
    return copies[from] = maker.Look(ByteOf(from) - kBytesBefore, runs);
  };
  return maker.Made(copy(node));
}

}  // namespace precompiledseccomp::verify
