// SPDX-License-Identifier: Apache-2.0
//
// A set of numbers of 32 or 64 bits: exact, and small also where it has very many members, such as all odd
// numbers. A value, and safe to keep: it is a decision diagram of its own, over the bytes of a number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace precompiledseccomp::verify {

// From `first` to `last`.
struct ValueRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  friend bool operator==(const ValueRange&, const ValueRange&) = default;
};

class ValueSet {
 public:
  using Node = std::uint32_t;
  static constexpr Node kOutside = 0;
  static constexpr Node kInside = 1;

  // Values of a byte from `first` up to the next run lead to `next`.
  struct Run {
    std::uint32_t first = 0;
    Node next = kOutside;
    friend auto operator<=>(const Run&, const Run&) = default;  // NOLINT: clang-tidy 14 wants a nullptr
  };

  // Puts a set together, from its last byte to its first.
  class Maker;

  static ValueSet None(int bits) { return {bits, kOutside}; }
  static ValueSet All(int bits) { return {bits, kInside}; }
  static ValueSet Range(int bits, const ValueRange& range);
  // The numbers with (number & mask) == value.
  static ValueSet Masked(int bits, std::uint64_t mask, std::uint64_t value);

  [[nodiscard]] int bits() const { return bits_; }
  [[nodiscard]] bool IsEmpty() const { return root_ == kOutside; }
  [[nodiscard]] bool IsAll() const { return root_ == kInside; }
  [[nodiscard]] bool Has(std::uint64_t value) const;
  [[nodiscard]] bool IsWithin(const ValueSet& other) const { return And(other.Complement()).IsEmpty(); }

  // How many there are; UINT64_MAX of all 2^64.
  [[nodiscard]] std::uint64_t Count() const;
  // The bits that matter: with any other one turned around, a member remains one, and no other becomes one.
  [[nodiscard]] std::uint64_t BitsThatMatter() const;
  // Ascending, with gaps between them. Nothing if there are more than `most`.
  [[nodiscard]] std::optional<std::vector<ValueRange>> Ranges(std::size_t most) const;

  [[nodiscard]] ValueSet Complement() const;
  [[nodiscard]] ValueSet And(const ValueSet& other) const;
  [[nodiscard]] ValueSet Or(const ValueSet& other) const;
  // The low halves of those that have this high half: 64 bits become 32.
  [[nodiscard]] ValueSet LowHalvesAt(std::uint32_t high_half) const;

  // For whoever shows it byte by byte. 0 is the most significant byte.
  [[nodiscard]] Node root() const { return root_; }
  [[nodiscard]] int ByteOf(Node node) const { return branches_[node - kFirstBranch].first; }
  [[nodiscard]] const std::vector<Run>& RunsOf(Node node) const {
    return branches_[node - kFirstBranch].second;
  }

  // Of sets made in the same way, as all of these are: equal sets are equal values.
  friend bool operator==(const ValueSet&, const ValueSet&) = default;

 private:
  static constexpr Node kFirstBranch = 2;
  using Branch = std::pair<int, std::vector<Run>>;

  ValueSet(int bits, Node root) : bits_(bits), root_(root) {}

  [[nodiscard]] bool IsLeaf(Node node) const { return node < kFirstBranch; }
  // As Count(), below the first `byte` bytes.
  [[nodiscard]] std::uint64_t CountFrom(Node node, int byte, std::map<Node, std::uint64_t>& known) const;

  int bits_;
  Node root_;
  std::vector<Branch> branches_;  // node kFirstBranch is the first
};

class ValueSet::Maker {
 public:
  explicit Maker(int bits) : bits_(bits) {}

  // The node that looks at this byte. Runs ascend from 0; neighbours may lead to the same node.
  Node Look(int byte, const std::vector<Run>& runs);
  // What was found; of branches that it does not lead to nothing is kept.
  [[nodiscard]] ValueSet Made(Node root) const;

 private:
  int bits_;
  std::vector<Branch> branches_;
  std::map<Branch, Node> nodes_;
};

}  // namespace precompiledseccomp::verify
