// SPDX-License-Identifier: Apache-2.0
//
// A second door of this room: what a filter answers, for all calls at once, to be read field by field.
//
//   const auto answers = AnswersOf({instructions, {}}, target.big_endian);
//   if (const auto* undecided = std::get_if<Undecided>(&answers)) throw Error(undecided->text);
//
// Diagrams look at bytes (diagrams.h). Here, the bytes of one field are one node, with the values of the
// whole field that lead on to each of the next ones:
//
//     number:   {0, 1, 3} -> allow    {16} -> argument 1:   {0x5401, 0x5413} -> allow     otherwise -> errno
//     1
//                                                           all others -> errno 25
//
// As in the diagrams, fields are looked at in one order: the architecture, the number, the instruction
// pointer, the arguments from the first to the last; then facts about variables. Nodes that answer alike are
// one and the same, unless they differ only where facts contradict each other. A node has two cases or more,
// of which each value has exactly one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "bpf/filter_with_holes.h"
#include "verify/level_order.h"
#include "verify/limits.h"
#include "verify/sources.h"
#include "verify/terms.h"
#include "verify/value_set.h"
#include "verify/verify.h"

namespace precompiledseccomp::verify {

struct Answers {
  using Id = std::size_t;  // a place in `nodes`

  // What is returned: a constant, unless the filter computes it of the call or of variables.
  struct Answer {
    TermId term = 0;
  };
  struct Case {
    ValueSet values;
    Id next = 0;
  };
  struct ByField {
    // Its first word: kArchitecture or kNumber, of 32 bits; the high half of a field of 64 bits.
    Source field = kNumber;
    std::vector<Case> cases;  // in the order of their least values
  };
  struct ByFact {
    Fact fact;
    Id yes = 0;
    Id no = 0;
  };
  using Node = std::variant<Answer, ByField, ByFact>;

  Terms terms;
  std::vector<Node> nodes;  // each behind those that it leads to
  Id root = 0;
};

// The first word of the field that a word belongs to.
inline constexpr Source FieldOfWord(Source word) {
  return word < kInstructionPointer ? word : word & ~Source{1};
}
// Of a field, which its first word names.
inline constexpr int BitsOfField(Source field) {
  return field < kInstructionPointer ? 32 : 64;
}

// Undecided as in Prove(): for the same instructions, and for what would exceed the limits. Deterministic,
// and safe to call from several threads at once. Throws std::invalid_argument for a hole outside of the
// instructions.
std::variant<Answers, Undecided> AnswersOf(const bpf::FilterWithHoles& filter, bool big_endian,
                                           const Limits& limits = {});

}  // namespace precompiledseccomp::verify
