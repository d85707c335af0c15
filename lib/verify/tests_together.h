// SPDX-License-Identifier: Apache-2.0
//
// Which tests of a policy stand together: in one "and", or in one "or" in there.
//
//     arg0 == 1 || (arg1 == 2 && (arg2 == 3 || arg3 == 4))      arg1, arg2 and arg3; arg2 and arg3
//
// The alternatives arg0 == 1 and the rest are a matter of their own each.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <precompiledseccomp/evaluate.h>

#include "verify/budget.h"
#include "verify/level_order.h"
#include "verify/sources.h"
#include "verify/terms.h"

namespace precompiledseccomp::verify {

// What tests look at: bits of words, and facts.
struct Tested {
  std::array<std::uint32_t, kWords> bits{};
  std::vector<Fact> facts;                                          // ascending, each once
  friend auto operator<=>(const Tested&, const Tested&) = default;  // NOLINT: clang-tidy 14 wants a nullptr
};

struct TestsOfPolicy {
  // Each word, with the bits of it that one test looks at.
  std::set<std::pair<Source, std::uint32_t>> masks;
  // For each list of rules that decides some call: what tests that stand together look at, and how many such
  // look at the same. Tests that stand alone are here, too.
  std::vector<std::map<Tested, std::uint64_t>> of_calls;
};

// Throws TooMuchWork.
TestsOfPolicy TestsOf(const ResolvedPolicy& policy, Terms& terms, Budget& budget);

}  // namespace precompiledseccomp::verify
