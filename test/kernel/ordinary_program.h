// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <precompiledseccomp/policy.h>

// Runs ordinary_program.c, of one libc or another, under a policy.
namespace precompiledseccomp::testing {

class OrdinaryProgram {
 public:
  explicit OrdinaryProgram(std::string path) : path_(std::move(path)) {}

  // Does the task there and says how the program ended: "exited with 0", "killed by SIGSYS".
  [[nodiscard]] std::string Do(const std::string& task, const Policy& policy) const;

  // The same of a task that waits, when it has been stopped and told to go on: "waits" if it does so again.
  // It is ended then.
  [[nodiscard]] std::string StopAndContinue(const std::string& task, const Policy& policy) const;

 private:
  std::string path_;
};

}  // namespace precompiledseccomp::testing
