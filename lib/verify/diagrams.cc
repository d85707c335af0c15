// SPDX-License-Identifier: Apache-2.0

#include "verify/diagrams.h"

#include <algorithm>
#include <array>

#include "verify/widths.h"

namespace precompiledseccomp::verify {
namespace {

// Both are powers of two.
constexpr std::size_t kSlotsAtFirst = 1024;
constexpr std::size_t kMostChoices = std::size_t{1} << 20;

std::uint64_t Mix(std::uint64_t hash, std::uint64_t part) {
  hash = (hash ^ part) * 0x9e3779b97f4a7c15U;
  return hash ^ hash >> 32;
}

}  // namespace

Diagrams::Diagrams(Budget& budget) : budget_(budget), memory_(budget), nodes_(budget), runs_(budget) {
  Clear(slots_, kSlotsAtFirst);
  Clear(choices_, kSlotsAtFirst);
  AddNode({kLeafLevel, 0, 0});  // kNo
  AddNode({kLeafLevel, 0, 0});  // kYes
}

DiagramId Diagrams::AddNode(const Node& node) {
  Budget::CheckCount(nodes_.size() + 1);
  return static_cast<DiagramId>(nodes_.Add({&node, 1}));
}

DiagramId Diagrams::Answer(TermId answer) {
  if (answer >= answers_.size()) answers_.resize(answer + 1, kNo);
  if (answers_[answer] == kNo) answers_[answer] = AddNode({kLeafLevel, answer, 0});
  return answers_[answer];
}

DiagramId Diagrams::Branch(Level level, std::span<const ByteRun> runs) {
  const std::size_t begin = unfinished_.size();
  for (const ByteRun& run : runs)
    if (unfinished_.size() == begin || unfinished_.back().next() != run.next()) unfinished_.push_back(run);
  const DiagramId node = Find(level, std::span(unfinished_).subspan(begin));
  unfinished_.resize(begin);
  return node;
}

// The branch with these runs, of which no two neighbours lead to the same node.
DiagramId Diagrams::Find(Level level, std::span<const ByteRun> runs) {
  if (runs.size() == 1) return runs[0].next();
  const std::size_t slot = SlotOf(level, runs);
  if (slots_[slot] != kNo) return slots_[slot];
  Budget::CheckCount(runs_.size() + Pages<ByteRun>::kMostTogether + runs.size());
  const auto begin = static_cast<std::uint32_t>(runs_.Add(runs));
  const DiagramId node = AddNode({level, begin, static_cast<std::uint32_t>(runs.size())});
  slots_[slot] = node;
  if (nodes_.size() * 2 > slots_.size()) Grow();
  return node;
}

// The slot of the branch with these runs, or the empty one where it would be.
std::size_t Diagrams::SlotOf(Level level, std::span<const ByteRun> runs) const {
  std::uint64_t hash = level;
  for (const ByteRun& run : runs) hash = Mix(hash, std::uint64_t{run.first()} << 32 | run.next());
  std::size_t slot = hash & (slots_.size() - 1);
  while (slots_[slot] != kNo) {
    const DiagramId node = slots_[slot];
    const std::span<const ByteRun> its_runs = RunsOf(node);
    if (LevelOf(node) == level && std::equal(runs.begin(), runs.end(), its_runs.begin(), its_runs.end()))
      return slot;
    slot = (slot + 1) & (slots_.size() - 1);
  }
  return slot;
}

void Diagrams::Grow() {
  Clear(slots_, slots_.size() * 2);
  for (DiagramId node = 0; node < nodes_.size(); ++node)
    if (!IsLeaf(node)) slots_[SlotOf(LevelOf(node), RunsOf(node))] = node;
  // Forgets what was chosen: it is chosen again where it is asked for.
  if (choices_.size() < kMostChoices) Clear(choices_, choices_.size() * 2);
}

// Makes a table empty, of this size. What it was is given back first, as it is not needed any more.
template <typename Entry>
void Diagrams::Clear(std::vector<Entry>& table, std::size_t size) {
  memory_.GiveBack(table.size() * sizeof(Entry));
  table = std::vector<Entry>();
  memory_.Take(size * sizeof(Entry));
  table.resize(size);
}

DiagramId Diagrams::Choose(DiagramId test, DiagramId yes, DiagramId no) {
  if (test == kYes || yes == no) return yes;
  if (test == kNo) return no;
  if (yes == kYes && no == kNo) return test;
  budget_.Step();
  const std::uint64_t hash = Mix(Mix(test, yes), no);
  const Choice& known = choices_[hash & (choices_.size() - 1)];
  if (known.test == test && known.yes == yes && known.no == no) return known.result;
  const DiagramId result = ChooseByRuns(test, yes, no);
  choices_[hash & (choices_.size() - 1)] = {test, yes, no, result};
  return result;
}

// Looks at the first byte or fact that any of the three looks at, and chooses for each of its values.
DiagramId Diagrams::ChooseByRuns(DiagramId test, DiagramId yes, DiagramId no) {
  const Level level = std::min({LevelOf(test), LevelOf(yes), LevelOf(no)});
  const std::size_t begin = unfinished_.size();
  std::array<DiagramId, 3> next = {test, yes, no};
  std::array<std::span<const ByteRun>, 3> runs;  // from the one with `value` on; none if it looks elsewhere
  for (std::size_t i = 0; i < next.size(); ++i)
    if (LevelOf(next[i]) == level) runs[i] = RunsOf(next[i]);
  std::uint32_t value = 0;
  while (value < kValuesOfAByte) {
    std::uint32_t end = kValuesOfAByte;
    for (std::size_t i = 0; i < next.size(); ++i) {
      if (runs[i].empty()) continue;
      if (runs[i].size() > 1 && runs[i][1].first() == value) runs[i] = runs[i].subspan(1);
      next[i] = runs[i][0].next();
      if (runs[i].size() > 1) end = std::min(end, runs[i][1].first());
    }
    const DiagramId chosen = Choose(next[0], next[1], next[2]);
    if (unfinished_.size() == begin || unfinished_.back().next() != chosen)
      unfinished_.emplace_back(value, chosen);
    value = end;
  }
  const DiagramId node = Find(level, std::span<const ByteRun>(unfinished_).subspan(begin));
  unfinished_.resize(begin);
  return node;
}

}  // namespace precompiledseccomp::verify
