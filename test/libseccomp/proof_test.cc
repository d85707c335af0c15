// SPDX-License-Identifier: Apache-2.0
//
// What libseccomp makes of random policies, and the prover of that: filters by a compiler that nobody here
// wrote. With one rule for each call they are right, and proved. With two, libseccomp 2.5.4 merges some of
// them wrongly; then the prover has to show it.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/evaluate.h>

#include "bpf/disassembler.h"
#include "bpf/instructions.h"
#include "bpf/interpreter.h"
#include "compile/compile.h"
#include "libseccomp/by_libseccomp.h"
#include "libseccomp/expressible_policy.h"
#include "support/boundary_calls.h"
#include "support/compare.h"
#include "support/meant_by_others.h"
#include "support/rendering.h"
#include "support/seeds.h"
#include "support/targets.h"
#include "verify/verify.h"

namespace precompiledseccomp::testing {
namespace {

using Filter = std::vector<sock_filter>;

constexpr Effort kFewCalls = {.aims_per_test = 1, .combinations = 4, .values_one_by_one = 4};

struct Tally {
  std::size_t not_made = 0;
  std::size_t proved = 0;
  std::size_t refuted = 0;
};

// Each verdict is borne out by running the filter. Our own has no fault where libseccomp's has one.
void Judge(std::uint64_t seed, const ResolvedPolicy& policy, LibseccompShape shape, Tally& tally) {
  const std::optional<Filter> filter = ByLibseccomp(policy, shape);
  tally.not_made += filter ? 0 : 1;
  if (!filter) return;
  const ResolvedPolicy meant = AsMeantByOthers(policy, *filter);
  const verify::Verdict verdict = verify::Prove(meant, {*filter, {}});
  BOOST_TEST_CONTEXT(Describe(verdict, policy.target) << ", by\n" << bpf::Disassemble(*filter)) {
    BOOST_TEST(!std::holds_alternative<verify::Undecided>(verdict));
    if (const auto* const refuted = std::get_if<verify::Refuted>(&verdict)) {
      ++tally.refuted;
      BOOST_TEST(IsShownByRunning(*refuted, meant, {*filter, {}}));
      BOOST_TEST(bpf::Run(Compile(meant), refuted->call).result == refuted->policy_answer);
    } else {
      ++tally.proved;
      Random random(seed);
      BOOST_TEST(AnswersLike(meant, *filter, BoundaryCalls(meant, random, kFewCalls)));
    }
  }
}

Tally JudgeRandomPolicies(std::size_t most_alternatives) {
  Tally tally;
  ForEachSeed(25, 500, [&](std::uint64_t seed) {
    const ResolvedPolicy policy = Resolve(ExpressiblePolicy(seed, most_alternatives), NativeTarget());
    Judge(seed, policy, LibseccompShape::kLinear, tally);
    Judge(seed, policy, LibseccompShape::kTree, tally);
  });
  BOOST_TEST_MESSAGE("libseccomp's filters, with up to "
                     << most_alternatives << " rules for a call: " << tally.proved << " proved, "
                     << tally.refuted << " refuted, " << tally.not_made << " not made");
  return tally;
}

BOOST_AUTO_TEST_CASE(FiltersWithOneRuleForEachCallAreProved) {
  const Tally tally = JudgeRandomPolicies(1);
  BOOST_TEST(tally.proved > 0U);
  BOOST_TEST(tally.refuted + tally.not_made == 0U);
}

BOOST_AUTO_TEST_CASE(FiltersWithTwoRulesForACallAreProvedOrShownToBeWrong) {
  const Tally tally = JudgeRandomPolicies(2);
  BOOST_TEST(tally.proved > 0U);
}

// What libseccomp 2.5.4 makes of two rules for a call, x32 apart: one of the paths to the test of a high half
// comes with the low half.
BOOST_AUTO_TEST_CASE(AFilterThatComparesTheWrongHalfIsRefuted) {
  using namespace bpf;  // NOLINT: instructions are written like assembly
  const Target& target = X86();
  Policy policy;
  policy.Default(Action::Errno(1)).Allow(Syscall(219), Arg(2) <= 0x500000005 || Arg(2) <= 0x80000000);
  const std::uint32_t low = ArgumentOffset(2, Half::kLow, false);
  const std::uint32_t high = ArgumentOffset(2, Half::kHigh, false);
  const Filter filter = {LoadWord(kArchOffset),
                         JumpIfEqual(target.audit_arch, 0, 14),
                         LoadWord(kNumberOffset),
                         JumpIfAnySet(0x40000000, 12, 0),
                         JumpIfEqual(219, 0, 10),
                         LoadWord(high),
                         JumpIfGreater(0, 3, 0),
                         JumpIfEqual(0, 0, 6),
                         LoadWord(low),
                         JumpIfGreater(0x80000000, 0, 4),
                         JumpIfGreater(5, 4, 0),  // from instruction 9, the low half
                         JumpIfEqual(5, 0, 2),
                         LoadWord(low),
                         JumpIfGreater(5, 1, 0),
                         Return(SECCOMP_RET_ALLOW),
                         Return(SECCOMP_RET_ERRNO | 1),
                         Return(SECCOMP_RET_KILL_PROCESS)};
  BOOST_TEST(Describe(verify::Prove(Resolve(policy, target), {filter, {}}), target) ==
             "restart_syscall(0x0, 0x0, 0x80000001, ...): filter errno 1, policy allow, at instruction 15");
}

}  // namespace
}  // namespace precompiledseccomp::testing
