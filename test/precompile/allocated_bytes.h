// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace precompiledseccomp::testing {

// How many bytes this program has asked for with `new` so far, those that it gave back included. A program
// that links allocated_bytes.cc has its operator new replaced by one that counts.
std::size_t AllocatedBytes();

}  // namespace precompiledseccomp::testing
