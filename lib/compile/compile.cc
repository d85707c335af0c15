// SPDX-License-Identifier: Apache-2.0

#include "compile/compile.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include <precompiledseccomp/error.h>

#include "compile/block_order.h"
#include "compile/check_rules.h"
#include "compile/decisions.h"
#include "compile/dispatch.h"
#include "compile/graph.h"
#include "compile/jump_threading.h"
#include "compile/order/order.h"
#include "compile/weights.h"

namespace precompiledseccomp {
namespace {

using compile::Decisions;
using compile::Graph;
using compile::NodeId;
using compile::Weights;

std::string NameOf(std::uint32_t number, const Target& target) {
  const bool is_any_call = number == compile::kUnnamedKnown || number == compile::kUnnamedUnknown;
  return is_any_call ? "any call" : SyscallName(target, number);
}

// "ioctl (3900 tests), prctl (120 tests)": the calls whose decisions are the largest.
std::string LargestCalls(const ResolvedPolicy& policy, const VariableNumbers& numbers) {
  constexpr std::size_t kShown = 3;
  Graph graph(numbers);
  std::vector<std::pair<std::size_t, std::uint32_t>> sizes;
  for (const auto& [number, decision] : compile::DecisionsOfCalls(policy, graph)) {
    const std::vector<bool> reachable = graph.ReachableFrom(decision);
    sizes.emplace_back(std::count(reachable.begin(), reachable.end(), true), number);
  }
  std::sort(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, sizes.size()); ++i)
    text += (i == 0 ? "" : ", ") + NameOf(sizes[i].second, policy.target) + " (" +
            std::to_string(sizes[i].first) + " tests)";
  return text;
}

void CheckSize(std::size_t size, const ResolvedPolicy& policy, const VariableNumbers& numbers) {
  if (size <= BPF_MAXINSNS) return;
  throw Error("the filter has " + std::to_string(size) + " instructions, and the kernel takes at most " +
              std::to_string(BPF_MAXINSNS) + "; most of the space is taken by " +
              LargestCalls(policy, numbers));
}

}  // namespace

std::vector<sock_filter> Compile(const ResolvedPolicy& policy, const VariableNumbers& numbers) {
  compile::CheckThatRulesCanMatch(policy, numbers);
  return CompileChecked(policy, numbers);
}

std::vector<sock_filter> CompileChecked(const ResolvedPolicy& policy, const VariableNumbers& numbers) {
  Graph graph(numbers);
  Decisions decisions = compile::DecisionsOfCalls(policy, graph);
  // Ordering is for the calls that run the filter: those that the kernel cannot answer from its bitmap. The
  // heaviest go first.
  compile::OrderTests(decisions, compile::WeightsOf(policy, decisions, graph), graph);
  // After ordering, which puts tests of one word behind each other: the answers of later ones are often
  // known.
  compile::SkipKnownTests(decisions, graph);
  // Again, as a decision may have lost all its tests of arguments: the kernel answers such a call by itself.
  const Weights weights = compile::WeightsOf(policy, decisions, graph);
  const NodeId root = compile::DispatchByNumber(policy, decisions, weights, graph);
  std::vector<sock_filter> instructions = compile::LayOutForInstalling(root, graph, policy.target);
  CheckSize(instructions.size(), policy, numbers);
  return instructions;
}

}  // namespace precompiledseccomp
