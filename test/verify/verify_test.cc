// SPDX-License-Identifier: Apache-2.0
//
// The prover as a whole, on policies without variables.

#include <array>
#include <tuple>
#include <utility>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/policy.h>

#include "bpf/instructions.h"
#include "bpf/interpreter.h"
#include "compile/compile.h"
#include "support/boundary_calls.h"
#include "support/compare.h"
#include "support/random_policy.h"
#include "support/targets.h"
#include "verify/verify.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(VerifyTest)

using namespace bpf;  // NOLINT: instructions are written like assembly
using verify::Prove;
using verify::Proved;
using verify::Refuted;
using verify::Undecided;

constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t kKill = SECCOMP_RET_KILL_PROCESS;
constexpr std::uint32_t kWrite = 1;
constexpr std::uint32_t kLow0 = ArgumentOffset(0, Half::kLow, false);
constexpr std::uint32_t kHigh0 = ArgumentOffset(0, Half::kHigh, false);

ResolvedPolicy WriteTo5() {
  return Resolve(Policy().Allow("write", Arg(0) == 5), X86());
}

// As a person might write it.
bpf::Program FilterOfWriteTo5() {
  return {
      LoadWord(kArchOffset),   JumpIfEqual(X86().audit_arch, 0, 7),
      LoadWord(kNumberOffset), JumpIfEqual(kWrite, 0, 5),
      LoadWord(kHigh0),        JumpIfEqual(0, 0, 3),
      LoadWord(kLow0),         JumpIfEqual(5, 0, 1),
      Return(kAllow),          Return(kKill),
  };
}

std::string TextOf(const verify::Verdict& verdict, const Target& target = X86()) {
  return Describe(verdict, target);
}

BOOST_AUTO_TEST_CASE(AFilterThatDoesWhatItsPolicySaysIsProved) {
  const verify::Verdict verdict = Prove(WriteTo5(), {FilterOfWriteTo5(), {}});
  BOOST_TEST(TextOf(verdict) == "proved");
  BOOST_TEST(std::get<Proved>(verdict).paths == 5U);
}

BOOST_AUTO_TEST_CASE(EachDifferenceIsShownByTheSmallestCall) {
  const auto with = [](std::size_t index, const sock_filter& instruction) {
    bpf::Program program = FilterOfWriteTo5();
    program[index] = instruction;
    return TextOf(Prove(WriteTo5(), {program, {}}));
  };
  BOOST_TEST(with(1, JumpIfEqual(X86().audit_arch, 0, 0)) ==
             "write(0x5, ...) of architecture 0x0: filter allow, policy kill_process, at instruction 8");
  BOOST_TEST(with(3, JumpIfEqual(2, 0, 5)) ==
             "write(0x5, ...): filter kill_process, policy allow, at instruction 9");
  BOOST_TEST(with(3, JumpIfGreaterOrEqual(kWrite, 0, 5)) ==
             "open(0x5, ...): filter allow, policy kill_process, at instruction 8");
  BOOST_TEST(with(5, JumpIfEqual(0, 0, 0)) ==
             "write(0x100000005, ...): filter allow, policy kill_process, at instruction 8");
  BOOST_TEST(with(7, JumpIfAnySet(1, 0, 1)) ==
             "write(0x1, ...): filter allow, policy kill_process, at instruction 8");
  BOOST_TEST(with(7, JumpIfEqual(5, 1, 0)) ==
             "write(...): filter allow, policy kill_process, at instruction 8");
  BOOST_TEST(with(8, Return(SECCOMP_RET_ERRNO | 1)) ==
             "write(0x5, ...): filter errno 1, policy allow, at instruction 8");
  BOOST_TEST(with(9, Return(SECCOMP_RET_KILL_THREAD)) ==
             "read(...): filter kill_thread, policy kill_process, at instruction 9");
}

BOOST_AUTO_TEST_CASE(TheX32BitIsAnotherArchitecture) {
  const ResolvedPolicy policy = Resolve(
      Policy().Default(Action::Allow()).BadArchitecture(Action::KillThread()).ForLinuxFrom(5, 4), X86());
  const bpf::Program without_test = {LoadWord(kArchOffset), JumpIfEqual(X86().audit_arch, 0, 1),
                                     Return(kAllow), Return(SECCOMP_RET_KILL_THREAD)};
  BOOST_TEST(TextOf(Prove(policy, {without_test, {}})) ==
             "#1073741824(...): filter allow, policy kill_thread, at instruction 2");
}

// A filter that knows of x32's bit only.
std::string VerdictOnTheX32BitAlone(const Policy& policy) {
  const bpf::Program only_the_bit = {LoadWord(kArchOffset),     JumpIfEqual(X86().audit_arch, 0, 3),
                                     LoadWord(kNumberOffset),   JumpIfAnySet(0x40000000, 1, 0),
                                     Return(SECCOMP_RET_ALLOW), Return(SECCOMP_RET_KILL_THREAD)};
  return TextOf(Prove(Resolve(policy, X86()), {only_the_bit, {}}));
}

BOOST_AUTO_TEST_CASE(OnOldKernelsSomeNumbersAreAnotherArchitectureWithoutTheX32Bit) {
  const Policy policy = Policy().Default(Action::Allow()).BadArchitecture(Action::KillThread());
  BOOST_TEST(VerdictOnTheX32BitAlone(policy) ==
             "#512(...): filter allow, policy kill_thread, at instruction 4");
}

// The rule is for the last of all numbers: none follows.
BOOST_AUTO_TEST_CASE(ARuleForSkippedCallsIsReadWithoutABaselineToo) {
  const ResolvedPolicy policy = Resolve(Policy().Allow(Syscall::Skipped(), Arg(0) == 1), X86());
  BOOST_TEST(TextOf(Prove(policy, {Compile(policy), {}})) == "proved");
  BOOST_TEST(TextOf(Prove(policy, {{Return(kKill)}, {}})) ==
             "#-1(0x1, ...): filter kill_process, policy allow, at instruction 0");
}

BOOST_AUTO_TEST_CASE(ASkippedCallIsNoneOfAnotherArchitecture) {
  const Policy policy =
      Policy().Default(Action::Allow()).BadArchitecture(Action::KillThread()).ForLinuxFrom(5, 4);
  BOOST_TEST(VerdictOnTheX32BitAlone(policy) ==
             "#-1(...): filter kill_thread, policy allow, at instruction 5");
}

BOOST_AUTO_TEST_CASE(TheInstructionPointerAndAllArgumentsAreShownUpToTheLastOneThatCounts) {
  Policy policy;
  policy.Allow("write", InstructionPointer() >= 0x7f0000000000 && Arg(5) > 1);
  BOOST_TEST(TextOf(Prove(Resolve(policy, X86()), {{Return(kKill)}, {}})) ==
             "write(0x0, 0x0, 0x0, 0x0, 0x0, 0x2) from 0x7f0000000000: filter kill_process, policy allow, at "
             "instruction 0");
}

BOOST_AUTO_TEST_CASE(TheSmallestCallIsSmallestInEachBit) {
  Policy policy;
  policy.Allow("write", Arg(0) >= 0x123456789abcdef0 && (Arg(1) & 0x30) == 0x20 && Arg(2) < 7);
  BOOST_TEST(TextOf(Prove(Resolve(policy, X86()), {{Return(kKill)}, {}})) ==
             "write(0x123456789abcdef0, 0x20, ...): filter kill_process, policy allow, at instruction 0");
}

// In the order in which a disagreement is the smallest one.
auto PlaceInOrder(const seccomp_data& call) {
  return std::tuple(call.arch != X86().audit_arch, call.arch, static_cast<std::uint32_t>(call.nr),
                    call.instruction_pointer, std::to_array(call.args));
}

// One jump of a random filter has its sides exchanged.
BOOST_AUTO_TEST_CASE(NoOtherCallThatDiffersIsSmaller) {
  int refuted_filters = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    const ResolvedPolicy policy = PolicyFor(RandomDefinition(seed), {}, X86());
    bpf::Program program = Compile(policy);
    Random random(seed);
    sock_filter& instruction = program[random.Below(program.size())];
    if (BPF_CLASS(instruction.code) != BPF_JMP) continue;
    std::swap(instruction.jt, instruction.jf);
    const verify::Verdict verdict = Prove(policy, {program, {}});
    const auto* const refuted = std::get_if<Refuted>(&verdict);
    if (refuted == nullptr) continue;
    ++refuted_filters;
    for (const seccomp_data& call : BoundaryCalls(policy, random))
      if (bpf::Run(program, call).result != Evaluate(policy, call) &&
          PlaceInOrder(call) < PlaceInOrder(refuted->call))
        BOOST_ERROR("seed " << seed << ": " << TextOf(verdict) << ", but also " << CallText(X86(), call));
  }
  BOOST_TEST(refuted_filters > 50);
}

BOOST_AUTO_TEST_CASE(EqualFiltersOfOtherShapesAreProved) {
  // 4 to 7, as a pattern, as a range and as four values.
  const ResolvedPolicy policy = Resolve(Policy().Allow("write", Arg32(0).In({4, 5, 6, 7})), X86());
  const auto with = [](const bpf::Program& test) {
    bpf::Program program = {LoadWord(kArchOffset),   JumpIfEqual(X86().audit_arch, 1, 0), Return(kKill),
                            LoadWord(kNumberOffset), JumpIfEqual(kWrite, 1, 0),           Return(kKill),
                            LoadWord(kLow0)};
    program.insert(program.end(), test.begin(), test.end());
    program.push_back(Return(kAllow));
    program.push_back(Return(kKill));
    return program;
  };
  for (const bpf::Program& test :
       {bpf::Program{And(0xfffffffc), JumpIfEqual(4, 0, 1)},
        bpf::Program{JumpIfGreaterOrEqual(4, 0, 2), JumpIfGreater(7, 1, 0)},
        bpf::Program{JumpIfEqual(4, 3, 0), JumpIfEqual(6, 2, 0), Or(2), JumpIfEqual(7, 0, 1)},
        bpf::Program{JumpIfAnySet(~7U, 2, 0), JumpIfAnySet(4, 0, 1)},
        bpf::Program{Xor(4), JumpIfGreater(3, 1, 0)}})
    BOOST_TEST(TextOf(Prove(policy, {with(test), {}})) == "proved");
}

BOOST_AUTO_TEST_CASE(WhatTheKernelRefusesIsUndecided) {
  const auto reason = [](const bpf::Program& program) {
    const verify::Verdict verdict = Prove(WriteTo5(), {program, {}});
    BOOST_TEST((std::get<Undecided>(verdict).reason == Undecided::Reason::kInstruction));
    return TextOf(verdict);
  };
  BOOST_TEST(
      reason({LoadWord(64), Return(kAllow)}).rfind("the kernel refuses the filter: instruction 0", 0) == 0U);
  BOOST_TEST(reason({}).rfind("the kernel refuses the filter: ", 0) == 0U);
  BOOST_TEST(reason({LoadWord(0), Add(1), ReturnA()}) ==
             "instruction 1 (add #0x1) is arithmetic on a value that depends on the call or on a variable, "
             "which is not followed");
}

BOOST_AUTO_TEST_CASE(MoreWorkThanTheLimitIsUndecided) {
  for (const verify::Limits& limits : {verify::Limits{.steps = 5}, verify::Limits{.bytes = 5}}) {
    const verify::Verdict verdict = Prove(WriteTo5(), {FilterOfWriteTo5(), {}}, limits);
    BOOST_TEST((std::get<Undecided>(verdict).reason == Undecided::Reason::kTooMuchWork));
  }
}

// More paths than any computer could follow one by one: thirty tests with two sides each, one behind the
// other.
BOOST_AUTO_TEST_CASE(PathsThatJoinAgainAndAgainAreNoMoreWork) {
  bpf::Program program;
  for (std::uint32_t bit = 0; bit < 70; ++bit) {
    program.push_back(LoadWord(kLow0));
    program.push_back(JumpIfAnySet(1U << bit % 32, 1, 0));
    program.push_back(LoadImmediate(bit));
  }
  program.push_back(Return(kKill));
  const verify::Verdict verdict = Prove(Resolve(Policy(), X86()), {program, {}});
  BOOST_TEST(TextOf(verdict) == "proved");
  BOOST_TEST(std::get<Proved>(verdict).paths == UINT64_MAX);
}

// Argument 0 is greater than argument 1 in each of `bits` single bits, and three arguments are each greater
// than the next in their low two bits: which cannot be, but no bit alone shows it.
bpf::Program FilterWithAContradiction(std::uint32_t bits) {
  bpf::Program program;
  const auto require_greater = [&](int left, int right, std::uint32_t mask) {
    const bpf::Program steps = {LoadWord(ArgumentOffset(right, Half::kLow, false)),
                                And(mask),
                                Tax(),
                                LoadWord(ArgumentOffset(left, Half::kLow, false)),
                                And(mask),
                                JumpIfGreaterX(1, 0),
                                Return(kKill)};
    program.insert(program.end(), steps.begin(), steps.end());
  };
  for (std::uint32_t bit = 0; bit < bits; ++bit) require_greater(0, 1, 0x80000000U >> bit);
  for (const int first : {0, 1, 2}) require_greater(first, (first + 1) % 3, 3);
  program.push_back(Return(kAllow));
  return program;
}

BOOST_AUTO_TEST_CASE(FactsThatHaveToHoldAtOneBitAreDecidedThere) {
  const verify::Verdict verdict = Prove(Resolve(Policy(), X86()), {FilterWithAContradiction(24), {}},
                                        {.steps = 100'000, .bytes = 3'000'000});
  BOOST_TEST(TextOf(verdict) == "proved");
}

// Whatever the variable is, the filter does the same.
BOOST_AUTO_TEST_CASE(AHoleThatNoCallReachesMayHaveAVariableOfItsOwn) {
  const bpf::Program program = {Jump(1), Return(kKill), LoadImmediate(0), Return(kAllow)};
  const verify::Verdict verdict = Prove(Resolve(Policy(), X86()), {program, {{1, "x"}, {2, "y"}}});
  BOOST_TEST(TextOf(verdict) ==
             "read(...) with x = 0x0, y = 0x0: filter allow, policy kill_process, at instruction 3");
  const std::vector<std::pair<std::string, std::uint32_t>> expected = {{"x", 0}, {"y", 0}};
  BOOST_TEST((std::get<Refuted>(verdict).values == expected));
}

// The generator writes it into its statistics, which are to be the same whichever compiler built it. What the
// numbers are does not matter: when the prover changes, they may.
BOOST_AUTO_TEST_CASE(TheWorkOfAProofIsTheSameWhicheverCompilerBuiltTheProver) {
  std::size_t nodes = 0;
  std::uint64_t steps = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const ResolvedPolicy policy = Resolve(RandomDefinition(seed).policy(Values(X86(), {})), X86());
    const verify::Verdict verdict = Prove(policy, {Compile(policy), {}});
    nodes += std::get<Proved>(verdict).nodes;
    steps += std::get<Proved>(verdict).steps;
  }
  BOOST_TEST(nodes == 130618U);
  BOOST_TEST(steps == 380051U);
}

BOOST_AUTO_TEST_CASE(RandomPoliciesAreProvedOnAllTargets) {
  for (const Target& target : Targets())
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
      const Policy policy = RandomDefinition(seed).policy(Values(target, {}));
      const ResolvedPolicy resolved = Resolve(policy, target);
      BOOST_TEST_CONTEXT("seed " << seed << "\n" << policy)
      BOOST_TEST(TextOf(Prove(resolved, {Compile(resolved), {}}), target) == "proved");
    }
}

BOOST_AUTO_TEST_CASE(OnBigEndianMachinesFiltersAreProvedToo) {
  const Target target = BigEndian(Arm());
  const ResolvedPolicy resolved = Resolve(Policy().Allow("write", Arg(0) == 5), target);
  const bpf::Program program = Compile(resolved);
  BOOST_TEST(TextOf(Prove(resolved, {program, {}}), target) == "proved");
  ResolvedPolicy little_endian = resolved;
  little_endian.target.big_endian = false;
  BOOST_TEST(TextOf(Prove(little_endian, {program, {}}), target) ==
             "write(0x5, ...): filter kill_process, policy allow, at instruction 9");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
