// SPDX-License-Identifier: Apache-2.0

#include "compile/weights.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "compile/shares.h"
#include "compile/short_life.h"

namespace precompiledseccomp::compile {
namespace {

// In installations. Usual calls weigh as much as they can without longer paths at installation than other
// compilers give to policies that have no profile (test/corpus). With a sixth of that, the corpus would take
// 1 % less to install, and calls that are checked two instructions more.
constexpr double kDeclaredCalls = 8.0;
constexpr double kUsualCalls = 1.48;
constexpr double kUsualCallsBesides = 0.25;

constexpr double kWeightOfAnyCall = 8;

}  // namespace

bool IsAlwaysRefused(NodeId decision, const Graph& graph, Branches& branches) {
  if (graph[decision].is_leaf) return Refuses(graph[decision].leaf);
  branches.CollectInAnyOrder(decision, graph);
  const auto refuses = [&](NodeId side) { return !graph[side].is_leaf || Refuses(graph[side].leaf); };
  return std::all_of(branches.ids().begin(), branches.ids().end(),
                     [&](NodeId id) { return refuses(graph[id].yes) && refuses(graph[id].no); });
}

Weights WeightsOf(const ResolvedPolicy& policy, const Decisions& decisions, const Graph& graph) {
  Weights weights;
  std::set<std::uint32_t> checked;
  Branches branches;
  for (const auto& [number, decision] : decisions) {
    // The calls that run the filter each time are those that look at anything but the number.
    if (graph[decision].is_leaf) continue;
    const bool is_refused = IsAlwaysRefused(decision, graph, branches);
    weights[number] = is_refused ? 0 : kWeightOfAnyCall;
    if (!is_refused) checked.insert(number);
  }

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

  if (policy.calls_per_run) {
    const std::map<std::uint32_t, double> calls = CallsInALife(policy, decisions, graph);
    for (auto& [number, weight] : weights) {
      const auto made = calls.find(number);
      weight = made == calls.end() ? 0 : kCostOfARunInstruction * made->second;
    }
    return weights;
  }
  const auto installation = static_cast<double>(policy.target.numbers);
  Distribute(kDeclaredCalls * installation, declared, weights);
  Distribute((policy.counts.empty() ? kUsualCalls : kUsualCallsBesides) * installation, usual, weights);
  return weights;
}

std::vector<std::uint32_t> HeaviestFirst(const Weights& weights) {
  std::vector<std::uint32_t> numbers;
  for (const auto& [number, weight] : weights) numbers.push_back(number);
  std::stable_sort(numbers.begin(), numbers.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return weights.at(a) > weights.at(b); });
  return numbers;
}

}  // namespace precompiledseccomp::compile
