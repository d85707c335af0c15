// SPDX-License-Identifier: Apache-2.0
//
// Looks for values of words and variables with which given facts (comparisons of two terms) hold or do not
// hold, as wanted.
//
// Each bit of a term depends only on the bits at the same position of words and variables, and the first bit
// that differs decides how two numbers compare. So the search chooses bits from the most significant position
// to the least. All that it needs to know of a wanted fact is whether its two sides are equal in the bits
// chosen so far. At the first position where they differ, and at the end if they never do, the fact either is
// as wanted, or the search takes the last choice back. A state (position, and which sides are still equal)
// from which there is no solution is remembered, so that it is searched once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "verify/budget.h"
#include "verify/byte_set.h"
#include "verify/comparisons.h"
#include "verify/diagrams.h"
#include "verify/terms.h"

namespace precompiledseccomp::verify {

// Bits of a word that have their value: where a bit of `known` is set, that of `value` is the word's.
struct KnownBits {
  std::uint32_t known = 0;
  std::uint32_t value = 0;
};

struct WantedFact {
  Fact fact;
  bool holds = true;
};

// What words and variables may be.
struct Constraints {
  Constraints() { bytes.fill(ByteSet::All()); }

  std::array<ByteSet, kBytes> bytes;  // by IndexOfByte
  std::vector<KnownBits> bits;        // of each word, then of each variable
  std::vector<WantedFact> facts;
};

using Witness = std::vector<std::uint32_t>;  // a value of each word, then of each variable

// The known bits of one byte of a word, 0 being the most significant.
KnownBits ByteOf(const KnownBits& bits, int byte);

// Values that meet all constraints, or nothing if there are none. Throws TooMuchWork.
std::optional<Witness> Solve(const Constraints& constraints, const Terms& terms, Budget& budget);

}  // namespace precompiledseccomp::verify
