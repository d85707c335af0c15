// SPDX-License-Identifier: Apache-2.0
//
// What a filter allows, and what it answers else: of all calls, from its instructions alone. Whatever the
// filter was made of, one that answers alike is shown alike.
//
//   const Shown shown = Show(program, KnownValues(program, {}));
//   shown.rest.cases.front().answer  // "kill_process": the default
//
// Nothing is tried out: numbers are sets, read from the diagrams with which proofs are made.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <precompiledseccomp/precompile.h>

#include "inspect/conditions.h"
#include "inspect/known_values.h"
#include "verify/answers.h"
#include "verify/value_set.h"

namespace precompiledseccomp::inspect {

// Numbers of calls that are answered alike.
struct ShownNumbers {
  verify::ValueSet numbers;
  std::vector<std::string> names;  // those that have one, in alphabetical order
  // The others: "#335..#423"; empty if there are none.
  std::string without_name;
  // What is answered, in full.
  verify::Answers::Id answers = 0;
  // The same as text: one case if it does not depend on anything. None if that would be long; then there is
  // an outline.
  std::vector<AnswerCase> cases;
  std::vector<OutlineLine> outline;
  std::string weakest;  // of the answers

  [[nodiscard]] bool IsUnconditional() const { return cases.size() == 1; }
};

// Architectures that are answered alike, other than the target.
struct ShownArchitectures {
  verify::ValueSet architectures;  // by their audit values
  std::string text;                // "aarch64, 0x40000003"; empty of the last, which are all others
  verify::Answers::Id answers = 0;
  std::string answer;  // empty if it depends on the call
};

struct Shown {
  // Of the whole filter: what all that is shown is read from.
  verify::Answers answers;
  std::size_t instructions = 0;
  bool looks_at_architecture = true;

  // The target's own numbers: each number is in one of these. Of calls, weakest answers first.
  std::vector<ShownNumbers> calls;
  // Of `calls`, the place of the one that is refused and has most calls of all, if there are too many to read
  // and `rest` is something else: all calls that somebody knew and did not allow. Otherwise calls.size().
  std::size_t refused_most = 0;
  // The default: what the number behind the last call is answered, which a call of the next kernel may have,
  // and all other numbers, of calls or not, that are answered alike.
  ShownNumbers rest;
  // Numbers of another ABI that has the target's architecture: x32. Empty if the target knows of none.
  std::vector<ShownNumbers> foreign;
  // Of those other than the target; none if the filter does not look at the architecture.
  std::vector<ShownArchitectures> architectures;
};

// Values that are known stand where their variables do. Throws Error if the filter is not followed, or takes
// too much work.
Shown Show(const PrecompiledProgram& program, const KnownValues& known);

}  // namespace precompiledseccomp::inspect
