// SPDX-License-Identifier: Apache-2.0
//
// Filters for processes that make few calls: the kernel looks for fewer of those that it need not run the
// filter for.

#include "compile/short_life.h"

#include <limits>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>

#include "bpf/allow_cache.h"
#include "bpf/disassembler.h"
#include "compile/compile_for.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

// Calls of which every second number is allowed, so that the search for a number is long, and one of which an
// argument is checked.
Policy Scattered() {
  Policy policy;
  for (std::uint32_t number = 20; number < 200; number += 2) policy.Allow(Syscall(number));
  policy.Allow("read").Allow("openat", Arg32(2) == 0);
  return policy;
}

std::size_t Steps(const std::vector<sock_filter>& program) {
  std::size_t steps = 0;
  for (std::uint32_t number = 0; number < X86().numbers; ++number)
    steps += bpf::Emulate(program, number, X86().audit_arch).steps;
  return steps;
}

std::size_t Cacheable(const std::vector<sock_filter>& program) {
  return bpf::CacheableNumbers(program, X86().audit_arch, X86().numbers).size();
}

BOOST_AUTO_TEST_SUITE(ShortLifeTest)

BOOST_AUTO_TEST_CASE(WithFewCallsNoneAreLookedFor) {
  const std::vector<sock_filter> program = CompileFor(Scattered().CallsPerRun(30));
  BOOST_TEST(bpf::Disassemble(program).find("   0: ld arg0.low\n   1: ld arch\n") == 0U);
  BOOST_TEST(Cacheable(program) == 0U);
  BOOST_TEST(Steps(program) == X86().numbers);
}

BOOST_AUTO_TEST_CASE(WithManyCallsAllAre) {
  const std::vector<sock_filter> program = CompileFor(Scattered().CallsPerRun(1000000));
  BOOST_TEST(Cacheable(program) == Cacheable(CompileFor(Scattered())));
}

BOOST_AUTO_TEST_CASE(ACallThatIsMadeMuchMoreOftenThanOthersIsLookedForBeforeTheLoad) {
  Policy policy = Scattered();
  policy.SyscallCounts({{"read", 99}, {Syscall(20), 1}}).CallsPerRun(1000);
  const std::vector<sock_filter> program = CompileFor(policy);
  BOOST_TEST(Cacheable(program) == 1U);
  BOOST_TEST(bpf::IsCacheable(program, 0, X86().audit_arch));
  // Architecture and number, two each, and the load; read ends with an answer instead.
  BOOST_TEST(Steps(program) == 5U * X86().numbers);
  BOOST_TEST(Steps(program) < Steps(CompileFor(Scattered())));
}

BOOST_AUTO_TEST_CASE(TheMoreCallsTheMoreAreLookedFor) {
  std::size_t before = 0;
  for (const std::uint64_t calls : {10U, 300U, 1000U, 3000U, 10000U, 100000U}) {
    const std::size_t cacheable = Cacheable(CompileFor(Scattered().CallsPerRun(calls)));
    BOOST_TEST(cacheable >= before);
    before = cacheable;
  }
}

BOOST_AUTO_TEST_CASE(AProfileSaysWhichAreMadeOftenAndNotThatOthersAreNot) {
  Policy policy = Scattered();
  policy.HotSyscalls({"openat"}).CallsPerRun(1000000000);
  BOOST_TEST(Cacheable(CompileFor(policy)) == Cacheable(CompileFor(Scattered())));
}

BOOST_AUTO_TEST_CASE(AnyNumberOfCallsIsTaken) {
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const std::vector<sock_filter> program = CompileFor(Scattered().CallsPerRun(most));
  BOOST_TEST(program.size() <= 2 * CompileFor(Scattered()).size());
  BOOST_TEST(Cacheable(program) == Cacheable(CompileFor(Scattered())));
}

// There is nothing to look for, and nothing to choose.
BOOST_AUTO_TEST_CASE(OneAnswerToAllCallsStaysOneInstruction) {
  const std::vector<sock_filter> program = CompileFor(Policy()
                                                          .Log(AnyCall())
                                                          .Log(Syscall::Skipped())
                                                          .Default(Action::Allow())
                                                          .BadArchitecture(Action::Log())
                                                          .CallsPerRun(10));
  BOOST_TEST(bpf::Disassemble(program) == "   0: ret log\n");
}

BOOST_AUTO_TEST_CASE(NothingIsLoadedForNothingWithoutTheOption) {
  Policy policy = Scattered();
  policy.SyscallCounts({{"read", 1}});
  BOOST_TEST(Cacheable(CompileFor(policy)) == 91U);
}

BOOST_AUTO_TEST_CASE(CallsAreThoseThatThePolicySaysAndElseTheUsualOnesAndSomeOfTheOthers) {
  const auto calls_of = [](const Policy& policy) {
    const ResolvedPolicy resolved = Resolve(policy, X86());
    const VariableNumbers no_variables;
    compile::Graph graph(no_variables);
    return compile::CallsInALife(resolved, compile::DecisionsOfCalls(resolved, graph), graph);
  };
  auto calls = calls_of(Policy().Allow({"read", "write"}).SyscallCounts({{"read", 3}}).CallsPerRun(90));
  BOOST_TEST(calls.size() == 2U);
  BOOST_TEST(calls.at(0) > 81);
  BOOST_TEST(calls.at(0) + calls.at(1) == 90, boost::test_tools::tolerance(1e-9));
  // What is always refused is not made.
  calls = calls_of(Policy().Allow({"read", "getpid"}).Errno(1, "write").CallsPerRun(80));
  BOOST_TEST(calls.size() == 2U);
  BOOST_TEST(calls.at(0) == 70);
  BOOST_TEST(calls.at(39) == 10);
  // Of calls that no rule names, those that the default lets pass.
  calls = calls_of(Policy().Errno(1, "write").Default(Action::Allow()).CallsPerRun(100));
  BOOST_TEST(calls.size() == X86().numbers - 1U);
  BOOST_TEST(calls.at(0) > 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
