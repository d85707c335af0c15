// SPDX-License-Identifier: Apache-2.0

#include "module/other_world.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>

#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

bool in_other_world = false;

// A year and some days, hours, minutes, seconds and nanoseconds later.
constexpr std::time_t kSecondsLater = 403 * 86400 + 5 * 3600 + 7 * 60 + 11;
constexpr long kNanosecondsLater = 123'457'000;
constexpr long kNanosecondsOfASecond = 1'000'000'000;
constexpr pid_t kProcessesLater = 7;

int ReadClock(clockid_t clock, timespec* time) {
  const auto result = static_cast<int>(syscall(SYS_clock_gettime, clock, time));
  if (result != 0 || !in_other_world) return result;
  time->tv_sec += kSecondsLater;
  time->tv_nsec += kNanosecondsLater;
  if (time->tv_nsec >= kNanosecondsOfASecond) {
    time->tv_nsec -= kNanosecondsOfASecond;
    ++time->tv_sec;
  }
  return 0;
}

}  // namespace

// ---- Instead of libc's, for this program and for the module: the dynamic linker looks here first. That they
// are exported says gen/meson.build.

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  return ReadClock(clock, time);
}

std::time_t time(std::time_t* result) noexcept {
  timespec now = {};
  ReadClock(CLOCK_REALTIME, &now);
  if (result != nullptr) *result = now.tv_sec;
  return now.tv_sec;
}

int gettimeofday(timeval* time, void* zone) noexcept {
  if (zone != nullptr) *static_cast<struct timezone*>(zone) = {};
  timespec now = {};
  if (ReadClock(CLOCK_REALTIME, &now) != 0) return -1;
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

pid_t getpid() noexcept {
  const auto process = static_cast<pid_t>(syscall(SYS_getpid));
  return in_other_world ? process + kProcessesLater : process;
}

}  // extern "C"

namespace precompiledseccomp::gen {

void EnterOtherWorld() {
  in_other_world = true;
}

std::vector<std::string> EnvironmentOfOtherWorld() {
  constexpr std::array<std::string_view, 4> kKept = {
      "PATH=", "LD_LIBRARY_PATH=", "LD_PRELOAD=", "PRECOMPILEDSECCOMP_"};
  std::vector<std::string> kept;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const bool is_kept = std::any_of(kKept.begin(), kKept.end(),
                                     [&](std::string_view beginning) { return text.starts_with(beginning); });
    const bool is_of_sanitizer = text.substr(0, text.find('=')).ends_with("SAN_OPTIONS");
    if (is_kept || is_of_sanitizer) kept.emplace_back(text);
  }
  return kept;
}

}  // namespace precompiledseccomp::gen
