// SPDX-License-Identifier: Apache-2.0
//
// The decision of each call of a random policy, before and after each step that improves it.

#include <algorithm>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "bpf/interpreter.h"
#include "compile/decisions.h"
#include "compile/jump_threading.h"
#include "compile/layout.h"
#include "compile/order/order.h"
#include "compile/unreachable.h"
#include "support/boundary_calls.h"
#include "support/compare.h"
#include "support/random_policy.h"
#include "support/seeds.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

// What the calls seen so far took.
struct Paths {
  std::size_t plain = 0;
  std::size_t optimised = 0;
};

compile::NodeId WithoutKnownTests(compile::NodeId decision, compile::Graph& graph) {
  compile::SkipKnownTests(std::span(&decision, 1), graph);
  return decision;
}

std::vector<sock_filter> LaidOut(compile::NodeId decision, const compile::Graph& graph) {
  return compile::WithoutUnreachable(compile::LayOut(decision, graph));
}

std::ptrdiff_t CountNodes(compile::NodeId root, const compile::Graph& graph) {
  const std::vector<bool> reachable = graph.ReachableFrom(root);
  return std::count(reachable.begin(), reachable.end(), true);
}

void ComparePaths(std::uint64_t seed, const Target& target, Paths& paths) {
  const ResolvedPolicy policy = PolicyFor(RandomDefinition(seed), {}, target);
  const VariableNumbers no_variables;
  compile::Graph graph(no_variables);
  Random random(seed);
  for (const auto& [number, decision] : compile::DecisionsOfCalls(policy, graph)) {
    const std::vector<sock_filter> plain = LaidOut(decision, graph);
    const compile::NodeId shorter = WithoutKnownTests(decision, graph);
    const std::vector<sock_filter> optimised = LaidOut(shorter, graph);
    // Of instructions there may be one more: who comes with another word than before needs a load.
    BOOST_TEST(CountNodes(shorter, graph) <= CountNodes(decision, graph));
    for (const seccomp_data& call : BoundaryCallsOf(policy, number, random)) {
      const auto before = bpf::Run(plain, call, target.big_endian);
      const auto after = bpf::Run(optimised, call, target.big_endian);
      paths.plain += before.executed;
      paths.optimised += after.executed;
      if (after.result == before.result && after.executed <= before.executed) continue;
      BOOST_ERROR(CallText(target, call)
                  << " for " << target.name << ": " << before.executed << " instructions to " << before.result
                  << " became " << after.executed << " to " << after.result);
      return;
    }
  }
}

BOOST_AUTO_TEST_CASE(SkippingKnownTestsNeverChangesAnAnswerAndNeverLengthensAPath) {
  Paths paths;
  ForEachSeed(25, 300, [&](std::uint64_t seed) { ComparePaths(seed, seed % 2 == 0 ? X86() : Arm(), paths); });
  BOOST_TEST_MESSAGE(paths.plain << " instructions run became " << paths.optimised);
  // Else there was nothing to skip, and nothing was tested.
  BOOST_TEST(paths.optimised < paths.plain);
}

// The instructions on the longest path through a program, whatever leads there.
std::size_t LongestPath(const std::vector<sock_filter>& program) {
  std::vector<std::size_t> longest(program.size(), 1);
  for (std::size_t i = program.size(); i-- > 0;) {
    const sock_filter& instruction = program[i];
    if (BPF_CLASS(instruction.code) == BPF_RET) continue;
    const bool jumps = BPF_CLASS(instruction.code) == BPF_JMP;
    if (!jumps)
      longest[i] += longest[i + 1];
    else if (BPF_OP(instruction.code) == BPF_JA)
      longest[i] += longest[i + 1 + instruction.k];
    else
      longest[i] += std::max(longest[i + 1 + instruction.jt], longest[i + 1 + instruction.jf]);
  }
  return longest.front();
}

void CompareOrders(std::uint64_t seed, const Target& target, Paths& paths) {
  const ResolvedPolicy policy = PolicyFor(RandomDefinition(seed), {}, target);
  const VariableNumbers no_variables;
  compile::Graph graph(no_variables);
  std::vector<std::uint32_t> numbers;
  std::vector<compile::NodeId> decisions;
  std::vector<compile::WeightedDecision> weighted;
  Random random(seed);
  for (const auto& [number, decision] : compile::DecisionsOfCalls(policy, graph)) {
    numbers.push_back(number);
    decisions.push_back(WithoutKnownTests(decision, graph));
    weighted.push_back({decisions.back(), random.OneIn(2) ? 0.1 : 10.0});
  }
  const std::vector<compile::NodeId> ordered = compile::Order(weighted, graph);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::vector<sock_filter> before = LaidOut(decisions[i], graph);
    const std::vector<sock_filter> after = LaidOut(ordered[i], graph);
    for (const seccomp_data& call : BoundaryCallsOf(policy, numbers[i], random)) {
      const std::uint32_t expected = bpf::Run(before, call, target.big_endian).result;
      const std::uint32_t result = bpf::Run(after, call, target.big_endian).result;
      BOOST_TEST_REQUIRE(result == expected, CallText(target, call) << " for " << target.name << ": "
                                                                    << expected << " became " << result);
    }
    BOOST_TEST(LongestPath(after) <= LongestPath(before));
    paths.plain += LongestPath(before);
    paths.optimised += LongestPath(after);
  }
}

BOOST_AUTO_TEST_CASE(OrderingNeverChangesAnAnswerAndNeverLengthensTheLongestPathOfACall) {
  Paths paths;
  ForEachSeed(26, 3000,
              [&](std::uint64_t seed) { CompareOrders(seed, seed % 2 == 0 ? X86() : Arm(), paths); });
  BOOST_TEST_MESSAGE(paths.plain << " instructions on the longest paths became " << paths.optimised);
  BOOST_TEST(paths.optimised < paths.plain);
}

}  // namespace
}  // namespace precompiledseccomp::testing
