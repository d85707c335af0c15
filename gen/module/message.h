// SPDX-License-Identifier: Apache-2.0
//
// What a child process was doing when it died, and the message that says so.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include <precompiledseccomp/error.h>

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

// For a child that ended without a result or an error. `status` is that of waitpid.
Error DescribeDeath(const Progress& progress, int status);

}  // namespace precompiledseccomp::gen
