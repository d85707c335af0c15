// SPDX-License-Identifier: Apache-2.0

#include "compile/path_facts.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <iterator>
#include <utility>

namespace precompiledseccomp::compile {
namespace {

using Kind = Test::Kind;

// More excluded values than this are forgotten: knowing less is always right, and long lists make long
// compilations.
constexpr std::size_t kMostExcluded = 64;
// The same of outcomes.
constexpr std::size_t kMostOutcomes = 64;

}  // namespace

bool KnownWord::AssumeAtLeast(std::uint32_t value) {
  least_ = std::max(least_, value);
  return Settle();
}

bool KnownWord::AssumeAtMost(std::uint32_t value) {
  most_ = std::min(most_, value);
  return Settle();
}

bool KnownWord::AssumeEqual(std::uint32_t value) {
  least_ = std::max(least_, value);
  most_ = std::min(most_, value);
  return Settle();
}

bool KnownWord::AssumeNotEqual(std::uint32_t value) {
  const auto place = std::lower_bound(excluded_.begin(), excluded_.end(), value);
  const bool is_new = place == excluded_.end() || *place != value;
  if (is_new) excluded_.insert(place, value);
  const bool possible = Settle();
  if (excluded_.size() > kMostExcluded) excluded_.erase(std::find(excluded_.begin(), excluded_.end(), value));
  return possible;
}

bool KnownWord::AssumeBits(std::uint32_t mask, std::uint32_t value) {
  zeros_ |= mask & ~value;
  ones_ |= mask & value;
  return Settle();
}

bool KnownWord::Settle() {
  if ((zeros_ & ones_) != 0) return false;
  for (bool changed = true; changed;) {
    changed = false;
    // The smallest and largest values that the bits allow.
    least_ = std::max(least_, ones_);
    most_ = std::min(most_, ~zeros_);
    // An excluded value at an end of the range moves that end.
    while (least_ <= most_ && std::binary_search(excluded_.begin(), excluded_.end(), least_)) {
      if (least_ == most_) return false;
      ++least_;
      changed = true;
    }
    while (least_ <= most_ && std::binary_search(excluded_.begin(), excluded_.end(), most_)) {
      if (least_ == most_) return false;
      --most_;
      changed = true;
    }
    if (least_ > most_) return false;
    // The bits above the highest one in which the ends differ are the same in all values between them.
    const std::uint32_t differing = least_ ^ most_;
    const int same = std::countl_zero(differing);
    const std::uint32_t prefix = same == 0 ? 0 : same == 32 ? UINT32_MAX : ~(UINT32_MAX >> same);
    const std::uint32_t zeros = zeros_ | (prefix & ~least_);
    const std::uint32_t ones = ones_ | (prefix & least_);
    if ((zeros & ones) != 0) return false;
    changed = changed || zeros != zeros_ || ones != ones_;
    zeros_ = zeros;
    ones_ = ones;
  }
  // Values outside the range need no mention.
  std::erase_if(excluded_, [&](std::uint32_t value) { return value < least_ || value > most_; });
  return true;
}

void KnownWord::JoinWith(const KnownWord& other) {
  const auto excluded_here = [](const KnownWord& word, std::uint32_t value) {
    return value < word.least_ || value > word.most_ || (value & word.zeros_) != 0 ||
           (~value & word.ones_) != 0 ||
           std::binary_search(word.excluded_.begin(), word.excluded_.end(), value);
  };
  std::vector<std::uint32_t> excluded;
  std::set_union(excluded_.begin(), excluded_.end(), other.excluded_.begin(), other.excluded_.end(),
                 std::back_inserter(excluded));
  std::erase_if(excluded, [&](std::uint32_t value) {
    return !excluded_here(*this, value) || !excluded_here(other, value);
  });
  if (excluded.size() > kMostExcluded) excluded.resize(kMostExcluded);
  excluded_ = std::move(excluded);
  least_ = std::min(least_, other.least_);
  most_ = std::max(most_, other.most_);
  zeros_ &= other.zeros_;
  ones_ &= other.ones_;
}

bool Knowledge::Assume(const Test& test, bool outcome) {
  const bool constant = test.operand.IsConstant() && test.subject.operand.IsConstant();
  if (!constant) return AssumeRepeated(test, outcome);
  if (test.subject.IsPlain()) return AssumeOfWord(test, outcome);
  if (test.subject.transform == Subject::Transform::kAnd && test.kind == Kind::kEqual)
    return AssumeMasked(test, outcome);
  return AssumeRepeated(test, outcome);
}

bool Knowledge::Allows(const Test& test, bool outcome) const {
  const std::uint32_t offset = test.subject.offset;
  Knowledge of_this_word;
  for (const OfWord& of_word : words_)
    if (of_word.offset == offset) of_this_word.words_.push_back(of_word);
  for (const Outcome& known : outcomes_)
    if (known.test.subject.offset == offset) of_this_word.outcomes_.push_back(known);
  return of_this_word.Assume(test, outcome);
}

bool Knowledge::AssumeOfWord(const Test& test, bool outcome) {
  KnownWord& word = Word(test.subject.offset);
  const std::uint32_t operand = test.operand.value;
  switch (test.kind) {
    case Kind::kEqual:
      return outcome ? word.AssumeEqual(operand) : word.AssumeNotEqual(operand);
    // The graph's canonical form keeps the operand of >= above 0 and that of > below the largest value.
    case Kind::kGreaterOrEqual:
      return outcome ? word.AssumeAtLeast(operand) : word.AssumeAtMost(operand - 1);
    case Kind::kGreater:
      return outcome ? word.AssumeAtLeast(operand + 1) : word.AssumeAtMost(operand);
    case Kind::kAnyBitSet:
      break;
  }
  if (!outcome) return word.AssumeBits(operand, 0);
  const std::uint32_t open = operand & ~word.zeros();
  if (open == 0) return false;
  if (std::has_single_bit(open)) return word.AssumeBits(open, open);
  return (word.ones() & operand) != 0 || AssumeRepeated(test, outcome);
}

bool Knowledge::AssumeMasked(const Test& test, bool outcome) {
  KnownWord& word = Word(test.subject.offset);
  const std::uint32_t mask = test.subject.operand.value;
  const std::uint32_t value = test.operand.value;
  if (outcome) return word.AssumeBits(mask, value);
  const bool must_be_equal = (mask & ~(word.zeros() | word.ones())) == 0 && (word.ones() & mask) == value;
  if (must_be_equal) return false;
  const bool cannot_be_equal = (word.zeros() & mask & value) != 0 || (word.ones() & mask & ~value) != 0;
  return cannot_be_equal || AssumeRepeated(test, outcome);
}

// A test whose outcome is opaque: known only when the very same test was made before, and is remembered.
bool Knowledge::AssumeRepeated(const Test& test, bool outcome) {
  for (const Outcome& known : outcomes_)
    if (known.test == test) return known.outcome == outcome;
  if (outcomes_.size() < kMostOutcomes) outcomes_.push_back({test, outcome});
  return true;
}

void Knowledge::JoinWith(const Knowledge& other) {
  std::erase_if(outcomes_, [&](const Outcome& outcome) {
    return std::find(other.outcomes_.begin(), other.outcomes_.end(), outcome) == other.outcomes_.end();
  });
  for (OfWord& mine : words_) {
    const auto theirs = std::find_if(other.words_.begin(), other.words_.end(), [&](const OfWord& candidate) {
      return candidate.offset == mine.offset;
    });
    if (theirs == other.words_.end())
      mine.word = KnownWord();
    else
      mine.word.JoinWith(theirs->word);
  }
  std::erase_if(words_, [](const OfWord& of_word) { return of_word.word.KnowsNothing(); });
}

KnownWord& Knowledge::Word(std::uint32_t offset) {
  for (OfWord& of_word : words_)
    if (of_word.offset == offset) return of_word.word;
  return words_.emplace_back(OfWord{offset, KnownWord()}).word;
}

}  // namespace precompiledseccomp::compile
