// SPDX-License-Identifier: Apache-2.0

#include "compile/last_blocks.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "bpf/translation.h"

namespace precompiledseccomp::compile {
namespace {

namespace x86 = bpf::x86;

// Fewer do not fill the space that is to be filled; of more, hardly any two that are ready belong together.
constexpr std::uint32_t kFewestTests = 10;
constexpr std::uint32_t kMostTests = 40;

constexpr std::uint32_t kNotInPiece = std::numeric_limits<std::uint32_t>::max();

// What tests go by, lowest first: those that lead to answers before others, what stands together in the
// piece, and those that take two jumps, as they fill more. (In four passes, a jump more costs a twenty-fifth
// of what a pass over a hundred instructions does.)
constexpr std::uint32_t kLeadsToNoAnswer = 1000;
constexpr std::uint32_t kRank = 4;
constexpr std::uint32_t kIsNoPair = 10;
constexpr std::uint32_t kChance = 16;

}  // namespace

LastBlocks::LastBlocks(const std::vector<Block>& blocks, const std::vector<BlockCode>& codes)
    : blocks_(blocks),
      codes_(codes),
      parents_(blocks.size()),
      ranks_(blocks.size(), kNotInPiece),
      sides_left_(blocks.size(), 0),
      places_(blocks.size()) {
  // What is shared is counted more than once.
  std::vector<std::uint32_t> tests(blocks.size(), 0);
  for (BlockId id = 0; id < blocks.size(); ++id) {
    const Block& block = blocks[id];
    if (block.IsLeaf()) {
      answers_.push_back(id);
      continue;
    }
    for (const BlockId side : {block.yes.block, block.no.block})
      if (!blocks[side].IsLeaf()) parents_[side].push_back(id);
    tests[id] = std::min(kMostTests + 1, 1 + tests[block.yes.block] + tests[block.no.block]);
    if (tests[id] >= kFewestTests && tests[id] <= kMostTests) roots_.push_back(id);
  }
}

const std::vector<BlockId>& LastBlocks::Try(std::minstd_rand& random) {
  last_.clear();
  if (roots_.empty()) return last_;
  const BlockId root = roots_[random() % roots_.size()];
  TakePiece(root, random() % 2 == 0);
  PutAnswers(random);
  while (!AnswersAreOutOfReach()) {
    if (PutNextTest(random) || PutOtherAnswer()) continue;
    last_.clear();
    break;
  }
  std::reverse(last_.begin(), last_.end());
  return last_;
}

void LastBlocks::TakePiece(BlockId root, bool yes_first) {
  for (const BlockId id : piece_) ranks_[id] = kNotInPiece;
  piece_.clear();
  ready_.clear();
  pending_.push_back(root);
  while (!pending_.empty()) {
    const BlockId id = pending_.back();
    pending_.pop_back();
    if (ranks_[id] != kNotInPiece) continue;
    ranks_[id] = static_cast<std::uint32_t>(piece_.size());
    piece_.push_back(id);
    const Block& block = blocks_[id];
    if (block.IsLeaf()) continue;
    sides_left_[id] = 2;
    for (const BlockId side : {block.yes.block, block.no.block})
      if (blocks_[side].IsLeaf()) --sides_left_[id];
    if (sides_left_[id] == 0) ready_.push_back(id);
    pending_.push_back(yes_first ? block.no.block : block.yes.block);
    pending_.push_back(yes_first ? block.yes.block : block.no.block);
  }
}

void LastBlocks::PutAnswers(std::minstd_rand& random) {
  begin_ = {};
  other_answers_.clear();
  // Each of them can be the last one, or the first.
  const std::size_t begin = random() % answers_.size();
  for (std::size_t i = 0; i < answers_.size(); ++i) {
    const BlockId answer = answers_[(begin + i) % answers_.size()];
    if (ranks_[answer] == kNotInPiece)
      other_answers_.push_back(answer);
    else
      PutAnswer(answer);
  }
  // The first one of all is the way out.
  if (other_answers_.empty()) {
    begin_.first += x86::kWayOut - x86::kLongJump;
    begin_.second += x86::kWayOut - x86::kLongJump;
    places_[last_.back()] = begin_;
  }
  first_answer_ = begin_;
}

// With a jump to the way out. Whether that comes to be short is left to who counts passes.
void LastBlocks::PutAnswer(BlockId answer) {
  const std::int32_t bytes = codes_[answer].bytes + x86::kLongJump;
  Put(answer, {begin_.first + bytes, begin_.second + bytes});
}

// One of these. A second one would stand close to the way out if that is the first one, and its jump to there
// would be late.
bool LastBlocks::PutOtherAnswer() {
  if (other_answers_.empty()) return false;
  PutAnswer(other_answers_.back());
  other_answers_.clear();
  return true;
}

bool LastBlocks::PutNextTest(std::minstd_rand& random) {
  std::uint32_t lowest = std::numeric_limits<std::uint32_t>::max();
  std::size_t best = 0;
  Bytes place;
  for (std::size_t i = 0; i < ready_.size(); ++i) {
    const BlockId test = ready_[i];
    const Candidate candidate = CandidateFor(test);
    if (candidate.is_late) continue;
    const auto chance = static_cast<std::uint32_t>(random() % kChance);
    const std::uint32_t value = (LeadsToAnswer(test) ? 0 : kLeadsToNoAnswer) + kRank * ranks_[test] +
                                (candidate.is_pair ? 0 : kIsNoPair) + chance;
    if (value >= lowest) continue;
    lowest = value;
    best = i;
    place = candidate.place;
  }
  if (lowest == std::numeric_limits<std::uint32_t>::max()) return false;
  const BlockId test = ready_[best];
  ready_.erase(ready_.begin() + static_cast<std::ptrdiff_t>(best));
  Put(test, place);
  for (const BlockId parent : parents_[test])
    if (ranks_[parent] != kNotInPiece && --sides_left_[parent] == 0) ready_.push_back(parent);
  return true;
}

LastBlocks::Candidate LastBlocks::CandidateFor(BlockId test) const {
  const BlockCode& code = codes_[test];
  const BlockJumps jumps = JumpsOf(code, [&](const BlockEntry& entry) {
    return (entry.block == last_.back()) & (entry.ebpf_instructions == 0);
  });
  Candidate candidate{.place = begin_, .is_pair = jumps.is_pair, .is_late = false};
  if (jumps.is_pair) {
    const Bytes distance = DistanceTo(*jumps.jump, candidate.place);
    const std::int32_t bytes = x86::BytesOfJump(distance.first);
    candidate.is_late = x86::BytesOfJump(distance.second) != bytes;
    candidate.place.first += x86::kLongJump;
    candidate.place.second += bytes;
  }
  const Bytes distance = DistanceTo(*jumps.jump_if, candidate.place);
  const std::int32_t bytes = x86::BytesOfConditionalJump(distance.first);
  candidate.is_late |= x86::BytesOfConditionalJump(distance.second) != bytes;
  candidate.place.first += code.bytes + x86::kLongConditionalJump;
  candidate.place.second += code.bytes + bytes;
  return candidate;
}

LastBlocks::Bytes LastBlocks::DistanceTo(const BlockEntry& entry, const Bytes& from) const {
  const Bytes& to = places_[entry.block];
  return {from.first - to.first + entry.bytes, from.second - to.second + entry.bytes};
}

void LastBlocks::Put(BlockId id, const Bytes& place) {
  begin_ = place;
  places_[id] = place;
  last_.push_back(id);
}

bool LastBlocks::LeadsToAnswer(BlockId test) const {
  return blocks_[blocks_[test].yes.block].IsLeaf() || blocks_[blocks_[test].no.block].IsLeaf();
}

bool LastBlocks::AnswersAreOutOfReach() const {
  return !x86::IsShort(begin_.second - first_answer_.second);
}

}  // namespace precompiledseccomp::compile
