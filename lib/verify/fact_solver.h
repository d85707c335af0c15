// SPDX-License-Identifier: Apache-2.0
//
// Are there words and variables for which facts hold, or do not, as wanted?
//
// Terms are operations on bits at one place, and numbers compare by their first bit that differs. So the bits
// are chosen from the most significant to the least; of each wanted fact, all that counts at a place is
// whether the two sides have been equal so far: where they differ for the first time, or cannot differ any
// more, the fact is as wanted or the choice was wrong. What turned out to be impossible from a place on is
// remembered.
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

// Bits that are settled: where `known` is set, the bit of `value` is it.
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

  std::array<ByteSet, kByteLevels> bytes;
  std::vector<KnownBits> bits;  // of each word, then of each variable
  std::vector<WantedFact> facts;
};

using Witness = std::vector<std::uint32_t>;  // a value of each word, then of each variable

// The known bits of one byte of a word, 0 being the most significant.
KnownBits ByteOf(const KnownBits& bits, int byte);

// Values that meet all constraints, or nothing if there are none. Throws TooMuchWork.
std::optional<Witness> Solve(const Constraints& constraints, const Terms& terms, Budget& budget);

}  // namespace precompiledseccomp::verify
