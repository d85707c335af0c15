// SPDX-License-Identifier: Apache-2.0
//
// From a call's number to what is decided about it.

#include "compile/dispatch.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <precompiledseccomp/define.h>

#include "bpf/allow_cache.h"
#include "bpf/disassembler.h"
#include "bpf/interpreter.h"
#include "compile/compile_for.h"
#include "compile/decisions.h"
#include "compile/graph_text.h"
#include "compile/weights.h"
#include "support/calls.h"
#include "support/numbers.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(DispatchTest)

struct Row {
  Policy policy;
  const char* decision;
  const Target* target = &X86();
};

void Check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const ResolvedPolicy policy = Resolve(row.policy, *row.target);
    GraphText text;
    compile::Graph& graph = text.graph();
    const compile::Decisions decisions = compile::DecisionsOfCalls(policy, graph);
    const compile::NodeId root =
        compile::DispatchByNumber(policy, decisions, compile::WeightsOf(policy, decisions, graph), graph);
    BOOST_TEST((root == text.Parse(row.decision)),
               row.policy << "became\n  " << text.Print(root) << "\nand not\n  " << row.decision);
  }
}

BOOST_AUTO_TEST_CASE(TheArchitectureComesFirstAndThenTheNumber) {
  Check({
      {Policy().Allow(Syscall(39)), "arch == 0xc000003e ? (nr == 39 ? allow : kill) : kill"},
      {Policy().Allow(Syscall(39)), "arch == 0xc00000b7 ? (nr == 39 ? allow : kill) : kill", &Arm()},
      {Policy().Allow(Syscall(39)).BadArchitecture(Action::Trap()),
       "arch == 0xc00000b7 ? (nr == 39 ? allow : kill) : trap 0", &Arm()},
      // Where it makes no difference, neither is asked for.
      {Policy(), "kill"},
  });
}

BOOST_AUTO_TEST_CASE(NumbersThatAreDecidedAlikeAreRanges) {
  Check({
      {Policy().Allow(Numbers({0, 1, 2, 3})), "arch == 0xc000003e ? (nr >= 4 ? kill : allow) : kill"},
      {Policy().Allow(Numbers({10, 11, 12, 13})),
       "arch == 0xc000003e ? (nr >= 14 ? kill : nr >= 10 ? allow : kill) : kill"},
      // Whose arguments are looked at alike as well.
      {Policy().Allow(Numbers({10, 11, 12, 13}), Arg32(0) == 1),
       "arch == 0xc000003e ? (nr >= 14 ? kill : nr >= 10 ? (arg0.low == 1 ? allow : kill) : kill) : kill"},
  });
}

BOOST_AUTO_TEST_CASE(AnEmptyPolicyIsOneInstruction) {
  BOOST_TEST(CompileFor(Policy()).size() == 1U);
}

// On x86-64: numbers with the x32 bit, but for -1, which is of a call that a tracer has skipped.
BOOST_AUTO_TEST_CASE(NumbersOfAForeignAbiAreToldApartBehindAllCalls) {
  Check({
      {Policy().Allow(Numbers({0, 1})).Default(Action::Errno(1)).ForLinuxFrom(5, 4),
       "arch == 0xc000003e ? (nr >= 2 ? (nr & 0x40000000 ? (nr == 0xffffffff ? errno 1 : kill) : errno 1)"
       "                              : allow)"
       "                   : kill"},
      // Those from 512 to 547 as well, on old kernels.
      {Policy().Allow(Numbers({0, 1})).Default(Action::Errno(1)),
       "no_call = nr & 0x40000000 ? (nr == 0xffffffff ? errno 1 : kill) : errno 1;"
       "arch == 0xc000003e ? (nr >= 2 ? (nr >= 512 ? (nr >= 548 ? no_call : kill) : errno 1) : allow) : "
       "kill"},
      // Nor are there any where they are refused alike, or elsewhere.
      {Policy().Allow(Numbers({0, 1})), "arch == 0xc000003e ? (nr >= 2 ? kill : allow) : kill"},
      {Policy().Allow(Numbers({0, 1})).Default(Action::Errno(1)),
       "arch == 0xc00000b7 ? (nr >= 2 ? errno 1 : allow) : kill", &Arm()},
  });
}

BOOST_AUTO_TEST_CASE(ARuleForSkippedCallsIsLookedForAmongForeignNumbersOnly) {
  Check({
      {Policy().Allow({Syscall::Skipped(), Syscall(0)}).Default(Action::Errno(1)).ForLinuxFrom(5, 4),
       "arch == 0xc000003e ? (nr == 0 ? allow"
       "                              : nr & 0x40000000 ? (nr == 0xffffffff ? allow : kill) : errno 1)"
       "                   : kill"},
  });
}

// And those in the gap of the numbering.
BOOST_AUTO_TEST_CASE(NumbersAboveTheBaselineAreUnknown) {
  Check({
      {Policy().Allow(Numbers({0, 1, 2})).KnownUpTo(Syscall(450)).ForLinuxFrom(5, 4),
       "no_call = nr & 0x40000000 ? (nr == 0xffffffff ? errno 38 : kill) : errno 38;"
       "arch == 0xc000003e ? (nr >= 335 ? (nr >= 424 ? (nr >= 451 ? no_call : kill) : errno 38)"
       "                                : nr >= 3 ? kill : allow) : kill"},
  });
}

BOOST_AUTO_TEST_CASE(TheHottestCallsWhoseArgumentsAreCheckedComeFirst) {
  Check({
      {Policy().Allow(Numbers({0, 1, 2})).Allow(Syscall(301), Arg32(0) == 1).HotSyscalls(Numbers({301})),
       "arch == 0xc000003e ? (nr == 301 ? (arg0.low == 1 ? allow : kill) : nr >= 3 ? kill : allow) : kill"},
      {Policy()
           .Allow(Numbers({0, 1, 2}))
           .Allow(Numbers({301, 305}), Arg32(0) == 1)
           .HotSyscalls(Numbers({305, 301})),
       "checked = arg0.low == 1 ? allow : kill;"
       "arch == 0xc000003e ? (nr == 305 ? checked : nr == 301 ? checked : nr >= 3 ? kill : allow) : kill"},
      // If none is declared, the one that is most usual: 202 is futex.
      {Policy().Allow(Numbers({0, 1, 2})).Allow(Numbers({202, 301}), Arg32(0) == 1),
       "checked = arg0.low == 1 ? allow : kill;"
       "arch == 0xc000003e ? (nr == 202 ? checked : nr >= 301 ? (nr == 301 ? checked : kill)"
       "                                                 : nr >= 3 ? kill : allow) : kill"},
  });
}

BOOST_AUTO_TEST_CASE(HotCallsThatTheKernelAnswersDoNot) {
  Check({
      {Policy().Allow(Numbers({0, 1, 2, 301})).HotSyscalls(Numbers({301})),
       "arch == 0xc000003e ? (nr >= 3 ? (nr == 301 ? allow : kill) : allow) : kill"},
  });
}

BOOST_AUTO_TEST_CASE(DefaultAllowStillChecksTheArchitectureAndTheX32Bit) {
  const auto program = CompileFor(Policy().Default(Action::Allow()));
  for (const std::uint32_t nr : {0U, 0x3fffffffU, 0x80000000U, 0xffffffffU})
    BOOST_TEST(bpf::Run(program, Call(nr)).result == SECCOMP_RET_ALLOW);
  for (const std::uint32_t nr : {0x40000000U, 0xfffffffeU})
    BOOST_TEST(bpf::Run(program, Call(nr)).result == SECCOMP_RET_KILL_PROCESS);
  BOOST_TEST(bpf::Run(program, CallOn(AUDIT_ARCH_I386, 0)).result == SECCOMP_RET_KILL_PROCESS);
}

BOOST_AUTO_TEST_CASE(TheX32BitIsTestedOnlyWhereNoRuleNamesACall) {
  Policy policy;
  policy.Default(Action::Errno(EPERM)).Allow(Numbers({0, 1, 2, 3})).ForLinuxFrom(5, 4);
  // ld arch, jeq, ld nr, one test for the calls, one for the bit and one for -1, three returns
  const auto program = CompileFor(policy);
  BOOST_TEST(program.size() == 9U, bpf::Disassemble(program));
  BOOST_TEST(bpf::Run(program, Call(3)).executed == 5U);
}

BOOST_AUTO_TEST_CASE(X32NumbersWithoutTheirBitCostTwoTestsBehindAllCalls) {
  Policy policy;
  policy.Default(Action::Errno(EPERM)).Allow(Numbers({0, 1, 2, 3}));
  const auto program = CompileFor(policy);
  policy.ForLinuxFrom(5, 4);
  const auto for_new_kernels = CompileFor(policy);
  BOOST_TEST(program.size() == for_new_kernels.size() + 2, bpf::Disassemble(program));
  for (const std::uint32_t nr : {0U, 3U, 4U, 469U, 511U})
    BOOST_TEST(bpf::Run(program, Call(nr)).executed == bpf::Run(for_new_kernels, Call(nr)).executed,
               "number " << nr);
}

BOOST_AUTO_TEST_CASE(WhatIsForeignCostsNothingWhereItIsRefusedAlike) {
  const Policy policy = Policy().Allow(Numbers({0, 1, 2, 3}));
  // ld arch, jeq, ld nr, one test for the calls, two returns
  BOOST_TEST(CompileFor(policy).size() == 6U);
}

BOOST_AUTO_TEST_CASE(ASkippedCallIsFoundWhateverElseIsNamed) {
  for (const Target& target : Targets()) {
    Policy policy;
    policy.Default(Action::Errno(EPERM)).Allow({"read", Syscall::Skipped()}, Arg(0) == 3);
    policy.HotSyscalls({Syscall::Skipped(), "read"});
    const auto program = CompileFor(policy, target);
    const auto answer = [&](std::uint32_t nr, std::uint64_t first) {
      return bpf::Run(program, CallFor(target, nr, {first})).result;
    };
    BOOST_TEST_CONTEXT(target.name << "\n" << bpf::Disassemble(program)) {
      BOOST_TEST(answer(0xffffffff, 3) == SECCOMP_RET_ALLOW);
      BOOST_TEST(answer(0xffffffff, 4) == (SECCOMP_RET_ERRNO | EPERM));
      BOOST_TEST(answer(0xfffffffe, 3) ==
                 (target.foreign_abi_bits == 0 ? SECCOMP_RET_ERRNO | EPERM : SECCOMP_RET_KILL_PROCESS));
    }
  }
}

BOOST_AUTO_TEST_CASE(NeighbouringCallsAreARange) {
  std::vector<Syscall> calls;
  for (int nr = 10; nr < 300; ++nr) calls.emplace_back(nr);
  // ld arch, jeq, ld nr, two tests, two returns
  BOOST_TEST(CompileFor(Policy().Allow(calls)).size() == 7U);
}

BOOST_AUTO_TEST_CASE(ACallThatStandsAloneIsOneTest) {
  BOOST_TEST(CompileFor(Policy().Allow(Syscall(39))).size() == 6U);
}

BOOST_AUTO_TEST_CASE(NothingBelowTheLowestOrAboveTheHighestAllowedNumberIsAllowed) {
  std::vector<Syscall> calls;
  for (int nr = 10; nr < 20; ++nr) calls.emplace_back(nr);
  const auto program = CompileFor(Policy().Allow(calls));
  BOOST_TEST(bpf::Run(program, Call(9)).result == SECCOMP_RET_KILL_PROCESS);
  BOOST_TEST(bpf::Run(program, Call(10)).result == SECCOMP_RET_ALLOW);
  BOOST_TEST(bpf::Run(program, Call(19)).result == SECCOMP_RET_ALLOW);
  BOOST_TEST(bpf::Run(program, Call(20)).result == SECCOMP_RET_KILL_PROCESS);
}

BOOST_AUTO_TEST_CASE(CallsAllowedWhateverTheirArgumentsStayCacheable) {
  Policy policy;
  policy.Allow({"read", "write", "getpid"})
      .Allow("ioctl", Arg32(1) == 5)
      .HotSyscalls({"ioctl"})
      .KnownUpTo(Syscall(400));
  const auto program = CompileFor(policy);
  for (const std::uint32_t nr : {0U, 1U, 39U}) BOOST_TEST(bpf::IsCacheable(program, nr, AUDIT_ARCH_X86_64));
  for (const std::uint32_t nr : {16U, 2U, 401U})
    BOOST_TEST(!bpf::IsCacheable(program, nr, AUDIT_ARCH_X86_64));
}

BOOST_AUTO_TEST_CASE(ACallAllowedByRulesThatCoverEverythingIsCacheableToo) {
  const auto program = CompileFor(Policy().Allow("read", Arg(0) < 10).Allow("read", Arg(0) >= 10));
  BOOST_TEST(bpf::IsCacheable(program, 0, AUDIT_ARCH_X86_64));
}

BOOST_AUTO_TEST_CASE(TheHottestCheckedCallIsFoundFirst) {
  Policy policy;
  for (int nr = 0; nr < 200; nr += 2) policy.Allow(Syscall(nr));
  policy.Allow(Syscall(301), Arg32(0) == 1).HotSyscalls(Numbers({301}));
  // ld arch, jeq, ld nr, jeq, ld arg, jeq, ret
  BOOST_TEST(bpf::Run(CompileFor(policy), Call(301, {1})).executed == 7U);
}

BOOST_AUTO_TEST_CASE(WithoutDeclaredCallsTheMostUsualCheckedOneIsFoundFirst) {
  Policy policy;
  for (int nr = 0; nr < 200; nr += 2) policy.Allow(Syscall(nr));
  policy.Allow({"futex", "statx", "getcpu"}, Arg32(0) == 1);
  // ld arch, jeq, ld nr, jeq, ld arg, jeq, ret
  BOOST_TEST(bpf::Run(CompileFor(policy), Call(202, {1})).executed == 7U);
}

// Frequencies fall slowly: a call that is eighth, behind calls that the kernel caches, is still worth a test.
BOOST_AUTO_TEST_CASE(TheNextHottestCheckedCallIsFoundSecondWhateverStandsBetween) {
  Policy policy;
  for (int nr = 0; nr < 200; nr += 2) policy.Allow(Syscall(nr));
  policy.Allow(Numbers({301, 305}), Arg32(0) == 1).HotSyscalls(Numbers({305, 0, 2, 4, 6, 8, 10, 301}));
  const auto program = CompileFor(policy);
  BOOST_TEST(bpf::Run(program, Call(305, {1})).executed == 7U);
  BOOST_TEST(bpf::Run(program, Call(301, {1})).executed == 8U);
}

BOOST_AUTO_TEST_CASE(ACallThatIsRefusedWhateverItsArgumentsWeighsNothing) {
  Policy policy;
  for (int nr = 0; nr < 200; nr += 2) policy.Allow(Syscall(nr));
  policy.Errno(EPERM, "futex", Arg32(0) == 1);
  const std::size_t path = bpf::Run(CompileFor(policy), Call(202, {1})).executed;
  BOOST_TEST(bpf::Run(CompileFor(policy.HotSyscalls({"futex"})), Call(202, {1})).executed == path);
  // ld arch, jeq, ld nr, jeq, ld arg, jeq, ret: what it is if it is tested first
  BOOST_TEST(path > 7U);
}

BOOST_AUTO_TEST_CASE(ACountOfZeroIsNoMistake) {
  Policy policy;
  policy.Allow(Syscall(1), Arg32(0) == 1).SyscallCounts({{Syscall(1), 0}});
  BOOST_TEST(bpf::Run(CompileFor(policy), Call(1, {1})).result == SECCOMP_RET_ALLOW);
}

BOOST_AUTO_TEST_CASE(AHotCallThatIsCacheableIsNotTestedFirst) {
  Policy policy;
  for (int nr = 0; nr < 200; nr += 2) policy.Allow(Syscall(nr));
  const std::size_t without = CompileFor(policy).size();
  BOOST_TEST(CompileFor(policy.HotSyscalls(Numbers({10, 20}))).size() == without);
}

// Not as deep as they are many: the kernel does not emulate them, and nobody says how often they are made.
BOOST_AUTO_TEST_CASE(NumbersBeyondThoseOfTheKernelAreSearchedToo) {
  Policy policy;
  for (std::uint32_t i = 0; i < 600; ++i) policy.Errno(1 + i, Syscall(2000 + 2 * i));
  const auto program = CompileFor(policy);
  for (std::uint32_t i = 0; i < 600; ++i) {
    const auto run = bpf::Run(program, Call(2000 + 2 * i));
    BOOST_TEST(run.result == (SECCOMP_RET_ERRNO | (1 + i)));
    BOOST_TEST(run.executed <= 30U);
  }
}

BOOST_AUTO_TEST_CASE(AnyCallWithoutConditionsIsDecidedByNoNumber) {
  Check({
      {Policy().Allow(AnyCall()).ForLinuxFrom(5, 4),
       "arch == 0xc000003e ? (nr & 0x40000000 ? kill : allow) : kill"},
  });
  const auto program = CompileFor(Policy().Errno(EPERM, "read").Allow(AnyCall()));
  BOOST_TEST(bpf::IsCacheable(program, 1, X86().audit_arch));
  BOOST_TEST(bpf::IsCacheable(program, 469, X86().audit_arch));
  BOOST_TEST(!bpf::IsCacheable(program, 0, X86().audit_arch));
}

BOOST_AUTO_TEST_CASE(AConditionOfAnyCallIsForThoseCallsThatGetToIt) {
  const auto program = CompileFor(Policy().Allow("read").Trap(AnyCall(), Arg(0) == 1).Allow(AnyCall()));
  BOOST_TEST(bpf::IsCacheable(program, 0, X86().audit_arch));
  for (const std::uint32_t number : {1U, 202U, 469U})
    BOOST_TEST(!bpf::IsCacheable(program, number, X86().audit_arch));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
