// SPDX-License-Identifier: Apache-2.0
//
// Irredundant sums of products, by Minato's and Morreale's algorithm: of the functions that hold at least
// where `least` does and at most where `most` does, one that few cubes describe. What holds for both values
// of a bit needs no test of it, and is found last, among what the tests with the bit have left to do.

#include "verify/cubes.h"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "verify/widths.h"

namespace precompiledseccomp::verify {
namespace {

constexpr std::size_t kMostNodes = 20'000;

class TooMany : public std::runtime_error {
 public:
  TooMany() : std::runtime_error("too many") {}
};

// Binary decision diagrams over the bits of a number, the most significant first.
class Bits {
 public:
  using Node = std::uint32_t;
  static constexpr Node kNo = 0;
  static constexpr Node kYes = 1;

  explicit Bits(int bits) : branches_(2, Branch{bits, 0, 0}) {}

  [[nodiscard]] int BitOf(Node node) const { return std::get<0>(branches_[node]); }
  [[nodiscard]] Node Zero(Node node, int bit) const {
    return BitOf(node) == bit ? std::get<1>(branches_[node]) : node;
  }
  [[nodiscard]] Node One(Node node, int bit) const {
    return BitOf(node) == bit ? std::get<2>(branches_[node]) : node;
  }

  Node Make(int bit, Node zero, Node one) {
    if (zero == one) return zero;
    const auto [entry, is_new] = nodes_.emplace(Branch(bit, zero, one), static_cast<Node>(branches_.size()));
    if (is_new) {
      if (branches_.size() > kMostNodes) throw TooMany();
      branches_.push_back(entry->first);
    }
    return entry->second;
  }

  Node And(Node left, Node right) {
    if (left == kNo || right == kNo) return kNo;
    if (left == kYes || left == right) return right;
    if (right == kYes) return left;
    if (left > right) std::swap(left, right);
    const auto known = ands_.find({left, right});
    if (known != ands_.end()) return known->second;
    const int bit = std::min(BitOf(left), BitOf(right));
    const Node result =
        Make(bit, And(Zero(left, bit), Zero(right, bit)), And(One(left, bit), One(right, bit)));
    return ands_[{left, right}] = result;
  }
  Node Not(Node node) {
    if (node <= kYes) return node == kNo ? kYes : kNo;
    const auto known = nots_.find(node);
    if (known != nots_.end()) return known->second;
    const int bit = BitOf(node);
    return nots_[node] = Make(bit, Not(Zero(node, bit)), Not(One(node, bit)));
  }
  Node Or(Node left, Node right) { return Not(And(Not(left), Not(right))); }

  Node Of(const ValueSet& set, ValueSet::Node node) {
    if (node == ValueSet::kOutside) return kNo;
    if (node == ValueSet::kInside) return kYes;
    const auto known = of_sets_.find(node);
    if (known != of_sets_.end()) return known->second;
    return of_sets_[node] = OfByte(set, node, 0, 0);
  }

 private:
  using Branch = std::tuple<int, Node, Node>;  // bit, where it leads if it is 0, and if it is 1

  // The values of the node's byte that begin with these bits.
  Node OfByte(const ValueSet& set, ValueSet::Node node, int chosen, std::uint32_t value) {
    if (chosen == kBitsOfAByte) {
      const std::vector<ValueSet::Run>& runs = set.RunsOf(node);
      std::size_t place = runs.size() - 1;
      while (runs[place].first > value) --place;
      return Of(set, runs[place].next);
    }
    const std::uint32_t bit = std::uint32_t{1} << (kBitsOfAByte - 1 - chosen);
    const Node zero = OfByte(set, node, chosen + 1, value);
    const Node one = OfByte(set, node, chosen + 1, value | bit);
    return Make(set.ByteOf(node) * kBitsOfAByte + chosen, zero, one);
  }

  std::vector<Branch> branches_;
  std::map<Branch, Node> nodes_;
  std::map<std::pair<Node, Node>, Node> ands_;
  std::map<Node, Node> nots_;
  std::map<ValueSet::Node, Node> of_sets_;
};

class CubeFinder {
 public:
  CubeFinder(Bits& bits, int width, std::size_t most) : bits_(bits), width_(width), most_(most) {}

  struct Found {
    std::vector<Cube> cubes;
    Bits::Node all = Bits::kNo;  // where one of them holds
  };

  const Found& Find(Bits::Node least, Bits::Node most) {
    const auto known = known_.find({least, most});
    if (known != known_.end()) return known->second;
    Found found;
    if (most == Bits::kYes && least != Bits::kNo)
      found = {{Cube()}, Bits::kYes};
    else if (least != Bits::kNo)
      found = FindByBit(least, most);
    if (found.cubes.size() > most_) throw TooMany();
    return known_[{least, most}] = std::move(found);
  }

 private:
  Found FindByBit(Bits::Node least, Bits::Node most) {
    const int bit = std::min(bits_.BitOf(least), bits_.BitOf(most));
    const Bits::Node least_0 = bits_.Zero(least, bit);
    const Bits::Node least_1 = bits_.One(least, bit);
    const Bits::Node most_0 = bits_.Zero(most, bit);
    const Bits::Node most_1 = bits_.One(most, bit);
    const Found zero = Find(bits_.And(least_0, bits_.Not(most_1)), most_0);
    const Found one = Find(bits_.And(least_1, bits_.Not(most_0)), most_1);
    const Bits::Node left_over =
        bits_.Or(bits_.And(least_0, bits_.Not(zero.all)), bits_.And(least_1, bits_.Not(one.all)));
    Found found = Find(left_over, bits_.And(most_0, most_1));
    found.all = bits_.Or(found.all, bits_.Make(bit, zero.all, one.all));
    const std::uint64_t mask = std::uint64_t{1} << (width_ - 1 - bit);
    for (const Cube& cube : zero.cubes) found.cubes.push_back({cube.mask | mask, cube.value});
    for (const Cube& cube : one.cubes) found.cubes.push_back({cube.mask | mask, cube.value | mask});
    return found;
  }

  Bits& bits_;
  int width_;
  std::size_t most_;
  std::map<std::pair<Bits::Node, Bits::Node>, Found> known_;
};

}  // namespace

std::optional<std::vector<Cube>> CubesOf(const ValueSet& set, std::size_t most) {
  try {
    Bits bits(set.bits());
    const Bits::Node node = bits.Of(set, set.root());
    return CubeFinder(bits, set.bits(), most).Find(node, node).cubes;
  } catch (const TooMany&) {
    return std::nullopt;
  }
}

}  // namespace precompiledseccomp::verify
