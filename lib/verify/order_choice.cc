// SPDX-License-Identifier: Apache-2.0

#include "verify/order_choice.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "verify/arrangement.h"
#include "verify/tests_together.h"

namespace precompiledseccomp::verify {
namespace {

// Another order has to be expected to be so many times smaller.
constexpr std::uint64_t kMuchBetter = 2;

// The levels that all orders begin with: the architecture and the number.
constexpr std::size_t kFixed = IndexOfByte(kInstructionPointer, 0);

// Whether each test looks at both bits of the word, or at neither.
bool AreTestedAlike(Source word, int bit, int other, const TestsOfPolicy& tests) {
  return std::all_of(tests.masks.begin(), tests.masks.end(), [&](const auto& mask) {
    return mask.first != word || (mask.second >> bit & 1) == (mask.second >> other & 1);
  });
}

// The usual order, but bytes are taken apart where neighbouring bits are not tested alike; then the facts of
// the policy.
std::vector<Look> LevelsOf(const TestsOfPolicy& tests) {
  std::vector<Look> levels = UsualFields();
  const std::vector<Look> bytes(levels.begin() + kFixed, levels.end());
  levels.resize(kFixed);
  for (const Look& look : bytes) {
    const auto& byte = std::get<Field>(look);
    for (int end = byte.shift + byte.width; end > byte.shift;) {
      int begin = end - 1;
      while (begin > byte.shift && AreTestedAlike(byte.word, begin - 1, begin, tests)) --begin;
      levels.emplace_back(Field{byte.word, begin, end - begin});
      end = begin;
    }
  }
  std::set<Fact> facts;
  for (const auto& of_call : tests.of_calls)
    for (const auto& [tested, times] : of_call) facts.insert(tested.facts.begin(), tested.facts.end());
  levels.insert(levels.end(), facts.begin(), facts.end());
  return levels;
}

// Which of the levels behind the fixed ones tests look at: the first of these is number 0.
std::vector<std::size_t> ThingsOf(const Tested& tested, const LevelOrder& levels,
                                  const std::map<Fact, Level>& facts) {
  std::vector<std::size_t> things;
  for (Source word = kInstructionPointer; word < kWords; ++word)
    for (const Level level : levels.LevelsOf(word))
      if (levels.FieldAt(level).Of(tested.bits[word]) != 0) things.push_back(level - kFixed);
  for (const Fact& fact : tested.facts) things.push_back(facts.at(fact) - kFixed);
  return things;
}

std::vector<Question> QuestionsOf(const TestsOfPolicy& tests, const LevelOrder& levels) {
  std::map<Fact, Level> facts;
  for (Level level = 0; level < levels.size(); ++level)
    if (const auto* fact = std::get_if<Fact>(&levels.At(level))) facts[*fact] = level;
  std::vector<Question> questions;
  for (const auto& of_call : tests.of_calls) {
    Question question;
    for (const auto& [tested, times] : of_call) question.push_back({ThingsOf(tested, levels, facts), times});
    questions.push_back(std::move(question));
  }
  return questions;
}

}  // namespace

std::optional<LevelOrder> ChosenOrder(const ResolvedPolicy& policy, Terms& terms, Budget& budget) {
  const TestsOfPolicy tests = TestsOf(policy, terms, budget);
  const std::vector<Look> levels = LevelsOf(tests);
  const std::vector<Question> questions = QuestionsOf(tests, LevelOrder(levels));
  std::vector<int> bits;
  for (std::size_t level = kFixed; level < levels.size(); ++level) {
    const auto* field = std::get_if<Field>(&levels[level]);
    bits.push_back(field != nullptr ? field->width : 1);
  }
  const Arrangement arrangement = Arrange(bits, questions);
  if (arrangement.estimate >= EstimateAsGiven(bits, questions) / kMuchBetter) return std::nullopt;
  std::vector<Look> chosen(levels.begin(), levels.begin() + kFixed);
  for (const std::size_t thing : arrangement.line) chosen.push_back(levels[kFixed + thing]);
  return LevelOrder(std::move(chosen));
}

}  // namespace precompiledseccomp::verify
