// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "bpf/allow_cache.h"
#include "bpf/disassembler.h"
#include "bpf/instructions.h"
#include "bpf/interpreter.h"
#include "random_program.h"

namespace precompiledseccomp::bpf {
namespace {

BOOST_AUTO_TEST_SUITE(AllowCacheTest)

constexpr std::uint32_t kX86_64 = 0xc000003e;
constexpr std::uint32_t kI386 = 0x40000003;
constexpr sock_filter kAllow = Return(SECCOMP_RET_ALLOW);
constexpr sock_filter kKill = Return(SECCOMP_RET_KILL_PROCESS);

using Numbers = std::vector<std::uint32_t>;

BOOST_AUTO_TEST_CASE(UnconditionallyAllowedCallsAreCacheable) {
  const Program program = {
      LoadWord(kArchOffset),
      JumpIfEqual(kX86_64, 0, 6),
      LoadWord(kNumberOffset),
      JumpIfGreaterOrEqual(6, 4, 0),
      JumpIfEqual(2, 0, 2),
      LoadWord(16),
      JumpIfEqual(7, 0, 1),
      kAllow,
      kKill,
  };
  BOOST_TEST_CONTEXT(Disassemble(program)) {
    BOOST_TEST(CacheableNumbers(program, kX86_64, 10) == (Numbers{0, 1, 3, 4, 5}),
               boost::test_tools::per_element());
    BOOST_TEST(CacheableNumbers(program, kI386, 10).empty());
    BOOST_TEST(CacheableNumbers(program, kX86_64, 0).empty());
    BOOST_TEST(!IsCacheable(program, 0xffffffff, kX86_64));
  }
}

BOOST_AUTO_TEST_CASE(EachOperationOfTheEmulationIsUnderstood) {
  struct Case {
    sock_filter test;
    Numbers numbers;
  };
  for (const Case& c : std::vector<Case>{
           {JumpIfEqual(2, 0, 1), {2}},
           {JumpIfGreater(2, 0, 1), {3, 4, 5}},
           {JumpIfGreaterOrEqual(2, 0, 1), {2, 3, 4, 5}},
           {JumpIfAnySet(4, 0, 1), {4, 5}},
           {Jump(0), {0, 1, 2, 3, 4, 5}},
           {Jump(1), {}},
       }) {
    const Program program = {LoadWord(kNumberOffset), c.test, kAllow, kKill};
    BOOST_TEST_CONTEXT(Disassemble(program)) {
      BOOST_TEST(CacheableNumbers(program, kX86_64, 6) == c.numbers, boost::test_tools::per_element());
    }
  }
  const Program masked = {LoadWord(kNumberOffset), And(3), JumpIfEqual(1, 0, 1), kAllow, kKill};
  BOOST_TEST(CacheableNumbers(masked, kX86_64, 8) == (Numbers{1, 5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(AnythingElseOnThePathEndsTheEmulation) {
  for (const sock_filter& other : {
           LoadWord(8),
           LoadWord(16),
           LoadImmediate(0),
           LoadImmediateX(0),
           LoadLength(),
           StoreScratch(0),
           StoreScratchX(0),
           Tax(),
           Txa(),
           Or(0),
           Add(0),
           AndX(),
           ShiftRight(0),
           Negate(),
           ReturnA(),
           JumpIfEqualX(0, 0),
           JumpIfGreaterX(0, 0),
       }) {
    BOOST_TEST_CONTEXT(Disassemble(other, 0)) {
      BOOST_TEST(!IsCacheable(Program{other, kAllow}, 0, kX86_64));
      BOOST_TEST(IsCacheable(Program{Jump(1), other, kAllow}, 0, kX86_64));
    }
  }
}

BOOST_AUTO_TEST_CASE(OnlyAllowWithoutDataIsCached) {
  BOOST_TEST(IsCacheable(Program{kAllow}, 0, kX86_64));
  BOOST_TEST(!IsCacheable(Program{Return(SECCOMP_RET_ALLOW | 1)}, 0, kX86_64));
  BOOST_TEST(!IsCacheable(Program{Return(SECCOMP_RET_LOG)}, 0, kX86_64));
  BOOST_TEST(!IsCacheable(Program{Return(SECCOMP_RET_ERRNO)}, 0, kX86_64));
}

BOOST_AUTO_TEST_CASE(RefusedProgramsCacheNothing) {
  BOOST_TEST(!IsCacheable(Program{}, 0, kX86_64));
  BOOST_TEST(!IsCacheable(Program{LoadWord(kNumberOffset)}, 0, kX86_64));
  BOOST_TEST(!IsCacheable(Program{Jump(0xffffffff), kAllow}, 0, kX86_64));
  BOOST_TEST(!IsCacheable(Program{JumpIfEqual(0, 255, 255), kAllow}, 0, kX86_64));
}

BOOST_AUTO_TEST_CASE(InTheEmulationsLanguageExactlyWhatIsAllowedIsCacheable) {
  testing::Random random(6);
  int cacheable = 0;
  for (int round = 0; round < 20000; ++round) {
    const Program program = testing::RandomCacheableProgram(random, 1 + random.Below(20));
    const seccomp_data call = testing::RandomCall(random);
    BOOST_TEST_CONTEXT(Disassemble(program) << "nr " << call.nr << ", arch " << call.arch) {
      const bool actual = IsCacheable(program, static_cast<std::uint32_t>(call.nr), call.arch);
      BOOST_REQUIRE_EQUAL(actual, Run(program, call).result == SECCOMP_RET_ALLOW);
      cacheable += actual ? 1 : 0;
    }
  }
  BOOST_TEST(cacheable > 1000);
}

BOOST_AUTO_TEST_CASE(ACacheableCallIsAllowedWhateverItsArguments) {
  testing::Random random(7);
  int cacheable = 0;
  for (int round = 0; round < 20000; ++round) {
    Program program = testing::RandomCacheableProgram(random, 2 + random.Below(20));
    program[random.Below(program.size() - 1)] = LoadWord(16);
    const seccomp_data call = testing::RandomCall(random);
    if (!IsCacheable(program, static_cast<std::uint32_t>(call.nr), call.arch)) continue;
    ++cacheable;
    BOOST_TEST_CONTEXT(Disassemble(program) << "nr " << call.nr << ", arch " << call.arch) {
      const Execution execution = Run(program, call);
      BOOST_REQUIRE_EQUAL(DescribeReturn(execution.result), "allow");
      BOOST_REQUIRE_EQUAL(execution.words_read & ~std::uint64_t{3}, 0U);
    }
  }
  BOOST_TEST(cacheable > 1000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::bpf
