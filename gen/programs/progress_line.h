// SPDX-License-Identifier: Apache-2.0
//
// A line on a terminal that says how far a long run is. Shorter runs, and those that nobody watches, print
// nothing.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <utility>

namespace precompiledseccomp::gen {

// What the line says.
class ProgressLine {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Of so many programs, each counted once for each target; what is done to them ("compiled"); when the run
  // began.
  ProgressLine(std::size_t total, std::string done_to_them, Time begin)
      : total_(total), done_to_them_(std::move(done_to_them)), last_(begin) {}

  // One more is done. What to print: nothing within the first second, then ten times a second at most.
  std::string Advance(Time now);

  // What takes the line away again, if there is one.
  [[nodiscard]] std::string End() const;

 private:
  std::size_t total_;
  std::string done_to_them_;
  std::size_t done_ = 0;
  Time last_;  // when a line was printed, or else the beginning
  bool is_shown_ = false;
};

// The line where it belongs, on standard error, until this object ends. Any thread may advance it.
class Progress {
 public:
  Progress(std::size_t total, std::string done_to_them, ProgressLine::Time begin);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  void Advance();

 private:
  void Print(const std::string& text) const;

  const bool is_watched_;
  std::mutex mutex_;
  ProgressLine line_;
};

}  // namespace precompiledseccomp::gen
