// SPDX-License-Identifier: Apache-2.0

#include "compile/weights.h"

#include <vector>

namespace precompiledseccomp::compile {
namespace {

// In installations.
constexpr double kDeclaredCalls = 8.0;
constexpr double kUsualCalls = 2.0;
constexpr double kUsualCallsBesides = 0.25;

constexpr double kWeightOfAnyCall = 8;

using Weights = std::map<std::uint32_t, double>;
using Share = std::pair<std::uint32_t, double>;

// Adds `total` to the weights, in the proportion of `shares`.
void Distribute(double total, const std::vector<Share>& shares, Weights& weights) {
  double sum = 0;
  for (const auto& [number, share] : shares) sum += share;
  if (sum == 0) return;
  for (const auto& [number, share] : shares) weights[number] += total * share / sum;
}

}  // namespace

std::map<std::uint32_t, double> WeightsOf(const ResolvedPolicy& policy,
                                          const std::set<std::uint32_t>& checked) {
  Weights weights;
  for (const std::uint32_t number : checked) weights[number] = kWeightOfAnyCall;

  std::vector<Share> declared;
  std::set<std::uint32_t> is_declared;
  for (const auto& [number, count] : policy.counts) {
    is_declared.insert(number);
    if (checked.count(number) != 0) declared.emplace_back(number, static_cast<double>(count));
  }
  std::vector<Share> usual;
  for (const std::uint32_t number : UsualCalls(policy.target))
    if (checked.count(number) != 0 && is_declared.count(number) == 0)
      usual.emplace_back(number, 1.0 / static_cast<double>(usual.size() + 1));

  const auto installation = static_cast<double>(policy.target.numbers);
  Distribute(kDeclaredCalls * installation, declared, weights);
  Distribute((policy.counts.empty() ? kUsualCalls : kUsualCallsBesides) * installation, usual, weights);
  return weights;
}

}  // namespace precompiledseccomp::compile
