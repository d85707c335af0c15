// SPDX-License-Identifier: Apache-2.0
//
// The limits on the work of a proof, made explicit: whatever may take long counts its steps here.
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
  explicit Budget(const Limits& limits) : limits_(limits) {}

  void Step() {
    if (++steps_ > limits_.steps)
      throw TooMuchWork("the proof takes more than " + std::to_string(limits_.steps) + " steps");
  }
  void CheckNodes(std::size_t nodes) const {
    if (nodes > limits_.nodes)
      throw TooMuchWork("the proof takes more than " + std::to_string(limits_.nodes) +
                        " nodes of decision diagrams");
  }
  // Diagrams number their runs with 32 bits.
  static void CheckRuns(std::uint64_t runs) {
    if (runs > std::numeric_limits<std::uint32_t>::max())
      throw TooMuchWork("the proof takes more than 2^32 runs of values in decision diagrams");
  }

  [[nodiscard]] std::uint64_t steps() const { return steps_; }

 private:
  Limits limits_;
  std::uint64_t steps_ = 0;
};

}  // namespace precompiledseccomp::verify
