// SPDX-License-Identifier: Apache-2.0
//
// Arranges things in a line such that those that belong together are near each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace precompiledseccomp::verify {

// Things that stand together, by their numbers.
struct Together {
  std::vector<std::size_t> things;  // each once
  std::uint64_t times = 1;          // how often they do, each time otherwise
};

// What is asked in one go, such as the tests of one call.
using Question = std::vector<Together>;

struct Arrangement {
  std::vector<std::size_t> line;  // all things
  // How large diagrams may grow that look at the things in this order: no bound, but good to compare lines
  // by.
  std::uint64_t estimate = 0;
};

// Of the lines that are tried, one with the least estimate. `bits` are those of each thing's value. The work
// is limited, so that of very many things the line may be as it was given: in the order of their numbers.
Arrangement Arrange(const std::vector<int>& bits, const std::vector<Question>& questions);

// That of the things in the order of their numbers.
std::uint64_t EstimateAsGiven(const std::vector<int>& bits, const std::vector<Question>& questions);

}  // namespace precompiledseccomp::verify
