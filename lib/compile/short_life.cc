// SPDX-License-Identifier: Apache-2.0

#include "compile/short_life.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "bpf/instructions.h"
#include "compile/layout.h"
#include "compile/reachable.h"
#include "compile/shares.h"
#include "compile/weights.h"

namespace precompiledseccomp::compile {
namespace {

// Of all calls, those that the policy says are made often; of the others, those that programs usually make.
constexpr double kShareOfDeclaredCalls = 0.9;
constexpr double kShareOfUsualCalls = 0.75;
// More calls than this are as good as any number, and would make all else vanish beside them.
constexpr std::uint64_t kMostCalls = 1000000000;

// No target's, for the compat architecture's emulation: it stands for all others.
constexpr std::uint32_t kAnotherArchitecture = 0;

bool IsAllowed(const Node& node) {
  return node.is_leaf && node.leaf.data.IsConstant() && node.leaf.return_value == SECCOMP_RET_ALLOW;
}

// Of what the kernel can emulate: the rest looks at arguments.
bool IsOfNumberOrArchitecture(const Test& test) {
  const bool is_known = test.subject.offset == bpf::kNumberOffset || test.subject.offset == bpf::kArchOffset;
  return is_known && test.subject.IsPlain() && test.operand.IsConstant();
}

bool Holds(const Test& test, std::uint32_t word) {
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

// Which calls may be made at all.
class Made {
 public:
  Made(const ResolvedPolicy& policy, const Decisions& decisions, const Graph& graph)
      : policy_(policy), decisions_(decisions), graph_(graph) {}

  bool operator()(std::uint32_t number) {
    if (const auto named = decisions_.find(number); named != decisions_.end())
      return ByDecision(named->second);
    if (number == Target::kSkippedCall) return false;
    if (const auto any = decisions_.find(kUnnamedKnown); any != decisions_.end())
      return ByDecision(any->second);
    return !Refuses({policy_.LastResort(number).ReturnValueWithoutData(), {}});
  }

 private:
  bool ByDecision(NodeId decision) {
    const auto [known, is_new] = known_.emplace(decision, false);
    if (is_new) known->second = !IsAlwaysRefused(decision, graph_, branches_);
    return known->second;
  }

  const ResolvedPolicy& policy_;
  const Decisions& decisions_;
  const Graph& graph_;
  Branches branches_;
  std::map<NodeId, bool> known_;
};

}  // namespace

std::map<std::uint32_t, double> CallsInALife(const ResolvedPolicy& policy, const Decisions& decisions,
                                             const Graph& graph) {
  Made is_made(policy, decisions, graph);
  std::vector<Share> declared;
  for (const auto& [number, count] : policy.counts)
    if (count != 0 && is_made(number)) declared.emplace_back(number, static_cast<double>(count));
  std::vector<Share> usual;
  for (const std::uint32_t number : UsualCalls(policy.target))
    if (is_made(number)) usual.emplace_back(number, 1.0 / static_cast<double>(usual.size() + 1));
  std::vector<Share> any;
  for (std::uint32_t i = 0; i < policy.target.numbers; ++i)
    if (is_made(policy.target.first_number + i)) any.emplace_back(policy.target.first_number + i, 1);

  double left = static_cast<double>(std::min(policy.calls_per_run.value_or(0), kMostCalls));
  std::map<std::uint32_t, double> calls;
  const auto take = [&](double share, const std::vector<Share>& by) {
    if (by.empty()) return;
    Distribute(left * share, by, calls);
    left -= left * share;
  };
  take(kShareOfDeclaredCalls, declared);
  take(kShareOfUsualCalls, usual);
  take(1, any);
  return calls;
}

ShortLife::ShortLife(const ResolvedPolicy& policy, std::map<std::uint32_t, double> calls, Graph& graph)
    : policy_(policy), calls_(std::move(calls)), graph_(graph) {}

double ShortLife::CallsOf(std::uint32_t number) const {
  const auto made = calls_.find(number);
  return made == calls_.end() ? 0 : made->second;
}

double ShortLife::CostOf(NodeId root) const {
  const Target& target = policy_.target;
  std::size_t instructions = 0;
  const Layout layout(root, graph_, Layout::Variables::kStandIns);
  for (const Block& block : layout.blocks()) instructions += block.size;
  if (instructions > BPF_MAXINSNS) return std::numeric_limits<double>::infinity();
  double cost = kCostOfAnInstruction * static_cast<double>(instructions);
  cost += target.compat_numbers * Emulate(root, kAnotherArchitecture, 0).steps;
  for (std::uint32_t i = 0; i < target.numbers; ++i) {
    const std::uint32_t number = target.first_number + i;
    const Walk walk = Emulate(root, target.audit_arch, number);
    cost += walk.steps;
    if (!walk.is_cached) cost += CallsOf(number) * (kCostOfARun + kCostOfARunInstruction * walk.run);
  }
  return cost;
}

// As far as the number decides: what then looks at arguments is the same in all filters.
ShortLife::Walk ShortLife::Emulate(NodeId root, std::uint32_t arch, std::uint32_t number) const {
  Walk walk;
  bool is_ended = false;
  const auto step = [&] {
    ++walk.run;
    if (!is_ended) ++walk.steps;
  };
  std::optional<std::uint32_t> held;
  for (NodeId id = root;;) {
    const Node& node = graph_[id];
    // The return, or the load that ends it.
    if (node.is_leaf || !IsOfNumberOrArchitecture(node.test)) {
      step();
      walk.is_cached = !is_ended && IsAllowed(node);
      return walk;
    }
    const std::uint32_t offset = node.test.subject.offset;
    if (node.test.ends_emulation) {
      step();
      is_ended = true;
      held.reset();
    }
    if (held != offset) step();
    step();
    held = offset;
    id = Holds(node.test, offset == bpf::kNumberOffset ? number : arch) ? node.yes : node.no;
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
  if (node.is_leaf || !IsOfNumberOrArchitecture(node.test)) return {count, id};
  Numbers if_yes;
  Numbers if_no;
  for (const std::uint32_t number : numbers) (Holds(node.test, number) ? if_yes : if_no).push_back(number);
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
