// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace precompiledseccomp::testing {

// The result of `function`. Adds the time that it took to `seconds`.
template <typename Function>
auto Timed(double& seconds, const Function& function) {
  const auto start = std::chrono::steady_clock::now();
  auto result = function();
  seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace precompiledseccomp::testing
