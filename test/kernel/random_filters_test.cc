// SPDX-License-Identifier: Apache-2.0
//
// Random policies, installed for real. The calls are ones that may have any arguments: numbers that no kernel
// has, which fail with ENOSYS when a filter lets them through, and calls that only ask.

#include <vector>

#include <boost/test/unit_test.hpp>

#include <sys/syscall.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/precompile.h>

#include "compile/compile.h"
#include "kernel/filtered_child.h"
#include "precompile/template.h"
#include "support/boundary_calls.h"
#include "support/random.h"
#include "support/random_policy.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(RandomFilters, *boost::unit_test::precondition(KernelTakesFilters))

constexpr Effort kFewCalls = {.aims_per_test = 1, .combinations = 8, .values_one_by_one = 30};

// Calls that take any arguments without harm, and that the kernel can cache.
std::vector<std::uint32_t> HarmlessCalls() {
  return {SYS_getpid,
          SYS_getppid,
          SYS_getuid,
          SYS_geteuid,
          SYS_getgid,
          SYS_getegid,
          SYS_gettid,
          SYS_getsid,
          SYS_getpgid,
          SYS_getpriority,
          SYS_sched_get_priority_max,
          SYS_sched_getscheduler};
}

PolicyShape Shape() {
  PolicyShape shape;
  shape.numbers = HarmlessCalls();
  // Above all kernels' tables, of which the largest number is below 1024 today.
  for (const std::uint32_t number :
       {2000U, 2001U, 2002U, 2003U, 2006U, 2100U, 5000U, Syscall::kMaximumNumber})
    shape.numbers.push_back(number);
  for (int i = 0; i < 6; ++i) {
    shape.actions.push_back(Action::Allow());
    shape.actions.push_back(Action::Errno(kFirstErrnoOfFilters + i));
  }
  for (const Action& action : {Action::Trap(3), Action::Trap(65535), Action::Trace(1), Action::UserNotify(),
                               Action::KillProcess(), Action::Errno(4095)})
    shape.actions.push_back(action);
  shape.always_allowed = CallsNeeded();
  return shape;
}

// The boundary calls whose numbers, if they should get through, do no harm.
std::vector<seccomp_data> Calls(const ResolvedPolicy& policy, Random& random) {
  static const std::vector<std::uint32_t> harmless = HarmlessCalls();
  std::vector<seccomp_data> calls;
  for (const std::uint32_t number : BoundaryNumbers(policy)) {
    constexpr std::uint32_t kAboveAllTables = 1500;
    const std::uint32_t without_x32_bit = number & 0x3fffffff;
    const bool is_harmless = std::find(harmless.begin(), harmless.end(), without_x32_bit) != harmless.end();
    if (!is_harmless && without_x32_bit < kAboveAllTables) continue;
    const auto of_number = BoundaryCallsOf(policy, number, random, kFewCalls);
    calls.insert(calls.end(), of_number.begin(), of_number.end());
  }
  return calls;
}

BOOST_AUTO_TEST_CASE(AreObeyedByTheKernel) {
  const Target& target = NativeTarget();
  std::size_t made = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Policy policy = RandomDefinition(seed, Shape()).policy(Values(target, {}));
    BOOST_TEST_CONTEXT("seed " << seed << "\n" << policy) {
      const ResolvedPolicy resolved = Resolve(policy, target);
      Random random(seed);
      const std::vector<seccomp_data> calls = Calls(resolved, random);
      BOOST_TEST(KernelObeys(resolved, Compile(resolved), calls));
      made += calls.size();
    }
  }
  BOOST_TEST_MESSAGE(made << " calls");
  BOOST_TEST(made > 5000U);
}

BOOST_AUTO_TEST_CASE(WithVariablesAreObeyedByTheKernel) {
  const Target& target = NativeTarget();
  PolicyShape shape = Shape();
  shape.variables = true;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const ProgramDefinition definition = RandomDefinition(seed, shape);
    const PrecompiledProgram program = Precompile(definition, target);
    const Policy policy = definition.policy(Values(target, definition.variables));
    for (const auto& values : InterestingValues(definition, target, seed)) {
      BOOST_TEST_CONTEXT("seed " << seed << "\n" << policy) {
        const ResolvedPolicy resolved = PolicyFor(definition, values, target);
        Random random(seed);
        BOOST_TEST(KernelObeys(resolved, WithValues(program, values), Calls(resolved, random)));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
