// SPDX-License-Identifier: Apache-2.0
//
// What is known about the words of seccomp_data on the path to a test.
#pragma once

#include <cstdint>
#include <vector>

#include "compile/graph.h"

namespace precompiledseccomp::compile {

// What is known of one word: it lies in [least, most], these bits are zero, those are one, and it is none of
// `excluded`.
class KnownWord {
 public:
  // Each narrows the values that are left; false when none is left.
  bool AssumeAtLeast(std::uint32_t value);
  bool AssumeAtMost(std::uint32_t value);
  bool AssumeEqual(std::uint32_t value);
  bool AssumeNotEqual(std::uint32_t value);
  // The word has the bits of `value` where `mask` is set.
  bool AssumeBits(std::uint32_t mask, std::uint32_t value);

  // Keeps only what is known on both of two paths.
  void JoinWith(const KnownWord& other);

  [[nodiscard]] bool KnowsNothing() const { return *this == KnownWord(); }
  [[nodiscard]] std::uint32_t zeros() const { return zeros_; }
  [[nodiscard]] std::uint32_t ones() const { return ones_; }

  friend bool operator==(const KnownWord&, const KnownWord&) = default;

 private:
  // Brings range, bits and excluded values into agreement; false when no value is left.
  bool Settle();

  std::uint32_t least_ = 0;
  std::uint32_t most_ = UINT32_MAX;
  std::uint32_t zeros_ = 0;
  std::uint32_t ones_ = 0;
  std::vector<std::uint32_t> excluded_;  // ascending
};

// What is known of all words, and the outcomes of tests that say nothing about a word alone (those with
// variables).
class Knowledge {
 public:
  // Adds that `test` had this outcome. False when that contradicts what is known: the outcome is impossible.
  bool Assume(const Test& test, bool outcome);
  // What Assume() would give. What is known of other words does not matter to it, and is not copied.
  [[nodiscard]] bool Allows(const Test& test, bool outcome) const;

  void JoinWith(const Knowledge& other);

 private:
  struct Outcome {
    Test test;
    bool outcome;
    friend bool operator==(const Outcome&, const Outcome&) = default;
  };
  struct OfWord {
    std::uint32_t offset;
    KnownWord word;
  };

  bool AssumeOfWord(const Test& test, bool outcome);
  bool AssumeMasked(const Test& test, bool outcome);
  bool AssumeRepeated(const Test& test, bool outcome);
  KnownWord& Word(std::uint32_t offset);

  std::vector<OfWord> words_;
  std::vector<Outcome> outcomes_;
};

}  // namespace precompiledseccomp::compile
