// SPDX-License-Identifier: Apache-2.0
//
// What a filter costs in the life of a process that makes a known number of calls (Policy::CallsPerRun()).
//
// When a filter is installed, the kernel follows it for each number of its table, to find the calls that it
// allows whatever their arguments, and does not run it for these any more (bpf/allow_cache.h). That takes
// time for each number, and saves time for each call. It ends where an argument is loaded: so a load for
// nothing, in front of the tests of numbers that are hardly ever called, ends it for all of them at once.
//
//     ld arg0; ld nr; jge ...        a test that ends the emulation (Test::ends_emulation)
//
// In front of the whole filter, that is the cheapest to install; behind a test of the calls that are made
// most often, these stay what the kernel answers by itself.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include <precompiledseccomp/evaluate.h>

#include "compile/decisions.h"
#include "compile/graph.h"

namespace precompiledseccomp::compile {

// What it costs to run the filter for a call that the kernel could have answered, and for each instruction
// that is run, in units of an instruction emulated (bpf/install_cost.h): measured as 22 ns and 0.1 to 0.5 ns.
inline constexpr double kCostOfARun = 8.8;
inline constexpr double kCostOfARunInstruction = 0.12;

// How often each call is made in the life of a process: `policy.calls_per_run` in all. Nine of ten are what
// the policy says, by HotSyscalls() or SyscallCounts(), if it does; of the others, or of all, three quarters
// are those that programs usually make, the n-th of them 1/n as often as the first, and the rest is any.
// Calls that are always refused are not made.
std::map<std::uint32_t, double> CallsInALife(const ResolvedPolicy& policy, const Decisions& decisions,
                                             const Graph& graph);

// Judges filters for one policy.
class ShortLife {
 public:
  // `graph` must outlive it.
  ShortLife(const ResolvedPolicy& policy, std::map<std::uint32_t, double> calls, Graph& graph);

  // Installation and calls together, of the filter that begins at `root` with a test of the architecture.
  // Infinite if it is too large.
  [[nodiscard]] double CostOf(NodeId root) const;

  // The same filter, with each test of the number behind a load of an argument where that is cheaper.
  NodeId EndEmulationWhereItPays(NodeId root);

 private:
  struct Walk {
    double steps = 0;  // emulated
    double run = 0;    // by a call: the same, and those behind a load that ends the emulation
    bool is_cached = false;
  };
  // What a choice below a test costs, and the test with that choice.
  struct Choice {
    double cost = 0;
    NodeId node = 0;
  };
  using Numbers = std::vector<std::uint32_t>;

  [[nodiscard]] Walk Emulate(NodeId root, std::uint32_t arch, std::uint32_t number) const;
  [[nodiscard]] double CallsOf(std::uint32_t number) const;
  Choice BestBelow(NodeId id, const Numbers& numbers);

  const ResolvedPolicy& policy_;
  std::map<std::uint32_t, double> calls_;
  Graph& graph_;
};

// The test at `node`, which ends the emulation.
NodeId EndingEmulation(NodeId node, Graph& graph);

}  // namespace precompiledseccomp::compile
