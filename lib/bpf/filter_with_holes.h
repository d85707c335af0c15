// SPDX-License-Identifier: Apache-2.0
//
// A filter before its variables have values.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <linux/filter.h>

namespace precompiledseccomp::bpf {

// A place in the instructions at which the value of a variable will stand.
struct Hole {
  std::size_t index = 0;  // of the instruction whose operand (`k`) is the value
  std::string variable;   // the name of a 32-bit variable, or of half of a 64-bit one
};

// What stands in the operands of the holes means nothing.
struct FilterWithHoles {
  std::vector<sock_filter> instructions;
  std::vector<Hole> holes;
};

}  // namespace precompiledseccomp::bpf
