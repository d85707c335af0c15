// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace precompiledseccomp::compile {

// A call's number and how much it has, in any unit.
using Share = std::pair<std::uint32_t, double>;

// Adds `total` to the numbers of `of`, in the proportion of `shares`. Nothing if there are none.
inline void Distribute(double total, const std::vector<Share>& shares, std::map<std::uint32_t, double>& of) {
  double sum = 0;
  for (const auto& [number, share] : shares) sum += share;
  if (sum == 0) return;
  for (const auto& [number, share] : shares) of[number] += total * share / sum;
}

}  // namespace precompiledseccomp::compile
