// SPDX-License-Identifier: Apache-2.0

#include "programs/progress_line.h"

namespace precompiledseccomp::gen {
namespace {

constexpr std::chrono::seconds kUntilTheFirst{1};
constexpr std::chrono::milliseconds kUntilTheNext{100};
// To the beginning of the line, which is erased (ECMA-48, EL).
constexpr const char* kErase = "\r\033[K";

}  // namespace

std::string ProgressLine::Advance(Time now) {
  ++done_;
  if (now - last_ < (is_shown_ ? kUntilTheNext : kUntilTheFirst)) return {};
  last_ = now;
  is_shown_ = true;
  return kErase + std::to_string(done_) + " of " + std::to_string(total_) + " programs";
}

std::string ProgressLine::End() const {
  return is_shown_ ? kErase : "";
}

}  // namespace precompiledseccomp::gen
