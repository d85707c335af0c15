// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace precompiledseccomp::testing {

// How often this process has asked for memory from the heap so far. A program that links allocations.cc has
// its malloc() and all that stands on it (operator new, too) replaced by ones that count.
std::size_t Allocations();

}  // namespace precompiledseccomp::testing
