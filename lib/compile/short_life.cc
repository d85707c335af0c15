// SPDX-License-Identifier: Apache-2.0

#include "compile/short_life.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include <linux/seccomp.h>

#include "bpf/instructions.h"
#include "compile/layout.h"
#include "compile/reachable.h"
#include "compile/weights.h"

namespace precompiledseccomp::compile {
namespace {

// Of all calls, where the policy does not say which there are.
constexpr double kShareOfUsualCalls = 0.75;

// No number of any architecture's, for the compat architecture's emulation: it stands for all of them.
constexpr std::uint32_t kAnotherArchitecture = 0;

bool IsAllowed(const Node& node) {
  return node.is_leaf && node.leaf.data.IsConstant() && node.leaf.return_value == SECCOMP_RET_ALLOW;
}

bool IsEmulated(const Test& test) {
  const bool is_known = test.subject.offset == bpf::kNumberOffset || test.subject.offset == bpf::kArchOffset;
  return is_known && test.subject.IsPlain() && test.operand.IsConstant() && !test.ends_emulation;
}

bool Answer(const Test& test, std::uint32_t word) {
  switch (test.kind) {
    case Test::Kind::kEqual:
      return word == test.operand.value;
    case Test::Kind::kGreater:
      return word > test.operand.value;
    case Test::Kind::kGreaterOrEqual:
      return word >= test.operand.value;
    case Test::Kind::kAnyBitSet:
      break;
  }
  return (word & test.operand.value) != 0;
}

bool MayBeMade(NodeId decision, const Graph& graph, Branches& branches) {
  if (graph[decision].is_leaf) return !Refuses(graph[decision].leaf);
  branches.CollectInAnyOrder(decision, graph);
  const auto passes = [&](NodeId side) { return graph[side].is_leaf && !Refuses(graph[side].leaf); };
  return std::any_of(branches.ids().begin(), branches.ids().end(),
                     [&](NodeId id) { return passes(graph[id].yes) || passes(graph[id].no); });
}

using Share = std::pair<std::uint32_t, double>;

void Distribute(double total, const std::vector<Share>& shares, std::map<std::uint32_t, double>& calls) {
  double sum = 0;
  for (const auto& [number, share] : shares) sum += share;
  if (sum == 0) return;
  for (const auto& [number, share] : shares) calls[number] += total * share / sum;
}

}  // namespace

std::map<std::uint32_t, double> CallsInALife(const ResolvedPolicy& policy, const Decisions& decisions,
                                             const Graph& graph) {
  Branches branches;
  const auto is_made = [&](std::uint32_t number) {
    if (const auto named = decisions.find(number); named != decisions.end())
      return MayBeMade(named->second, graph, branches);
    // Rules for any call have not been looked at for this one.
    if (decisions.count(kUnnamedKnown) != 0) return true;
    return !Refuses({policy.LastResort(number).ReturnValueWithoutData(), {}});
  };
  std::vector<Share> declared;
  for (const auto& [number, count] : policy.counts)
    if (count != 0 && is_made(number)) declared.emplace_back(number, static_cast<double>(count));
  const auto in_all = static_cast<double>(policy.calls_per_run.value_or(0));
  std::map<std::uint32_t, double> calls;
  Distribute(in_all, declared, calls);
  if (!calls.empty()) return calls;

  std::vector<Share> usual;
  for (const std::uint32_t number : UsualCalls(policy.target))
    if (is_made(number)) usual.emplace_back(number, 1.0 / static_cast<double>(usual.size() + 1));
  std::vector<Share> any;
  for (const auto& [number, decision] : decisions)
    if (number < kNoCallsFrom && is_made(number)) any.emplace_back(number, 1);
  Distribute(in_all * kShareOfUsualCalls, usual, calls);
  Distribute(in_all * (usual.empty() ? 1 : 1 - kShareOfUsualCalls), any, calls);
  return calls;
}

ShortLife::ShortLife(const ResolvedPolicy& policy, std::map<std::uint32_t, double> calls, Graph& graph)
    : policy_(policy), calls_(std::move(calls)), graph_(graph) {}

double ShortLife::CallsOf(std::uint32_t number) const {
  const auto made = calls_.find(number);
  return made == calls_.end() ? 0 : made->second;
}

double ShortLife::CostOf(NodeId root) {
  const Target& target = policy_.target;
  std::size_t instructions = 0;
  const Layout layout(root, graph_, Layout::Variables::kStandIns);
  for (const Block& block : layout.blocks()) instructions += block.size;
  double cost = kCostOfAnInstruction * static_cast<double>(instructions);
  cost += target.compat_numbers * Emulate(root, kAnotherArchitecture, 0).steps;
  for (std::uint32_t i = 0; i < target.numbers; ++i) {
    const std::uint32_t number = target.first_number + i;
    const Walk walk = Emulate(root, target.audit_arch, number);
    cost += walk.steps;
    if (!walk.is_cached) cost += CallsOf(number) * (kCostOfARun + kCostOfARunInstruction * walk.steps);
  }
  return cost;
}

ShortLife::Walk ShortLife::Emulate(NodeId root, std::uint32_t arch, std::uint32_t number) const {
  Walk walk;
  std::optional<std::uint32_t> held;
  for (NodeId id = root;;) {
    const Node& node = graph_[id];
    // The return, or the load that ends it.
    if (node.is_leaf || !IsEmulated(node.test)) {
      ++walk.steps;
      walk.is_cached = IsAllowed(node);
      return walk;
    }
    const std::uint32_t offset = node.test.subject.offset;
    walk.steps += held == offset ? 1 : 2;
    held = offset;
    id = Answer(node.test, offset == bpf::kNumberOffset ? number : arch) ? node.yes : node.no;
  }
}

NodeId ShortLife::EndEmulationWhereItPays(NodeId root) {
  Numbers numbers;
  for (std::uint32_t i = 0; i < policy_.target.numbers; ++i)
    numbers.push_back(policy_.target.first_number + i);
  const Node arch = graph_[root];
  const NodeId best = BestBelow(arch.yes, numbers).node;
  return graph_.AddBranch(arch.test, best, arch.no);
}

// `numbers` are those that get there.
ShortLife::Choice ShortLife::BestBelow(NodeId id, const Numbers& numbers) {
  const Node node = graph_[id];
  const auto count = static_cast<double>(numbers.size());
  if (node.is_leaf || !IsEmulated(node.test)) return {count, id};
  Numbers if_yes;
  Numbers if_no;
  for (const std::uint32_t number : numbers) (Answer(node.test, number) ? if_yes : if_no).push_back(number);
  const Choice yes = BestBelow(node.yes, if_yes);
  const Choice no = BestBelow(node.no, if_no);
  const double looked_at = count + yes.cost + no.cost;
  // One instruction loads the argument, and one the number again.
  double ended = count + 2 * kCostOfAnInstruction;
  for (const std::uint32_t number : numbers)
    if (Emulate(id, policy_.target.audit_arch, number).is_cached) ended += CallsOf(number) * kCostOfARun;
  if (ended < looked_at) return {ended, EndingEmulation(id, graph_)};
  return {looked_at, graph_.AddBranch(node.test, yes.node, no.node)};
}

NodeId EndingEmulation(NodeId node, Graph& graph) {
  const Node same = graph[node];
  Test test = same.test;
  test.ends_emulation = true;
  return graph.AddBranch(test, same.yes, same.no);
}

}  // namespace precompiledseccomp::compile
