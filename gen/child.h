// SPDX-License-Identifier: Apache-2.0
//
// The author's module is code that may do anything: crash, call exit, print to standard output, change the
// locale or the working directory. It is loaded and called in a child process, which hands back the complete
// result or one error; only the parent, which has never seen the module, writes files.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "output.h"

namespace precompiledseccomp::gen {

// What the child is doing, for the message in case it dies doing it. Lives in memory that both processes
// share; one thread at a time may call Begin().
class Progress {
 public:
  enum class Step : std::uint8_t { kLoading, kListing, kDefining, kCompiling };

  // `program` is the one being defined, for kDefining.
  void Begin(Step step, std::string_view program = {});

  [[nodiscard]] Step step() const { return step_; }
  [[nodiscard]] std::string program() const { return program_.data(); }

 private:
  std::atomic<Step> step_ = Step::kLoading;
  std::array<char, 256> program_{};  // ends with a NUL
};

// Calls `work` in a child process and returns what it returned. What the child prints to standard output goes
// to standard error. Throws Error: the one that `work` threw, or one that says what the child was doing when
// it died. The calling process must not have started threads.
std::vector<OutputFile> RunInChild(const std::function<std::vector<OutputFile>(Progress&)>& work);

}  // namespace precompiledseccomp::gen
