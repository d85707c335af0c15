// SPDX-License-Identifier: Apache-2.0
//
// The calls that the prover shows where a filter is wrong: made under that filter, the kernel does what the
// prover says that the filter answers, and not what the policy says.

#include <optional>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "bpf/acceptance.h"
#include "bpf/disassembler.h"
#include "bpf/interpreter.h"
#include "compile/compile.h"
#include "kernel/agreement.h"
#include "kernel/filtered_child.h"
#include "libseccomp/by_libseccomp.h"
#include "libseccomp/expressible_policy.h"
#include "support/meant_by_others.h"
#include "support/random_policy.h"
#include "verify/verify.h"

namespace precompiledseccomp::testing {
namespace {

// What can go wrong in one instruction: a test with its sides exchanged, or of a neighbouring constant;
// another answer.
void PlantDifference(std::vector<sock_filter>& program, Random& random) {
  sock_filter& instruction = program[random.Below(program.size())];
  if (BPF_CLASS(instruction.code) == BPF_JMP && random.OneIn(2))
    std::swap(instruction.jt, instruction.jf);
  else
    instruction.k ^= 1;
}

// The smallest call comes from address 0, where no instruction can be; unless the filter looks at it, any
// other address does as well.
seccomp_data FromUserSpace(const seccomp_data& smallest, const ResolvedPolicy& policy,
                           const std::vector<sock_filter>& filter) {
  constexpr std::uint64_t kOrdinaryCode = 0x201122334450;
  seccomp_data call = smallest;
  call.instruction_pointer = kOrdinaryCode;
  const bool is_the_same = bpf::Run(filter, call).result == bpf::Run(filter, smallest).result &&
                           Evaluate(policy, call) == Evaluate(policy, smallest);
  return is_the_same ? call : smallest;
}

// Whether the prover refutes the filter. If it does, the call that it shows is made under it.
bool IsSeenToBeWrong(const ResolvedPolicy& policy, const std::vector<sock_filter>& filter, Tally& tally) {
  const verify::Verdict verdict = verify::Prove(policy, {filter, {}});
  const auto* const refuted = std::get_if<verify::Refuted>(&verdict);
  if (refuted == nullptr) return false;
  const std::vector<seccomp_data> call = {FromUserSpace(refuted->call, policy, filter)};
  BOOST_TEST_CONTEXT(Describe(*refuted, policy.target))
  BOOST_TEST(AllThreeAgree(policy, filter, call, tally, [&](const seccomp_data&, std::uint32_t answer) {
    return answer == refuted->filter_answer;
  }));
  return true;
}

BOOST_AUTO_TEST_SUITE(RefutedFilters, *boost::unit_test::precondition(KernelTakesFilters))

BOOST_AUTO_TEST_CASE(AreSeenToBeWrongInTheKernel) {
  Tally tally;
  int refuted_filters = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const ResolvedPolicy policy = PolicyFor(RandomDefinition(seed), {}, NativeTarget());
    std::vector<sock_filter> program = Compile(policy);
    Random random(seed);
    PlantDifference(program, random);
    if (bpf::ReasonForRefusal(program)) continue;
    BOOST_TEST_CONTEXT("seed " << seed)
    refuted_filters += IsSeenToBeWrong(policy, program, tally) ? 1 : 0;
  }
  Print("filters that the prover refuted", tally);
  BOOST_TEST(refuted_filters > 150);
  // Where a call could be made, the kernel's answer was the wrong one.
  BOOST_TEST(tally.meant_to_differ == tally.calls);
  BOOST_TEST(tally.calls > 100U);
}

// Differences that nobody planted. Of some versions of libseccomp there may be none.
BOOST_AUTO_TEST_CASE(OfLibseccompAreSeenToBeWrongInTheKernel) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const ResolvedPolicy policy = Resolve(ExpressiblePolicy(seed, 2), NativeTarget());
    const auto filter = ByLibseccomp(policy, LibseccompShape::kLinear);
    if (!filter) continue;
    BOOST_TEST_CONTEXT("seed " << seed)
    IsSeenToBeWrong(AsMeantByOthers(policy, *filter), *filter, tally);
  }
  Print("filters by libseccomp that the prover refuted", tally);
  BOOST_TEST(tally.meant_to_differ == tally.calls);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
