// SPDX-License-Identifier: Apache-2.0
//
// What the compiler makes of a policy: the instructions it does without, the calls that stay cacheable, and
// its limits. That the answers are right for any policy is for the property tests; here are the shapes.

#define BOOST_TEST_MODULE compile
#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <string>
#include <vector>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/error.h>

#include "bpf/acceptance.h"
#include "bpf/allow_cache.h"
#include "bpf/disassembler.h"
#include "bpf/interpreter.h"
#include "compile/compile.h"
#include "compile/decisions.h"
#include "compile/dot.h"
#include "compile/graph.h"

namespace precompiledseccomp {
namespace {

const Target& X86() {
  return *FindTarget("x86_64");
}

std::vector<sock_filter> CompileFor(const Policy& policy, const Target& target = X86()) {
  return Compile(Resolve(policy, target));
}

seccomp_data Call(std::uint32_t nr, std::initializer_list<std::uint64_t> args = {}) {
  seccomp_data call{};
  call.nr = static_cast<int>(nr);
  call.arch = AUDIT_ARCH_X86_64;
  std::copy(args.begin(), args.end(), call.args);
  return call;
}

void CheckListing(const std::vector<sock_filter>& program, const std::string& expected) {
  BOOST_TEST("\n" + bpf::Disassemble(program) == expected);
}

void CheckError(const Policy& policy, std::initializer_list<std::string> parts) {
  std::string message = "no error";
  try {
    CompileFor(policy);
  } catch (const Error& error) {
    message = error.what();
  }
  for (const std::string& part : parts)
    BOOST_TEST((message.find(part) != std::string::npos), "\"" << part << "\" is not in: " << message);
}

std::size_t CountCode(const std::vector<sock_filter>& program, int code) {
  std::size_t count = 0;
  for (const sock_filter& instruction : program) count += instruction.code == code ? 1 : 0;
  return count;
}

BOOST_AUTO_TEST_SUITE(Shape)

BOOST_AUTO_TEST_CASE(AnEmptyPolicyIsOneInstruction) {
  BOOST_TEST(CompileFor(Policy()).size() == 1U);
}

BOOST_AUTO_TEST_CASE(DefaultAllowStillChecksTheArchitectureAndTheX32Bit) {
  const auto program = CompileFor(Policy().Default(Action::Allow()));
  for (const std::uint32_t nr : {0U, 0x3fffffffU, 0x80000000U, 0xffffffffU})
    BOOST_TEST(bpf::Run(program, Call(nr)).result == SECCOMP_RET_ALLOW);
  for (const std::uint32_t nr : {0x40000000U, 0xfffffffeU})
    BOOST_TEST(bpf::Run(program, Call(nr)).result == SECCOMP_RET_KILL_PROCESS);
  seccomp_data i386 = Call(0);
  i386.arch = AUDIT_ARCH_I386;
  BOOST_TEST(bpf::Run(program, i386).result == SECCOMP_RET_KILL_PROCESS);
}

BOOST_AUTO_TEST_CASE(TheX32BitIsTestedOnlyWhereNoRuleNamesACall) {
  Policy policy;
  policy.Default(Action::Errno(EPERM)).Allow({0, 1, 2, 3}).ForLinuxFrom(5, 4);
  // ld arch, jeq, ld nr, one test for the calls, one for the bit and one for -1, three returns
  const auto program = CompileFor(policy);
  BOOST_TEST(program.size() == 9U, bpf::Disassemble(program));
  BOOST_TEST(bpf::Run(program, Call(3)).executed == 5U);
}

BOOST_AUTO_TEST_CASE(X32NumbersWithoutTheirBitCostTwoTestsBehindAllCalls) {
  Policy policy;
  policy.Default(Action::Errno(EPERM)).Allow({0, 1, 2, 3});
  const auto program = CompileFor(policy);
  policy.ForLinuxFrom(5, 4);
  const auto for_new_kernels = CompileFor(policy);
  BOOST_TEST(program.size() == for_new_kernels.size() + 2, bpf::Disassemble(program));
  for (const std::uint32_t nr : {0U, 3U, 4U, 469U, 511U})
    BOOST_TEST(bpf::Run(program, Call(nr)).executed == bpf::Run(for_new_kernels, Call(nr)).executed,
               "number " << nr);
}

BOOST_AUTO_TEST_CASE(WhatIsForeignCostsNothingWhereItIsRefusedAlike) {
  const Policy policy = Policy().Allow({0, 1, 2, 3});
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
      seccomp_data call = Call(nr, {first});
      call.arch = target.audit_arch;
      return bpf::Run(program, call).result;
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
  BOOST_TEST(CompileFor(Policy().Allow(39)).size() == 6U);
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

BOOST_AUTO_TEST_CASE(EachActionIsReturnedOnce) {
  Policy policy;
  for (int nr = 0; nr < 40; nr += 2) policy.Allow(nr, Arg(0) == nr).Errno(EPERM, nr);
  BOOST_TEST(CountCode(CompileFor(policy), BPF_RET | BPF_K) == 3U);
}

BOOST_AUTO_TEST_CASE(TheHighHalfOfAnArgumentIsTestedOnce) {
  const auto program = CompileFor(Policy().Allow("read", Arg(0) == 3 || Arg(0) == 9 || Arg(0) == 700));
  // arch, nr, high, low
  BOOST_TEST(CountCode(program, BPF_LD | BPF_W | BPF_ABS) == 4U);
}

// A value of a set whose members are too far apart to share a range.
std::uint32_t Sparse(std::uint32_t i) {
  return 0x1000 + 0x9e37U * i;
}

// The longest path among ioctl(3, Sparse(0)) to ioctl(3, Sparse(count - 1)), all of which must be allowed.
std::size_t LongestAllowed(const std::vector<sock_filter>& program, std::uint32_t count) {
  std::size_t longest = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto run = bpf::Run(program, Call(16, {3, Sparse(i), i}));
    BOOST_TEST(run.result == SECCOMP_RET_ALLOW);
    longest = std::max(longest, run.executed);
  }
  return longest;
}

BOOST_AUTO_TEST_CASE(RulesOfOneCallListedOneByOneAreSearchedAsASet) {
  Policy policy;
  for (std::uint32_t i = 0; i < 64; ++i) policy.Allow("ioctl", Arg32(1) == Sparse(i));
  // ld arch, jeq, ld nr, jeq, ld arg, at most eight tests, ret
  BOOST_TEST(LongestAllowed(CompileFor(policy), 64) <= 14U);
}

BOOST_AUTO_TEST_CASE(AlternativesThatRepeatAnotherTestAreSearchedToo) {
  std::vector<Condition> alternatives;
  for (std::uint32_t i = 0; i < 32; ++i)
    alternatives.push_back(Arg(0).NonNegativeFd() && Arg(1) == Sparse(i));
  // ld arch, jeq, ld nr, jeq, four halves loaded and three of them tested, at most seven tests, ret
  BOOST_TEST(LongestAllowed(CompileFor(Policy().Allow("ioctl", AnyOf(alternatives))), 32) <= 19U);
}

BOOST_AUTO_TEST_CASE(AlternativesThatGoOnDifferentlyAreSearchedToo) {
  std::vector<Condition> alternatives;
  for (std::uint32_t i = 0; i < 16; ++i) alternatives.push_back(Arg32(1) == Sparse(i) && Arg32(2) == i);
  // ld arch, jeq, ld nr, jeq, ld arg1, at most six tests, ld arg2, jeq, ret
  BOOST_TEST(LongestAllowed(CompileFor(Policy().Allow("ioctl", AnyOf(alternatives))), 16) <= 14U);
}

// Requests of ioctl on any file descriptor, each with its own argument, as an author might list them.
std::vector<Condition> Requests(bool descriptor_first) {
  std::vector<Condition> requests;
  for (std::uint32_t i = 0; i < 20; ++i) {
    const Condition is_request = Arg(1) == Sparse(i) && Arg32(2) == i % 4;
    requests.push_back(descriptor_first ? Arg(0).NonNegativeFd() && is_request
                                        : is_request && Arg(0).NonNegativeFd());
  }
  return requests;
}

BOOST_AUTO_TEST_CASE(TheOrderInWhichAConditionIsWrittenDoesNotMatter) {
  const auto program = CompileFor(Policy().Allow("ioctl", AnyOf(Requests(true))));
  BOOST_TEST(program.size() == CompileFor(Policy().Allow("ioctl", AnyOf(Requests(false)))).size());
  // arch, nr, and every half of the three arguments that is tested
  BOOST_TEST(CountCode(program, BPF_LD | BPF_W | BPF_ABS) <= 2U + 5U + 3U);
}

BOOST_AUTO_TEST_CASE(WhatSeveralCallsHaveInCommonIsAskedOnce) {
  Policy policy;
  policy.Allow("ioctl", Arg(0).NonNegativeFd() && Arg32(1).In({0x5401, 0x5421}));
  policy.Allow("fcntl", Arg(0).NonNegativeFd() && Arg32(1) == 4);
  policy.Allow("lseek", Arg(0).NonNegativeFd() && Arg32(2) == 7);
  const auto program = CompileFor(policy);
  std::size_t loads_of_fd = 0;
  for (const sock_filter& instruction : program)
    loads_of_fd += instruction.code == (BPF_LD | BPF_W | BPF_ABS) && instruction.k == 16 ? 1 : 0;
  BOOST_TEST(loads_of_fd == 1U, bpf::Disassemble(program));
}

BOOST_AUTO_TEST_CASE(WhatAlternativesHaveInCommonIsAskedOnceBehindThem) {
  const Condition in_common = Arg(3) == 0 && Arg(4) == 0;
  const Condition wait = Arg(1) == 0 && in_common;
  const Condition wake = in_common && Arg(1) == 1 && Arg(2) == 1;
  const auto program = CompileFor(Policy().Allow("futex", wait || wake));
  // arch, nr, and both halves of four arguments
  BOOST_TEST(CountCode(program, BPF_LD | BPF_W | BPF_ABS) == 2U + 8U, bpf::Disassemble(program));
}

BOOST_AUTO_TEST_CASE(WhatMostCallsHaveInCommonIsAskedLast) {
  Policy policy;
  policy.Allow("socketpair", Arg(2) == 0 && Arg(0) == 1 && Arg(1) == 5);
  policy.Allow("clone", Arg(0) == 17 && Arg(2) == 0);
  policy.Allow("getcpu", Arg(2) == 0 && Arg(1) == 0);
  policy.Allow("accept", Arg(1) == 0 && Arg(2) == 0);
  const auto program = CompileFor(policy);
  // arch, nr; arg2 == 0 and arg1 == 0, once each; the high half of arg0 once, its low half twice; arg1 == 5
  BOOST_TEST(CountCode(program, BPF_LD | BPF_W | BPF_ABS) == 2U + 4U + 3U + 2U, bpf::Disassemble(program));
}

BOOST_AUTO_TEST_CASE(ValuesBesideABitPatternAreTestedBesideIt) {
  // ld arch, jeq, ld nr, jeq, ld arg, jset for {0, 1, 0x80, 0x81}, jeq for 0x89, two returns
  BOOST_TEST(CompileFor(Policy().Allow("futex", Arg32(1).In({0, 1, 0x80, 0x81, 0x89}))).size() == 9U);
}

BOOST_AUTO_TEST_CASE(ABitPatternWhosePartsGoOnDifferentlyIsOneTestBeforeThem) {
  Policy policy;
  policy.Allow("futex", Arg32(1).In({0, 1}) || (Arg32(1).In({0x80, 0x81}) && Arg32(4) == 0));
  const auto program = CompileFor(policy);
  // ld arch, jeq, ld nr, jeq, ld arg1, jset for all four, one test between the two, ld arg4, jeq, two returns
  BOOST_TEST(program.size() == 11U, bpf::Disassemble(program));
}

BOOST_AUTO_TEST_CASE(RequestsUnderAMaskAreSearchedToo) {
  std::vector<Condition> requests;
  for (std::uint32_t i = 0; i < 16; ++i)
    requests.push_back(Arg(0).NonNegativeFd() && (Arg32(1) & 0xc000ffff) == 0x40004600 + 3 * i);
  const auto program = CompileFor(Policy().Allow("ioctl", AnyOf(requests)));
  std::size_t longest = 0;
  for (std::uint32_t i = 0; i < 16; ++i) {
    const auto run = bpf::Run(program, Call(16, {3, 0x40124600 + 3 * i}));
    BOOST_TEST(run.result == SECCOMP_RET_ALLOW);
    longest = std::max(longest, run.executed);
  }
  // ld arch, jeq, ld nr, jeq, ld arg1, and, at most six tests, two halves of arg0 loaded and tested, ret
  BOOST_TEST(longest <= 17U);
}

BOOST_AUTO_TEST_CASE(ASetThatIsABitPatternIsOneTest) {
  const auto program = CompileFor(Policy().Allow("futex", Arg32(1).In({0, 1, 0x80, 0x81})));
  CheckListing(program,
               "\n" + bpf::Disassemble(CompileFor(Policy().Allow("futex", Arg32(1).OnlyBits(0x81)))));
  BOOST_TEST(CountCode(program, BPF_JMP | BPF_JSET | BPF_K) == 1U);
}

BOOST_AUTO_TEST_CASE(ConsecutiveConstantsAreTwoComparisons) {
  // ld arch, jeq, ld nr, jeq, ld arg, two tests, two returns
  BOOST_TEST(CompileFor(Policy().Allow("ioctl", Arg32(1).In({1, 2, 3, 4, 5, 6, 7, 8, 9}))).size() == 9U);
}

BOOST_AUTO_TEST_CASE(ATestWithOneAnswerDisappears) {
  BOOST_TEST(CompileFor(Policy().Allow("read", Arg(0) >= 0)).size() ==
             CompileFor(Policy().Allow("read")).size());
  BOOST_TEST(CompileFor(Policy().Allow("read", Arg(0) == 1 || Arg(0) != 1)).size() ==
             CompileFor(Policy().Allow("read")).size());
}

BOOST_AUTO_TEST_CASE(AnOpaqueDecisionIsNotMergedWithAConstantOne) {
  const Values v(X86(), {"limit"});
  const ResolvedPolicy policy =
      Resolve(Policy().Allow("read", Arg(2) <= v["limit"] || Arg(2) <= 4096), X86());
  const auto with_limit = [&](std::uint32_t limit) { return Compile(policy, {{"limit", limit}}); };
  for (const std::uint32_t limit : {0U, 4095U, 4096U, 4097U, 0xffffffffU}) {
    const auto program = with_limit(limit);
    BOOST_TEST_CONTEXT("limit = " << limit) {
      BOOST_TEST(program.size() == with_limit(7).size());
      BOOST_TEST(bpf::Run(program, Call(0, {0, 0, 4096})).result == SECCOMP_RET_ALLOW);
      const auto expected = limit >= 4097 ? SECCOMP_RET_ALLOW : SECCOMP_RET_KILL_PROCESS;
      BOOST_TEST(bpf::Run(program, Call(0, {0, 0, 4097})).result == expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(AVariableAsErrnoReplacesTheDataAndNeverTheAction) {
  const Values v(X86(), {"code"});
  const ResolvedPolicy policy = Resolve(Policy().Errno(v["code"], "read"), X86());
  for (const std::uint32_t code : {1U, 38U, 4095U, 0xffffU, 0x7fff0000U, 0xffffffffU}) {
    const auto program = Compile(policy, {{"code", code}});
    BOOST_TEST(bpf::Run(program, Call(0)).result == (SECCOMP_RET_ERRNO | (code & 0xffff)), "code = " << code);
  }
}

BOOST_AUTO_TEST_CASE(EqualPoliciesGiveEqualInstructions) {
  Policy policy;
  policy.Allow({"read", "write", "futex"})
      .Errno(EPERM, "openat", Arg32(2).In({0, 64, 65}))
      .HotSyscalls({"futex"});
  BOOST_TEST(bpf::Disassemble(CompileFor(policy)) == bpf::Disassemble(CompileFor(policy)));
}

BOOST_AUTO_TEST_CASE(TheClassicExampleReadsAsIfWrittenByHand) {
  CheckListing(CompileFor(Policy().Allow("read", Arg32(0) == 3).Allow("exit_group")), R"(
   0: ld arch
   1: jeq #0xc000003e  true: 2  false: 8
   2: ld nr
   3: jeq #0x0  true: 4  false: 6
   4: ld arg0.low
   5: jeq #0x3  true: 7  false: 8
   6: jeq #0xe7  true: 7  false: 8
   7: ret allow
   8: ret kill_process
)");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(Cache)

BOOST_AUTO_TEST_CASE(CallsAllowedWhateverTheirArgumentsStayCacheable) {
  Policy policy;
  policy.Allow({"read", "write", "getpid"})
      .Allow("ioctl", Arg32(1) == 5)
      .HotSyscalls({"ioctl"})
      .KnownUpTo(400);
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
  for (int nr = 0; nr < 200; nr += 2) policy.Allow(nr);
  policy.Allow(301, Arg32(0) == 1).HotSyscalls({301});
  // ld arch, jeq, ld nr, jeq, ld arg, jeq, ret
  BOOST_TEST(bpf::Run(CompileFor(policy), Call(301, {1})).executed == 7U);
}

BOOST_AUTO_TEST_CASE(WithoutDeclaredCallsTheMostUsualCheckedOneIsFoundFirst) {
  Policy policy;
  for (int nr = 0; nr < 200; nr += 2) policy.Allow(nr);
  policy.Allow({"futex", "statx", "getcpu"}, Arg32(0) == 1);
  // ld arch, jeq, ld nr, jeq, ld arg, jeq, ret
  BOOST_TEST(bpf::Run(CompileFor(policy), Call(202, {1})).executed == 7U);
}

// Frequencies fall slowly: a call that is eighth, behind calls that the kernel caches, is still worth a test.
BOOST_AUTO_TEST_CASE(TheNextHottestCheckedCallIsFoundSecondWhateverStandsBetween) {
  Policy policy;
  for (int nr = 0; nr < 200; nr += 2) policy.Allow(nr);
  policy.Allow({301, 305}, Arg32(0) == 1).HotSyscalls({305, 0, 2, 4, 6, 8, 10, 301});
  const auto program = CompileFor(policy);
  BOOST_TEST(bpf::Run(program, Call(305, {1})).executed == 7U);
  BOOST_TEST(bpf::Run(program, Call(301, {1})).executed == 8U);
}

BOOST_AUTO_TEST_CASE(ACallThatIsRefusedWhateverItsArgumentsWeighsNothing) {
  Policy policy;
  for (int nr = 0; nr < 200; nr += 2) policy.Allow(nr);
  policy.Errno(EPERM, "futex", Arg32(0) == 1);
  const std::size_t path = bpf::Run(CompileFor(policy), Call(202, {1})).executed;
  BOOST_TEST(bpf::Run(CompileFor(policy.HotSyscalls({"futex"})), Call(202, {1})).executed == path);
  // ld arch, jeq, ld nr, jeq, ld arg, jeq, ret: what it is if it is tested first
  BOOST_TEST(path > 7U);
}

BOOST_AUTO_TEST_CASE(ACountOfZeroIsNoMistake) {
  Policy policy;
  policy.Allow(1, Arg32(0) == 1).SyscallCounts({{1, 0}});
  BOOST_TEST(bpf::Run(CompileFor(policy), Call(1, {1})).result == SECCOMP_RET_ALLOW);
}

BOOST_AUTO_TEST_CASE(AHotCallThatIsCacheableIsNotTestedFirst) {
  Policy policy;
  for (int nr = 0; nr < 200; nr += 2) policy.Allow(nr);
  const std::size_t without = CompileFor(policy).size();
  BOOST_TEST(CompileFor(policy.HotSyscalls({10, 20})).size() == without);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(Size)

// Scattered values, so that none can be joined with another.
std::uint32_t Scattered(std::uint32_t i) {
  return 0x9e3779b9U * (2 * i + 1);
}

BOOST_AUTO_TEST_CASE(EveryJumpIsInRangeAtAnySize) {
  for (std::uint32_t rules = 50; rules <= 1050; rules += 125) {
    Policy policy;
    for (std::uint32_t i = 0; i < rules; ++i)
      policy.Errno(1 + i % 40, static_cast<int>(i % 7), Arg32(0) == Scattered(i) && Arg32(1) == i);
    policy.Allow({0, 1, 2, 3, 4, 5, 6});
    const auto program = CompileFor(policy);
    BOOST_TEST_CONTEXT(rules << " rules, " << program.size() << " instructions") {
      const auto refusal = bpf::ReasonForRefusal(program);
      BOOST_TEST(!refusal.has_value(), refusal.value_or(""));
      for (std::uint32_t i = 0; i < rules; ++i) {
        BOOST_TEST(bpf::Run(program, Call(i % 7, {Scattered(i), i})).result ==
                   (SECCOMP_RET_ERRNO | (1 + i % 40)));
        BOOST_TEST(bpf::Run(program, Call(i % 7, {Scattered(i), i + 1})).result == SECCOMP_RET_ALLOW);
      }
    }
  }
}

// The time must not double with each level.
BOOST_AUTO_TEST_CASE(ConditionsMayBeNestedDeeply) {
  constexpr std::uint32_t kLevels = 60;
  Condition condition = Arg32(5) == 1;
  for (std::uint32_t level = 0; level < kLevels; ++level)
    condition = Arg32(0) != level && Arg32(1) == 1 && Arg32(2) == 2 && (Arg32(3) == level || condition);
  const auto program = CompileFor(Policy().Allow("ioctl", condition));
  BOOST_TEST(bpf::Run(program, Call(16, {kLevels, 1, 2, 7})).result == SECCOMP_RET_ALLOW);
  BOOST_TEST(bpf::Run(program, Call(16, {8, 1, 2, 7})).result == SECCOMP_RET_KILL_PROCESS);
  BOOST_TEST(bpf::Run(program, Call(16, {7, 1, 2, 8})).result == SECCOMP_RET_ALLOW);
  BOOST_TEST(bpf::Run(program, Call(16, {kLevels, 1, 2, kLevels, 0, 1})).result == SECCOMP_RET_ALLOW);
  BOOST_TEST(bpf::Run(program, Call(16, {kLevels, 1, 3, 7})).result == SECCOMP_RET_KILL_PROCESS);
}

// Nothing may take stack for each test.
BOOST_AUTO_TEST_CASE(AChainOfVeryManyTestsIsAnErrorAndNoCrash) {
  std::vector<Condition> alternatives;
  for (std::uint32_t i = 0; i < 60000; ++i)
    alternatives.push_back((Arg32(0) & (Scattered(i) | 1)) == 1 && (Arg32(1) & Scattered(i)) != 0);
  CheckError(Policy().Allow("ioctl", AnyOf(alternatives)), {"at most 4096"});
}

// Not as deep as they are many: the kernel does not emulate them, and nobody says how often they are made.
BOOST_AUTO_TEST_CASE(NumbersBeyondThoseOfTheKernelAreSearchedToo) {
  Policy policy;
  for (std::uint32_t i = 0; i < 600; ++i) policy.Errno(1 + i, static_cast<int>(2000 + 2 * i));
  const auto program = CompileFor(policy);
  for (std::uint32_t i = 0; i < 600; ++i) {
    const auto run = bpf::Run(program, Call(2000 + 2 * i));
    BOOST_TEST(run.result == (SECCOMP_RET_ERRNO | (1 + i)));
    BOOST_TEST(run.executed <= 30U);
  }
}

BOOST_AUTO_TEST_CASE(AFilterThatIsTooLargeIsAnErrorThatNamesTheLargestCalls) {
  Policy policy;
  for (std::uint32_t i = 0; i < 3000; ++i)
    policy.Errno(1 + i % 4000, "ioctl", Arg32(1) == Scattered(i) && Arg32(2) == i);
  policy.Allow("read", Arg(0) == 1);
  CheckError(policy, {"instructions", "at most 4096", "ioctl ("});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(Mistakes)

BOOST_AUTO_TEST_CASE(AContradictionIsReportedWithItsRule) {
  CheckError(Policy().Allow("read", Arg(0) == 1 && Arg(0) == 2),
             {"allow read if arg0 == 1 && arg0 == 2", "never true"});
  CheckError(Policy().Allow("read", Arg(0) < 5 && (Arg(1) == 1 || Arg(1) == 2) && Arg(0) > 7),
             {"never true"});
  CheckError(Policy().Allow("read", !(Arg32(0) >= 0)), {"never true"});
  CheckError(Policy().Allow("read", (Arg(0) & 6) == 2 && (Arg(0) & 3) == 1), {"never true"});
}

BOOST_AUTO_TEST_CASE(ARuleBehindAnUnconditionalOneOfItsSetIsReported) {
  CheckError(Policy().Allow({"read", "write"}).Errno(EPERM, "write", Arg(0) == 1),
             {"errno 1 write if arg0 == 1", "never match"});
  CheckError(Policy().Allow("read").Allow("read"), {"allow read", "never match"});
}

BOOST_AUTO_TEST_CASE(ARuleThatEarlierOnesCoverTogetherIsReported) {
  CheckError(Policy().Allow("read", Arg(0) < 10).Trap("read", Arg(0) >= 5).Errno(EPERM, "read", Arg(1) == 1),
             {"errno 1 read if arg1 == 1", "never match"});
}

BOOST_AUTO_TEST_CASE(ARuleThatDecidesOneOfItsCallsIsNoMistake) {
  BOOST_CHECK_NO_THROW(CompileFor(Policy().Allow("read").Errno(EPERM, {"read", "write"})));
}

BOOST_AUTO_TEST_CASE(ALaterRuleSetMayBeCoveredBecauseThatIsComposition) {
  Policy policy;
  policy.Allow("read").Merge(Policy().Allow("read"));
  BOOST_CHECK_NO_THROW(CompileFor(policy));
}

BOOST_AUTO_TEST_CASE(ARuleOfOptionalCallsThatDoNotExistIsNoMistake) {
  BOOST_CHECK_NO_THROW(CompileFor(Policy().Allow(IfAvailable("open")), *FindTarget("aarch64")));
}

BOOST_AUTO_TEST_CASE(AVariableMayMakeARuleUselessWithoutBeingAMistake) {
  const Values v(X86(), {"a", "b"});
  const ResolvedPolicy policy = Resolve(Policy().Allow("read", Arg(0) == v["a"] && Arg(0) == v["b"]), X86());
  BOOST_CHECK_NO_THROW(Compile(policy, {{"a", 1}, {"b", 1}}));
  BOOST_CHECK_NO_THROW(Compile(policy, {{"a", 1}, {"b", 2}}));
}

BOOST_AUTO_TEST_CASE(AVariableWithoutANumberIsAnError) {
  const Values v(X86(), {"a", "b"});
  const ResolvedPolicy policy = Resolve(Policy().Allow("read", Arg(0).In({v["a"], v["b"]})), X86());
  BOOST_CHECK_EXCEPTION(Compile(policy, {{"a", 1}}), Error, [](const Error& error) {
    return error.problem().find("no number for the variable \"b\"") != std::string::npos;
  });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(ADecisionGraphCanBeLookedAtWithGraphviz) {
  const Values v(X86(), {"fd"});
  const ResolvedPolicy policy =
      Resolve(Policy().Errno(v["fd"], 0, (Arg32(0) & v["fd"]) == 3).Default(Action::Allow()), X86());
  const VariableNumbers numbers = {{"fd", 7}};
  compile::Graph graph(numbers);
  const compile::Decisions decisions = compile::DecisionsOfCalls(policy, graph);
  BOOST_TEST(compile::DotText(decisions.at(0), graph, X86()) == R"(digraph decisions {
  n2 [shape=box, label="arg0.low & $1 == 0x3"];
  n2 -> n1 [style=bold];
  n2 -> n0;
  n1 [label="errno 0 with $1"];
  n0 [label="allow"];
}
)");
}

BOOST_AUTO_TEST_CASE(OnABigEndianTargetTheHighHalfIsTheLowerWord) {
  Target big = X86();
  big.big_endian = true;
  ResolvedPolicy policy = Resolve(Policy().Allow("read", Arg32(0) == 3), X86());
  policy.target = big;
  const auto program = Compile(policy);
  const bool loads_low_half = std::any_of(program.begin(), program.end(), [](const sock_filter& instruction) {
    return instruction.code == (BPF_LD | BPF_W | BPF_ABS) &&
           instruction.k == offsetof(seccomp_data, args) + 4;
  });
  BOOST_TEST(loads_low_half);
}

}  // namespace
}  // namespace precompiledseccomp
