// SPDX-License-Identifier: Apache-2.0

#include "programs/progress_line.h"

#include <unistd.h>

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
  return kErase + std::to_string(done_) + " of " + std::to_string(total_) + " programs " + done_to_them_;
}

std::string ProgressLine::End() const {
  return is_shown_ ? kErase : "";
}

Progress::Progress(std::size_t total, std::string done_to_them, ProgressLine::Time begin)
    : is_watched_(isatty(STDERR_FILENO) == 1), line_(total, std::move(done_to_them), begin) {}

Progress::~Progress() {
  Print(line_.End());
}

void Progress::Advance() {
  const std::lock_guard lock(mutex_);
  Print(line_.Advance(std::chrono::steady_clock::now()));
}

void Progress::Print(const std::string& text) const {
  if (!is_watched_ || text.empty()) return;
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace precompiledseccomp::gen
