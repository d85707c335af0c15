// SPDX-License-Identifier: Apache-2.0
//
// One form for all tests of constants that mean the same, so that equal decisions are found to be equal:
//
//     word & 0xf0000000 != 0       word >= 0x10000000
//     word > 0                     not (word == 0)          the sides are exchanged
//     (word & 3) == 4              never
#pragma once

#include <cstdint>

#include "compile/graph.h"

namespace precompiledseccomp::compile {

// The form, in which the sides of the test may be exchanged; or the one answer that the test has.
struct Canonical {
  enum class Answer : std::uint8_t { kUnknown, kYes, kNo };

  Test test;
  bool exchanged = false;
  Answer answer = Answer::kUnknown;
};

// Tests with variables, of which the values are not known, stay as they are.
Canonical CanonicalFormOf(const Test& test);

}  // namespace precompiledseccomp::compile
