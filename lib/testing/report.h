// SPDX-License-Identifier: Apache-2.0
//
// What a child under a filter tells its parent: in memory that they share, for which no filter is asked.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace precompiledseccomp::testing {

enum class Stage : std::uint8_t {
  kStarting,
  kRefused,    // the filter was not installed: `text` says why
  kInstalled,  // the callable runs
  kReturned,   // with `status`
  kThrew,      // `type` is the mangled name of an exception, `text` what it says
};

struct Report {
  std::atomic<Stage> stage = Stage::kStarting;
  int status = 0;
  char type[256] = {};
  char text[1024] = {};

  [[nodiscard]] bool HasEnded() const {
    const Stage now = stage;
    return now == Stage::kReturned || now == Stage::kThrew || now == Stage::kRefused;
  }
};
static_assert(std::atomic<Stage>::is_always_lock_free);

// Without allocating; cut short if it is too long.
template <std::size_t Size>
void CopyText(std::string_view from, char (&to)[Size]) {
  to[from.copy(to, Size - 1)] = '\0';
}

}  // namespace precompiledseccomp::testing
