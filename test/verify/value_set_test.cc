// SPDX-License-Identifier: Apache-2.0
//
// Sets of numbers, against what they were made of.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "support/random.h"
#include "verify/cubes.h"
#include "verify/value_set.h"

namespace precompiledseccomp::testing {
namespace {

using verify::Cube;
using verify::ValueRange;
using verify::ValueSet;

// A set, and another way to say who is in it.
struct Described {
  ValueSet set;
  std::function<bool(std::uint64_t)> has;
};

// Numbers near which sets of few such numbers begin and end.
std::uint64_t RandomNumber(Random& random, int bits) {
  static const std::vector<std::uint64_t> kBytes = {0, 1, 2, 0x7f, 0x80, 0xfe, 0xff};
  std::uint64_t number = 0;
  for (int i = 0; i < bits / 8; ++i) number = number << 8 | random.OneOf(kBytes);
  return number;
}

Described RandomPart(Random& random, int bits) {
  std::uint64_t first = RandomNumber(random, bits);
  std::uint64_t second = RandomNumber(random, bits);
  if (random.OneIn(2)) {
    if (first > second) std::swap(first, second);
    return {ValueSet::Range(bits, {first, second}),
            [=](std::uint64_t number) { return first <= number && number <= second; }};
  }
  second &= first;
  return {ValueSet::Masked(bits, first, second),
          [=](std::uint64_t number) { return (number & first) == second; }};
}

Described RandomSet(Random& random, int bits) {
  Described all = RandomPart(random, bits);
  for (std::size_t i = random.Below(4); i > 0; --i) {
    const Described one = all;
    const Described other = RandomPart(random, bits);
    if (random.OneIn(2))
      all = {one.set.Or(other.set), [=](std::uint64_t n) { return one.has(n) || other.has(n); }};
    else
      all = {one.set.And(other.set.Complement()),
             [=](std::uint64_t n) { return one.has(n) && !other.has(n); }};
  }
  return all;
}

template <typename Check>
void ForRandomSets(const Check& check) {
  constexpr int kSets = 200;
  Random random(1);
  for (int i = 0; i < kSets; ++i) {
    const int bits = random.OneIn(2) ? 32 : 64;
    const Described described = RandomSet(random, bits);
    std::vector<std::uint64_t> numbers = {0, bits == 32 ? 0xffffffff : UINT64_MAX};
    for (int number = 0; number < 100; ++number) numbers.push_back(RandomNumber(random, bits));
    BOOST_TEST_CONTEXT("set " << i) {
      check(described, numbers);
    }
  }
}

BOOST_AUTO_TEST_SUITE(ValueSetTest)

BOOST_AUTO_TEST_CASE(ASetHasTheNumbersThatItWasMadeOf) {
  ForRandomSets([](const Described& described, const std::vector<std::uint64_t>& numbers) {
    for (const std::uint64_t number : numbers) {
      BOOST_TEST(described.set.Has(number) == described.has(number), number);
      BOOST_TEST(described.set.Complement().Has(number) != described.has(number), number);
    }
  });
}

BOOST_AUTO_TEST_CASE(EqualSetsAreEqualHoweverTheyAreMade) {
  ForRandomSets([](const Described& described, const std::vector<std::uint64_t>&) {
    const ValueSet& set = described.set;
    BOOST_TEST((set.Complement().Complement() == set));
    BOOST_TEST((set.Or(set.Complement()) == ValueSet::All(set.bits())));
    BOOST_TEST(set.And(set.Complement()).IsEmpty());
    BOOST_TEST(set.IsWithin(set));
  });
}

BOOST_AUTO_TEST_CASE(RangesAreAllOfTheSet) {
  constexpr std::size_t kMost = 1000;
  ForRandomSets([](const Described& described, const std::vector<std::uint64_t>&) {
    const auto ranges = described.set.Ranges(kMost);
    if (!ranges) return;
    ValueSet all = ValueSet::None(described.set.bits());
    std::uint64_t count = 0;
    for (const ValueRange& range : *ranges) {
      all = all.Or(ValueSet::Range(all.bits(), range));
      count += range.last - range.first + 1;
    }
    BOOST_TEST((all == described.set));
    if (!all.IsAll()) BOOST_TEST(count == all.Count());
    for (std::size_t i = 1; i < ranges->size(); ++i)
      BOOST_TEST((*ranges)[i].first > (*ranges)[i - 1].last + 1);
    if (!ranges->empty()) BOOST_TEST(!described.set.Ranges(ranges->size() - 1));
  });
}

BOOST_AUTO_TEST_CASE(BitsThatDoNotMatterMayBeAnything) {
  ForRandomSets([](const Described& described, const std::vector<std::uint64_t>& numbers) {
    const std::uint64_t others = ~described.set.BitsThatMatter();
    for (const std::uint64_t number : numbers) {
      const std::uint64_t other = number ^ (numbers.back() & others);
      BOOST_TEST(described.set.Has(number) == described.set.Has(other), number);
    }
  });
  BOOST_TEST(ValueSet::Masked(32, 0x7e020000, 0x20000).BitsThatMatter() == 0x7e020000U);
  BOOST_TEST(ValueSet::Range(64, {0x1000, 0x1fff}).BitsThatMatter() == 0xfffffffffffff000U);
}

// But for the one at place `left_out`.
ValueSet UnionOf(const std::vector<Cube>& cubes, int bits, std::size_t left_out) {
  ValueSet all = ValueSet::None(bits);
  for (std::size_t i = 0; i < cubes.size(); ++i)
    if (i != left_out) all = all.Or(ValueSet::Masked(bits, cubes[i].mask, cubes[i].value));
  return all;
}

BOOST_AUTO_TEST_CASE(CubesTogetherAreTheSetAndNoneCanBeLeftOut) {
  constexpr std::size_t kMost = 40;
  constexpr std::size_t kTried = 3;
  ForRandomSets([](const Described& described, const std::vector<std::uint64_t>&) {
    const auto cubes = verify::CubesOf(described.set, kMost);
    if (!cubes) return;
    const int bits = described.set.bits();
    BOOST_TEST((UnionOf(*cubes, bits, cubes->size()) == described.set));
    for (std::size_t i = 0; i < cubes->size() && i < kTried; ++i)
      BOOST_TEST((UnionOf(*cubes, bits, i) != described.set));
  });
}

BOOST_AUTO_TEST_CASE(LowHalvesAreThoseBehindOneHighHalf) {
  const ValueSet set = ValueSet::Range(64, {5, 9}).Or(ValueSet::Range(64, {0x300000000, 0x3ffffffff}));
  BOOST_TEST((set.LowHalvesAt(0) == ValueSet::Range(32, {5, 9})));
  BOOST_TEST(set.LowHalvesAt(3).IsAll());
  BOOST_TEST(set.LowHalvesAt(2).IsEmpty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
