// SPDX-License-Identifier: Apache-2.0
//
// Programs of all sizes up to the kernel's limit: conditional jumps reach 255 instructions, and the program
// may have 4096.

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/error.h>

#include "compile/compile.h"
#include "support/boundary_calls.h"
#include "support/compare.h"
#include "support/errors.h"
#include "support/numbers.h"
#include "support/random.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

std::vector<Value> ScatteredConstants(std::size_t count, Random& random) {
  std::set<std::uint32_t> constants;
  while (constants.size() < count) constants.insert(random.Word32());
  return {constants.begin(), constants.end()};
}

// One call with a large set of constants, as of ioctl.
Policy OneLargeSet(std::size_t size) {
  Random random(size);
  Policy policy;
  policy.Allow(Numbers({0, 1, 3, 60, 231}));
  policy.Allow(Syscall(16), Arg32(1).In(ScatteredConstants(size, random)));
  policy.Errno(1, Syscall(257));
  return policy;
}

// Many calls with sets of their own, and different answers, so that little is shared.
Policy ManySets(std::size_t calls, std::size_t constants_each) {
  Random random(calls * 1000 + constants_each);
  Policy policy;
  for (std::size_t i = 0; i < calls; ++i) {
    const auto number = static_cast<std::uint32_t>(2 * i);
    policy.Errno(static_cast<std::uint32_t>(i + 1), Syscall(number),
                 Arg(static_cast<int>(i % 6)).In(ScatteredConstants(constants_each, random)));
    policy.Allow(Syscall(number));
  }
  policy.Default(Action::Trap(1)).BadArchitecture(Action::KillThread()).ForLinuxFrom(5, 4);
  return policy;
}

// A chain of alternatives of two tests each, which no search tree can take apart.
Policy ManyPairs(std::size_t pairs) {
  Random random(pairs);
  std::vector<Condition> alternatives;
  for (std::size_t i = 0; i < pairs; ++i)
    alternatives.push_back(Arg(static_cast<int>(i % 3)) >= random.Word32() &&
                           (Arg(static_cast<int>(3 + i % 3)) & random.Word32()) == 0);
  Policy policy;
  policy.Allow(Syscall(16), AnyOf(alternatives));
  policy.Errno(2, Numbers({17, 18, 40}));
  return policy;
}

// Compiles and checks; gives the number of instructions.
std::size_t CheckLarge(const Policy& policy, const Target& target) {
  const ResolvedPolicy resolved = Resolve(policy, target);
  const std::vector<sock_filter> program = Compile(resolved);
  Random random(program.size());
  const Effort effort = {.aims_per_test = 1, .combinations = 100, .values_one_by_one = 6000};
  BOOST_TEST(IsTidy(program));
  BOOST_TEST(AnswersLike(resolved, program, BoundaryCalls(resolved, random, effort)));
  BOOST_TEST(CachesWhatIsAllowed(resolved, program));
  return program.size();
}

std::string ErrorOfCompiling(const Policy& policy) {
  return ErrorOf([&] { Compile(Resolve(policy, X86())); });
}

BOOST_AUTO_TEST_SUITE(LargePrograms)

// Sizes step by step around the places where jumps stop reaching: each constant costs about one instruction.
BOOST_AUTO_TEST_CASE(OfOneCallAreRightAtEverySizeAroundTheReachOfAJump) {
  for (std::size_t size = 115; size <= 135; ++size)
    BOOST_TEST_CONTEXT(size << " constants") CheckLarge(OneLargeSet(size), X86());
  for (std::size_t size = 240; size <= 262; ++size)
    BOOST_TEST_CONTEXT(size << " constants") CheckLarge(OneLargeSet(size), X86());
}

BOOST_AUTO_TEST_CASE(OfOneCallAreRightUpToTheLimit) {
  std::size_t largest = 0;
  for (const std::size_t size : {500U, 1000U, 1500U, 1900U})
    BOOST_TEST_CONTEXT(size << " constants") largest = CheckLarge(OneLargeSet(size), X86());
  BOOST_TEST(largest > 1900U);
}

BOOST_AUTO_TEST_CASE(OfManyCallsAreRight) {
  for (const std::size_t calls : {8U, 16U, 32U, 64U, 128U})
    for (const Target& target : Targets())
      BOOST_TEST_CONTEXT(calls << " calls for " << target.name) CheckLarge(ManySets(calls, 12), target);
}

// A set grows by smaller and smaller steps until one constant more is too many.
BOOST_AUTO_TEST_CASE(AreRightUpToTheVeryLimit) {
  const auto policy = [](std::size_t constants) {
    Random random(1);
    return ManySets(180, 12).Allow(Syscall(5000), Arg32(1).In(ScatteredConstants(constants, random)));
  };
  std::size_t fitting = 1;
  for (std::size_t step = 64; step > 0; step /= 2)
    while (ErrorOfCompiling(policy(fitting + step)) == kNoError) fitting += step;
  BOOST_TEST(CheckLarge(policy(fitting), X86()) > BPF_MAXINSNS - 4U);
}

BOOST_AUTO_TEST_CASE(OfManyAlternativesAreRight) {
  for (const std::size_t pairs : {20U, 60U, 100U, 150U, 300U})
    BOOST_TEST_CONTEXT(pairs << " pairs") CheckLarge(ManyPairs(pairs), X86());
}

BOOST_AUTO_TEST_CASE(ThatAreTooLargeAreAnErrorThatNamesTheCalls) {
  CheckContains(ErrorOfCompiling(OneLargeSet(6000)), {"4096", "ioctl"});
  CheckContains(ErrorOfCompiling(ManySets(400, 20)), {"4096", "read"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
