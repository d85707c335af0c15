// SPDX-License-Identifier: Apache-2.0
//
// Which blocks of a filter to put last, so that the kernel translates it in few passes on x86-64.
//
// In the first pass all jumps over more than an instruction are long, and in the second they are as long as
// distances in the first one say (bpf/translation.h). What takes another pass is a jump that comes within
// reach only because jumps between have become shorter. Most jumps lead to the answers, which stand at the
// end; so what matters are tests that are out of an answer's reach with long jumps between, and within it
// with short ones. None of these may jump to an answer:
//
//     what is farther away         jumps to answers stay long
//     tests that lead only to      their jumps are short from the second pass on
//       those below
//     tests that lead to answers   as many as have them in reach, even if all jumps are long
//     answers
//
// The two in the middle are a piece of the search for a call's number: which one, and in what order, is tried
// at random. If it is too short, an answer that only others lead to can stand in front of it. A few jumps are
// still late, of what stands close before that answer: passes are counted before an end is taken.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "compile/block_passes.h"
#include "compile/layout.h"

namespace precompiledseccomp::compile {

class LastBlocks {
 public:
  // Of blocks that stand behind their sides. Keeps references to both.
  LastBlocks(const std::vector<Block>& blocks, const std::vector<BlockCode>& codes);

  // For Arrangement::last. Empty if this try came to nothing.
  const std::vector<BlockId>& Try(std::minstd_rand& random);

 private:
  // Between two places, in the first pass and in the second. A place is known by the bytes to the program's
  // end.
  struct Bytes {
    std::int32_t first = 0;
    std::int32_t second = 0;
  };
  // A test, if it stood in front of what stands already.
  struct Candidate {
    Bytes place;
    bool is_pair = false;
    bool is_late = false;  // one of its jumps becomes shorter after the second pass
  };

  void TakePiece(BlockId root, bool yes_first);
  void PutAnswers(std::minstd_rand& random);
  void PutAnswer(BlockId answer);
  bool PutNextTest(std::minstd_rand& random);
  bool PutOtherAnswer();
  [[nodiscard]] Candidate CandidateFor(BlockId test) const;
  [[nodiscard]] Bytes DistanceTo(const BlockEntry& entry, const Bytes& from) const;
  void Put(BlockId id, const Bytes& place);
  [[nodiscard]] bool LeadsToAnswer(BlockId test) const;
  [[nodiscard]] bool AnswersAreOutOfReach() const;

  const std::vector<Block>& blocks_;
  const std::vector<BlockCode>& codes_;
  std::vector<std::vector<BlockId>> parents_;  // of tests
  std::vector<BlockId> roots_;                 // of pieces of the right size
  std::vector<BlockId> answers_;

  std::vector<BlockId> piece_;            // depth first
  std::vector<std::uint32_t> ranks_;      // in it
  std::vector<std::uint8_t> sides_left_;  // of tests in it: sides that are tests and do not stand yet
  std::vector<BlockId> pending_;
  std::vector<BlockId> ready_;
  std::vector<Bytes> places_;
  Bytes begin_;                         // of what stands
  Bytes first_answer_;                  // of those that the piece leads to
  std::vector<BlockId> other_answers_;  // that do not stand yet
  std::vector<BlockId> last_;           // first from the end
};

}  // namespace precompiledseccomp::compile
