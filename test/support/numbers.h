// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

#include <precompiledseccomp/syscall.h>

namespace precompiledseccomp::testing {

// Calls by their numbers alone, which tests have many of.
inline Syscalls Numbers(std::initializer_list<std::uint32_t> numbers) {
  std::vector<Syscall> calls;
  for (const std::uint32_t number : numbers) calls.emplace_back(number);
  return calls;
}

}  // namespace precompiledseccomp::testing
