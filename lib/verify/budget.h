// SPDX-License-Identifier: Apache-2.0
//
// The limits on the work of a proof, made explicit: whatever may take long counts its steps here, and
// whatever may grow large the memory that it holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

#include "verify/limits.h"

namespace precompiledseccomp::verify {

// Thrown inside of this room only.
class TooMuchWork : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Budget {
 public:
  explicit Budget(const Limits& limits) : limits_(limits), permitted_(limits) {}

  // Other limits from now on, for all steps since the beginning. Messages still tell those that were asked
  // for.
  void Permit(const Limits& limits) { permitted_ = limits; }

  void Step() {
    if (++steps_ > permitted_.steps)
      throw TooMuchWork("the proof takes more than " + std::to_string(limits_.steps) + " steps");
  }
  // Diagrams number nodes and runs with 32 bits.
  static void CheckCount(std::uint64_t count) {
    if (count > std::numeric_limits<std::uint32_t>::max())
      throw TooMuchWork("the proof takes more than 2^32 runs of values in decision diagrams");
  }

  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  friend class Memory;

  void Take(std::size_t bytes) {
    constexpr std::size_t kMegabyte = 1'000'000;
    if (bytes > permitted_.bytes || bytes_ > permitted_.bytes - bytes)
      throw TooMuchWork("the proof takes more than " +
                        std::to_string(limits_.bytes / kMegabyte + (limits_.bytes % kMegabyte != 0 ? 1 : 0)) +
                        " MB of memory");
    bytes_ += bytes;
  }

  Limits limits_;
  Limits permitted_;
  std::uint64_t steps_ = 0;
  std::size_t bytes_ = 0;
};

// The memory that something holds, as long as it lives.
class Memory {
 public:
  explicit Memory(Budget& budget) : budget_(budget) {}
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() { budget_.bytes_ -= bytes_; }

  // To be called before the memory is taken.
  void Take(std::size_t bytes) {
    budget_.Take(bytes);
    bytes_ += bytes;
  }
  void GiveBack(std::size_t bytes) {
    budget_.bytes_ -= bytes;
    bytes_ -= bytes;
  }

 private:
  Budget& budget_;
  std::size_t bytes_ = 0;
};

// What a node of a std::map or std::set takes, without what its value points to: three pointers, a color, and
// the allocator's own, rounded up.
template <typename Value>
constexpr std::size_t BytesInTree() {
  constexpr std::size_t kAround = 4 * sizeof(void*) + sizeof(std::size_t);
  constexpr std::size_t kUnit = 16;
  return (sizeof(Value) + kAround + kUnit - 1) / kUnit * kUnit;
}

}  // namespace precompiledseccomp::verify
