// SPDX-License-Identifier: Apache-2.0
//
// What the compiler makes of a policy: the instructions it does without, and its limits. That the answers are
// right for any policy is for the property tests.

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <precompiledseccomp/define.h>
#include <precompiledseccomp/error.h>

#include "bpf/acceptance.h"
#include "bpf/disassembler.h"
#include "bpf/interpreter.h"
#include "compile/compile_for.h"
#include "support/calls.h"
#include "support/errors.h"
#include "support/numbers.h"

namespace precompiledseccomp::testing {
namespace {

void CheckListing(const std::vector<sock_filter>& program, const std::string& expected) {
  BOOST_TEST("\n" + bpf::Disassemble(program) == expected);
}

BOOST_AUTO_TEST_SUITE(Shape)

BOOST_AUTO_TEST_CASE(EachActionIsReturnedOnce) {
  Policy policy;
  for (int nr = 0; nr < 40; nr += 2) policy.Allow(Syscall(nr), Arg(0) == nr).Errno(EPERM, Syscall(nr));
  BOOST_TEST(CountCode(CompileFor(policy), BPF_RET | BPF_K) == 3U);
}

BOOST_AUTO_TEST_CASE(TheHighHalfOfAnArgumentIsTestedOnce) {
  const auto program = CompileFor(Policy().Allow("read", Arg(0) == 3 || Arg(0) == 9 || Arg(0) == 700));
  // arch, nr, high, low
  BOOST_TEST(CountCode(program, BPF_LD | BPF_W | BPF_ABS) == 4U);
}

BOOST_AUTO_TEST_CASE(ConsecutiveConstantsAreTwoComparisons) {
  // ld arch, jeq, ld nr, jeq, ld arg, two tests, two returns
  BOOST_TEST(CompileFor(Policy().Allow("ioctl", Arg32(1).In({1, 2, 3, 4, 5, 6, 7, 8, 9}))).size() == 9U);
}

// Against a constant, a test of the sign is what a signed comparison may take besides.
BOOST_AUTO_TEST_CASE(ASignedComparisonTakesOneInstructionMore) {
  const auto size = [](const Condition& condition) {
    return CompileFor(Policy().Allow("read", condition)).size();
  };
  const Operand number = Arg32(2);
  const Operand whole = Arg(2);
  for (const std::int64_t limit : {1L, 19L, 0x7ffffff0L, -1L, -20L, -0x7ffffff0L}) {
    const Value value = static_cast<std::int32_t>(limit);
    const Value low = static_cast<std::int32_t>(limit);
    const Value plain = static_cast<std::uint32_t>(limit);
    const std::size_t unsigned_size = size(number >= plain);
    const std::size_t unsigned_whole = size(whole > (value.bits() >> 1));
    BOOST_TEST_CONTEXT("limit " << limit) {
      BOOST_TEST(size(number.Signed() >= low) <= unsigned_size + 1);
      BOOST_TEST(size(number.Signed() > low) <= unsigned_size + 1);
      BOOST_TEST(size(number.Signed() <= low) <= unsigned_size + 1);
      BOOST_TEST(size(number.Signed() < low) <= unsigned_size + 1);
      BOOST_TEST(size(whole.Signed() > value) <= unsigned_whole + 1);
      BOOST_TEST(size(whole.Signed() <= value) <= unsigned_whole + 1);
    }
  }
  BOOST_TEST(size(number.Signed() >= 0) == size(number >= 1U));
  BOOST_TEST(size(number.Signed() >= -5 && number.Signed() <= 19) <= size(number >= 5U && number <= 19U) + 1);
}

BOOST_AUTO_TEST_CASE(AConditionAsDeepAsTheyMayBeIsCompiled) {
  Condition condition = Arg(0) == 1;
  for (int level = 1; condition.depth() < Condition::kMaximumDepth; ++level) {
    const int argument = level % 6;
    condition = level % 2 == 0 ? condition || Arg(argument) == level : condition && Arg(argument) != level;
  }
  BOOST_TEST(CompileFor(Policy().Allow("read", condition)).size() > 1000U);
  CheckError([&] { (void)!condition; }, {"500 levels deep"});
}

// A definition that adds one alternative after the other need not mind how many there are.
BOOST_AUTO_TEST_CASE(ALongChainIsCompiledLikeASet) {
  Condition any = Arg32(0) == 0;
  for (int value = 1; value < 20'000; ++value) any = any || Arg32(0) == value;
  BOOST_TEST(CompileFor(Policy().Allow("read", any)).size() ==
             CompileFor(Policy().Allow("read", Arg32(0) < 20'000)).size());
}

// Its mask is applied once, however many values are looked for.
BOOST_AUTO_TEST_CASE(AnOperandOf16BitsIsMaskedOnce) {
  const Operand mode = Operand::Argument(1, 16, false);
  const auto program = CompileFor(Policy().Allow("chmod", mode.In({0600, 0644, 0700, 0755, 01777})));
  BOOST_TEST(CountCode(program, BPF_ALU | BPF_AND | BPF_K) == 1U);
  BOOST_TEST(CountCode(program, BPF_LD | BPF_W | BPF_ABS) == 3U);  // arch, nr, mode
}

// Whether as a set or one by one.
BOOST_AUTO_TEST_CASE(ValuesOfMaskedBitsAreSearchedAsASet) {
  const Operand mode = Arg32(1);
  const auto as_set = CompileFor(Policy().Allow("chmod", (mode & 0170000).In({0010000, 0040000, 0100000})));
  const auto as_tests = CompileFor(Policy().Allow(
      "chmod", (mode & 0170000) == 0010000 || (mode & 0170000) == 0040000 || (mode & 0170000) == 0100000));
  BOOST_TEST(bpf::Disassemble(as_set) == bpf::Disassemble(as_tests));
  BOOST_TEST(CountCode(as_set, BPF_ALU | BPF_AND | BPF_K) == 1U);
}

BOOST_AUTO_TEST_CASE(ATestWithOneAnswerDisappears) {
  BOOST_TEST(CompileFor(Policy().Allow("read", Condition(Comparison{Arg(0), Relation::kGreaterOrEqual, 0})))
                 .size() == CompileFor(Policy().Allow("read")).size());
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

BOOST_AUTO_TEST_CASE(AVariableWithoutANumberIsAnError) {
  const Values v(X86(), {"a", "b"});
  const ResolvedPolicy policy = Resolve(Policy().Allow("read", Arg(0).In({v["a"], v["b"]})), X86());
  BOOST_CHECK_EXCEPTION(Compile(policy, {{"a", 1}}), Error, [](const Error& error) {
    return error.problem().find("no number for the variable \"b\"") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(OnABigEndianTargetTheHighHalfIsTheLowerWord) {
  const auto program = CompileFor(Policy().Allow("read", Arg32(0) == 3), BigEndian(X86()));
  const bool loads_low_half = std::any_of(program.begin(), program.end(), [](const sock_filter& instruction) {
    return instruction.code == (BPF_LD | BPF_W | BPF_ABS) &&
           instruction.k == offsetof(seccomp_data, args) + 4;
  });
  BOOST_TEST(loads_low_half);
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
      policy.Errno(1 + i % 40, Syscall(i % 7), Arg32(0) == Scattered(i) && Arg32(1) == i);
    policy.Allow(Numbers({0, 1, 2, 3, 4, 5, 6}));
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
  CheckError([&] { CompileFor(Policy().Allow("ioctl", AnyOf(alternatives))); }, {"at most 4096"});
}

BOOST_AUTO_TEST_CASE(AFilterThatIsTooLargeIsAnErrorThatNamesTheLargestCalls) {
  Policy policy;
  for (std::uint32_t i = 0; i < 3000; ++i)
    policy.Errno(1 + i % 4000, "ioctl", Arg32(1) == Scattered(i) && Arg32(2) == i);
  policy.Allow("read", Arg(0) == 1);
  CheckError([&] { CompileFor(policy); }, {"instructions", "at most 4096", "ioctl ("});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
