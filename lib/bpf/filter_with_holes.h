// SPDX-License-Identifier: Apache-2.0
//
// A filter before its variables have values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <linux/filter.h>

namespace precompiledseccomp::bpf {

// Of a word: set in negative numbers. Words whose highest bit is turned around are in unsigned order as they
// were in signed order.
inline constexpr std::uint32_t kHighestBit = 0x80000000;

// A place in the instructions at which the value of a variable will stand.
struct Hole {
  std::size_t index = 0;    // of the instruction whose operand (`k`) is the value
  std::string variable;     // the name of a 32-bit variable, or of half of a 64-bit one
  bool is_flipped = false;  // the highest bit of the value will be turned around

  // What stands there if the variable has this value.
  [[nodiscard]] std::uint32_t OperandFor(std::uint32_t value) const {
    return is_flipped ? value ^ kHighestBit : value;
  }
};

// What stands in the operands of the holes means nothing.
struct FilterWithHoles {
  std::vector<sock_filter> instructions;
  std::vector<Hole> holes;
};

}  // namespace precompiledseccomp::bpf
