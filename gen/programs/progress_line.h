// SPDX-License-Identifier: Apache-2.0
//
// A line on a terminal that says how far a long run is. Shorter runs, and those that nobody watches, print
// nothing.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace precompiledseccomp::gen {

class ProgressLine {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Of so many programs, each counted once for each target, begun at this time.
  ProgressLine(std::size_t total, Time begin) : total_(total), last_(begin) {}

  // One more is done. What to print: nothing within the first second, then ten times a second at most.
  std::string Advance(Time now);

  // What takes the line away again, if there is one.
  [[nodiscard]] std::string End() const;

 private:
  std::size_t total_;
  std::size_t done_ = 0;
  Time last_;  // when a line was printed, or else the beginning
  bool is_shown_ = false;
};

}  // namespace precompiledseccomp::gen
