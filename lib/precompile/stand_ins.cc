// SPDX-License-Identifier: Apache-2.0

#include "precompile/stand_ins.h"

#include <functional>

namespace precompiledseccomp::precompile {
namespace {

constexpr std::uint32_t kAllOnes = UINT32_MAX;

// `word_at(i)` is the i-th word; a 64-bit variable takes two, the low half first.
StandIns FromWords(const std::vector<Variable>& variables,
                   const std::function<std::uint32_t(std::uint32_t)>& word_at) {
  StandIns values;
  std::uint32_t next = 0;
  for (const Variable& variable : variables) {
    std::uint64_t value = word_at(next++);
    if (variable.bits == 64) value |= std::uint64_t{word_at(next++)} << 32;
    values.push_back(value);
  }
  return values;
}

// Different for different i, because the factor is odd; in no particular order.
std::uint32_t Scattered(std::uint32_t i) {
  return 0x9e3779b9U * (2 * i + 1);
}

}  // namespace

StandIns FirstRound(const std::vector<Variable>& variables) {
  return FromWords(variables, Scattered);
}

StandIns SecondRound(const std::vector<Variable>& variables) {
  return FromWords(variables, [](std::uint32_t i) { return ~Scattered(i); });
}

std::vector<StandIns> FurtherRounds(const std::vector<Variable>& variables,
                                    const std::set<std::uint32_t>& constants) {
  std::vector<StandIns> rounds;
  const auto add = [&](const std::function<std::uint32_t(std::uint32_t)>& word_at) {
    rounds.push_back(FromWords(variables, word_at));
  };
  add([](std::uint32_t i) { return 1 + i; });
  add([](std::uint32_t i) { return 0x7fffffff - i; });
  add([](std::uint32_t i) { return 0x80000000 + i; });
  add([](std::uint32_t i) { return kAllOnes - i; });
  add([](std::uint32_t) { return 0; });
  add([](std::uint32_t) { return kAllOnes; });
  add([](std::uint32_t i) { return i % 2 == 0 ? 0x80000007 - i : 7 + i; });
  if (constants.empty()) return rounds;

  const std::vector<std::uint32_t> sorted(constants.begin(), constants.end());
  const auto count = static_cast<std::uint32_t>(sorted.size());
  add([&](std::uint32_t i) { return sorted[i % count]; });
  add([&](std::uint32_t i) { return sorted[count - 1 - i % count]; });
  add([&](std::uint32_t i) { return sorted[i % count] - 1; });
  add([&](std::uint32_t i) { return sorted[count - 1 - i % count] + 1; });
  // Between neighbours, from the top down: half way from each constant to the next one, or to the largest
  // word.
  add([&](std::uint32_t i) {
    const std::uint32_t place = count - 1 - i % count;
    const std::uint32_t above = place + 1 < count ? sorted[place + 1] : kAllOnes;
    return sorted[place] + (above - sorted[place]) / 2;
  });
  return rounds;
}

}  // namespace precompiledseccomp::precompile
