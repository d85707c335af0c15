// SPDX-License-Identifier: Apache-2.0
//
// Random policies for processes that make few calls, or many: what is chosen for them is proved to mean the
// same, and no call becomes cacheable that was not.

#include <variant>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "bpf/allow_cache.h"
#include "bpf/disassembler.h"
#include "compile/compile.h"
#include "support/random_policy.h"
#include "support/seeds.h"
#include "support/targets.h"
#include "verify/verify.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_CASE(FiltersForShortLivesMeanTheSame) {
  std::size_t given_up = 0;
  std::size_t kept = 0;
  ForEachSeed(10, 150, [&](std::uint64_t seed) {
    const Target& target = seed % 2 == 0 ? X86() : Arm();
    ResolvedPolicy policy = PolicyFor(RandomDefinition(seed), {}, target);
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
        (is ? kept : given_up) += was ? 1 : 0;
      }
    }
  });
  // Else there was nothing to choose.
  BOOST_TEST(given_up > 0U);
  BOOST_TEST(kept > 0U);
}

}  // namespace
}  // namespace precompiledseccomp::testing
