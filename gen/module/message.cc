// SPDX-License-Identifier: Apache-2.0

#include "module/message.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include <sys/wait.h>

namespace precompiledseccomp::gen {
namespace {

std::string DescribeEnd(int status) {
  if (!WIFSIGNALED(status)) return "it ended the process instead of returning";
  const int signal = WTERMSIG(status);
  return "it was killed by signal " + std::to_string(signal) + " (" + strsignal(signal) + ")";
}

}  // namespace

void Progress::Begin(Step step, std::string_view program) {
  const std::size_t size = std::min(program.size(), program_.size() - 1);
  std::copy_n(program.begin(), size, program_.begin());
  program_[size] = '\0';
  step_ = step;
}

Error DescribeDeath(const Progress& progress, int status) {
  const std::string end = DescribeEnd(status);
  switch (progress.step()) {
    case Progress::Step::kLoading:
      return Error("the module failed while it was loaded: " + end);
    case Progress::Step::kListing:
      return Error("the module failed while it listed its programs: " + end);
    case Progress::Step::kDefining:
      return Error("the definition failed: " + end).InProgram(progress.program());
    case Progress::Step::kCompiling:
      break;
  }
  return Error("the generator failed while it compiled or proved: " + end +
               "; please report this as a bug of precompiledseccomp");
}

}  // namespace precompiledseccomp::gen
