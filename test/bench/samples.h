// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

// Measures what can be done only once in a process.
namespace precompiledseccomp::testing {

// Two durations in microseconds: preparing and installing a filter. Negative: it failed.
struct Sample {
  double prepare = 0;
  double install = 0;
};

// A way to start up. `measure` runs in a forked child and returns what it measured.
struct Contender {
  std::string key;   // for machines
  std::string name;  // for people
  std::size_t instructions = 0;
  std::function<Sample()> measure;
};

struct Result {
  double prepare = 0;  // medians
  double install = 0;
  double total = 0;
};

// Takes `samples` of each contender, in turn, so that whatever else the machine does meets all alike. In the
// order of `contenders`. Throws std::runtime_error when one of them fails.
std::vector<Result> Measure(const std::vector<Contender>& contenders, std::size_t samples);

// Microseconds of a clock that only goes forward.
double Now();

}  // namespace precompiledseccomp::testing
