// SPDX-License-Identifier: Apache-2.0
//
// Random policies for processes that make few calls, or many: what is chosen for them is proved to mean the
// same, and no call becomes cacheable that was not.

#include <utility>
#include <variant>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "bpf/allow_cache.h"
#include "bpf/disassembler.h"
#include "compile/compile.h"
#include "support/random.h"
#include "support/random_policy.h"
#include "support/seeds.h"
#include "support/targets.h"
#include "verify/verify.h"

namespace precompiledseccomp::testing {
namespace {

struct Cacheable {
  std::size_t given_up = 0;
  std::size_t kept = 0;
};

void Check(ResolvedPolicy policy, Cacheable& cacheable) {
  const Target& target = policy.target;
  const std::vector<sock_filter> usual = Compile(policy);
  for (const std::uint64_t calls : {1U, 200U, 2000U, 1000000U}) {
    policy.calls_per_run = calls;
    const bpf::FilterWithHoles filter{Compile(policy), {}};
    BOOST_TEST(std::holds_alternative<verify::Proved>(verify::Prove(policy, filter)),
               calls << " calls:\n"
                     << bpf::Disassemble(filter.instructions));
    for (std::uint32_t number = 0; number < target.numbers; ++number) {
      const bool was = bpf::IsCacheable(usual, number, target.audit_arch);
      const bool is = bpf::IsCacheable(filter.instructions, number, target.audit_arch);
      BOOST_TEST((was || !is));
      (is ? cacheable.kept : cacheable.given_up) += was ? 1 : 0;
    }
  }
}

BOOST_AUTO_TEST_CASE(FiltersForShortLivesMeanTheSame) {
  Cacheable cacheable;
  ForEachSeed(10, 150, [&](std::uint64_t seed) {
    Check(PolicyFor(RandomDefinition(seed), {}, seed % 2 == 0 ? X86() : Arm()), cacheable);
  });
  // Few of these allow anything whatever the arguments: that there is a choice is for the next test.
  BOOST_TEST_MESSAGE(cacheable.given_up << " calls given up, " << cacheable.kept << " kept");
}

// What is made often may be a call that no rule names, which stands in the midst of others like it.
BOOST_AUTO_TEST_CASE(CallsThatNoRuleNamesMeanTheSameForShortLives) {
  Cacheable cacheable;
  ForEachSeed(10, 150, [&](std::uint64_t seed) {
    Random random(seed);
    Policy policy;
    for (std::uint32_t number = 20; number < 200; number += static_cast<std::uint32_t>(random.Between(1, 4)))
      policy.Errno(1, Syscall(number));
    if (random.OneIn(2)) policy.Allow(Syscall(300), Arg32(0) == 1);
    if (random.OneIn(3)) policy.Log(AnyCall(), Arg32(1) == 5);
    policy.Default(random.OneIn(4) ? Action::Log() : Action::Allow());
    std::vector<SyscallCount> counts;
    for (std::uint32_t i = 0; i < 3; ++i)
      counts.push_back({Syscall(static_cast<std::uint32_t>(17 * i + random.Below(17))), random.Below(100)});
    policy.SyscallCounts(std::move(counts));
    Check(Resolve(policy, seed % 2 == 0 ? X86() : Arm()), cacheable);
  });
  // Else there was nothing to choose.
  BOOST_TEST(cacheable.given_up > 0U);
  BOOST_TEST(cacheable.kept > 0U);
}

}  // namespace
}  // namespace precompiledseccomp::testing
