// SPDX-License-Identifier: Apache-2.0

#include "verify/diagrams.h"

#include <algorithm>
#include <array>

namespace precompiledseccomp::verify {
namespace {

// Both are powers of two.
constexpr std::size_t kSlotsAtFirst = 1024;
constexpr std::size_t kMostChoices = std::size_t{1} << 20;

std::uint64_t Mix(std::uint64_t hash, std::uint64_t part) {
  hash = (hash ^ part) * 0x9e3779b97f4a7c15U;
  return hash ^ hash >> 32;
}

constexpr std::uint32_t kValuesOfAByte = 256;

}  // namespace

Diagrams::Diagrams(Budget& budget) : budget_(budget), slots_(kSlotsAtFirst, kNo), choices_(kSlotsAtFirst) {
  AddNode({kLeafLevel, 0, 0});  // kNo
  AddNode({kLeafLevel, 0, 0});  // kYes
}

DiagramId Diagrams::AddNode(const Node& node) {
  budget_.CheckNodes(nodes_.size() + 1);
  nodes_.push_back(node);
  return static_cast<DiagramId>(nodes_.size() - 1);
}

DiagramId Diagrams::Answer(TermId answer) {
  if (answer >= answers_.size()) answers_.resize(answer + 1, kNo);
  if (answers_[answer] == kNo) answers_[answer] = AddNode({kLeafLevel, answer, 0});
  return answers_[answer];
}

DiagramId Diagrams::Branch(Level level, std::span<const ByteRun> runs) {
  const std::size_t begin = unfinished_.size();
  for (const ByteRun& run : runs)
    if (unfinished_.size() == begin || unfinished_.back().next != run.next) unfinished_.push_back(run);
  const DiagramId node = Find(level, std::span(unfinished_).subspan(begin));
  unfinished_.resize(begin);
  return node;
}

// The branch with these runs, of which no two neighbours lead to the same node.
DiagramId Diagrams::Find(Level level, std::span<const ByteRun> runs) {
  if (runs.size() == 1) return runs[0].next;
  const std::size_t slot = SlotOf(level, runs);
  if (slots_[slot] != kNo) return slots_[slot];
  budget_.CheckRuns(runs_.size() + runs.size());
  const auto begin = static_cast<std::uint32_t>(runs_.size());
  runs_.insert(runs_.end(), runs.begin(), runs.end());
  const DiagramId node = AddNode({level, begin, static_cast<std::uint32_t>(runs.size())});
  slots_[slot] = node;
  if (nodes_.size() * 2 > slots_.size()) Grow();
  return node;
}

// The slot of the branch with these runs, or the empty one where it would be.
std::size_t Diagrams::SlotOf(Level level, std::span<const ByteRun> runs) const {
  std::uint64_t hash = level;
  for (const ByteRun& run : runs) hash = Mix(hash, std::uint64_t{run.first} << 32 | run.next);
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
  slots_.assign(slots_.size() * 2, kNo);
  for (DiagramId node = 0; node < nodes_.size(); ++node)
    if (!IsLeaf(node)) slots_[SlotOf(LevelOf(node), RunsOf(node))] = node;
  // Forgets what was chosen: it is chosen again where it is asked for.
  if (choices_.size() < kMostChoices) choices_.assign(choices_.size() * 2, Choice());
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

// Looks at the first byte that any of the three looks at, and chooses for each of its values.
DiagramId Diagrams::ChooseByRuns(DiagramId test, DiagramId yes, DiagramId no) {
  const Level level = std::min({LevelOf(test), LevelOf(yes), LevelOf(no)});
  const std::size_t begin = unfinished_.size();
  // By index, as the runs may move in memory while nodes are added.
  std::array<std::size_t, 3> places{};
  const std::array<DiagramId, 3> nodes = {test, yes, no};
  std::uint32_t value = 0;
  while (value < kValuesOfAByte) {
    std::array<DiagramId, 3> next = nodes;
    std::uint32_t end = kValuesOfAByte;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (LevelOf(nodes[i]) != level) continue;
      const std::span<const ByteRun> runs = RunsOf(nodes[i]);
      if (places[i] + 1 < runs.size() && runs[places[i] + 1].first == value) ++places[i];
      next[i] = runs[places[i]].next;
      if (places[i] + 1 < runs.size()) end = std::min(end, runs[places[i] + 1].first);
    }
    const DiagramId chosen = Choose(next[0], next[1], next[2]);
    if (unfinished_.size() == begin || unfinished_.back().next != chosen)
      unfinished_.push_back({value, chosen});
    value = end;
  }
  const DiagramId node = Find(level, std::span<const ByteRun>(unfinished_).subspan(begin));
  unfinished_.resize(begin);
  return node;
}

}  // namespace precompiledseccomp::verify
