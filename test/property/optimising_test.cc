// SPDX-License-Identifier: Apache-2.0
//
// The decision of each call of a random policy, before and after tests whose answer is known are skipped.

#include <vector>

#include <boost/test/unit_test.hpp>

#include "bpf/interpreter.h"
#include "compile/layout.h"
#include "compile/rules.h"
#include "compile/thread.h"
#include "property/seeds.h"
#include "support/boundary_calls.h"
#include "support/compare.h"
#include "support/random_policy.h"

namespace precompiledseccomp::testing {
namespace {

// What the calls seen so far took.
struct Paths {
  std::size_t plain = 0;
  std::size_t optimised = 0;
};

void ComparePaths(std::uint64_t seed, const Target& target, Paths& paths) {
  const ResolvedPolicy policy = PolicyFor(RandomDefinition(seed), {}, target);
  compile::Graph graph;
  Random random(seed);
  for (const auto& [number, decision] : compile::DecisionsOfCalls(policy, graph)) {
    const std::vector<sock_filter> plain = compile::LayOut(decision, graph);
    const std::vector<sock_filter> optimised =
        compile::LayOut(compile::SkipKnownTests(decision, graph), graph);
    BOOST_TEST(optimised.size() <= plain.size());
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
  ForEachSeed(25, 300, [&](std::uint64_t seed) {
    ComparePaths(seed, *FindTarget(seed % 2 == 0 ? "x86_64" : "aarch64"), paths);
  });
  BOOST_TEST_MESSAGE(paths.plain << " instructions run became " << paths.optimised);
  // Else there was nothing to skip, and nothing was tested.
  BOOST_TEST(paths.optimised < paths.plain);
}

}  // namespace
}  // namespace precompiledseccomp::testing
