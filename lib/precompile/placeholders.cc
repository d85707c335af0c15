// SPDX-License-Identifier: Apache-2.0

#include "precompile/placeholders.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>

namespace precompiledseccomp::precompile {
namespace {

constexpr std::uint32_t kAllOnes = UINT32_MAX;

// `word_at(i)` is the i-th word; a 64-bit variable takes two, the low half first.
Placeholders FromWords(const std::vector<Variable>& variables,
                       const std::function<std::uint32_t(std::uint32_t)>& word_at) {
  Placeholders values;
  std::uint32_t next = 0;
  for (const Variable& variable : variables) {
    std::uint64_t value = word_at(next++);
    if (variable.bits == 64) value |= std::uint64_t{word_at(next++)} << 32;
    values.push_back(value);
  }
  return values;
}

// A word's own constants, ascending, and one of them.
struct Constants {
  const std::vector<std::uint32_t>& sorted;
  std::size_t place;
};

// Different for different i, because the factor is odd; in no particular order.
std::uint32_t Scattered(std::uint32_t i) {
  return 0x9e3779b9U * (2 * i + 1);
}

}  // namespace

Placeholders FirstRound(const std::vector<Variable>& variables) {
  return FromWords(variables, Scattered);
}

Placeholders SecondRound(const std::vector<Variable>& variables) {
  return FromWords(variables, [](std::uint32_t i) { return ~Scattered(i); });
}

std::vector<Placeholders> FurtherRounds(const std::vector<Variable>& variables,
                                        const std::vector<std::set<std::uint32_t>>& constants) {
  std::vector<Placeholders> rounds;
  const auto add = [&](const std::function<std::uint32_t(std::uint32_t)>& word_at) {
    Placeholders values = FromWords(variables, word_at);
    const bool is_new = values != FirstRound(variables) && values != SecondRound(variables) &&
                        std::find(rounds.begin(), rounds.end(), values) == rounds.end();
    if (is_new) rounds.push_back(std::move(values));
  };
  const auto count = static_cast<std::uint32_t>(constants.size());
  add([](std::uint32_t) { return 0; });
  add([](std::uint32_t) { return kAllOnes; });
  add([](std::uint32_t i) { return 1 + i; });
  add([&](std::uint32_t i) { return 0x7fffffff + count / 2 - i; });

  // Rounds with a word at, or beside, one of its own constants: the one at the word's place, from below or
  // from above. A word without constants gets the value that it had in a round before.
  const auto add_near = [&](bool from_above, const std::function<std::uint32_t(const Constants&)>& near) {
    add([&](std::uint32_t i) {
      if (constants[i].empty()) return 1 + i;
      const std::vector<std::uint32_t> sorted(constants[i].begin(), constants[i].end());
      const std::size_t place = i % sorted.size();
      return near({sorted, from_above ? sorted.size() - 1 - place : place});
    });
  };
  add_near(false, [](const Constants& at) { return at.sorted[at.place]; });
  add_near(true, [](const Constants& at) { return at.sorted[at.place]; });
  add_near(false, [](const Constants& at) { return at.sorted[at.place] - 1; });
  add_near(true, [](const Constants& at) { return at.sorted[at.place] + 1; });
  // Half way to the next constant, or to the largest word.
  add_near(true, [](const Constants& at) {
    const bool is_last = at.place + 1 == at.sorted.size();
    const std::uint32_t above = is_last ? kAllOnes : at.sorted[at.place + 1];
    return at.sorted[at.place] + (above - at.sorted[at.place]) / 2;
  });
  return rounds;
}

}  // namespace precompiledseccomp::precompile
