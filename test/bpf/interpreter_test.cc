// SPDX-License-Identifier: Apache-2.0

#include <bit>
#include <cstdint>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "bpf/disassembler.h"
#include "bpf/instructions.h"
#include "bpf/interpreter.h"
#include "kernel.h"
#include "random_program.h"
#include "reference_interpreter.h"
#include "support/seeds.h"

namespace precompiledseccomp::bpf {
namespace {

constexpr bool kHostIsBigEndian = std::endian::native == std::endian::big;

seccomp_data SomeCall() {
  return {.nr = -2,
          .arch = 0xc000003e,
          .instruction_pointer = 0x1111111122222222,
          .args = {0xa0a0a0a0b0b0b0b0, 0xa1a1a1a1b1b1b1b1, 0xa2a2a2a2b2b2b2b2, 0xa3a3a3a3b3b3b3b3,
                   0xa4a4a4a4b4b4b4b4, 0xa5a5a5a5b5b5b5b5}};
}

std::string Describe(const seccomp_data& call) {
  std::string text = "nr " + std::to_string(call.nr) + ", arch " + std::to_string(call.arch) + ", ip " +
                     std::to_string(call.instruction_pointer);
  for (const auto argument : call.args) text += ", " + std::to_string(argument);
  return text;
}

// The value of A after these instructions.
std::uint32_t Compute(Program program) {
  program.push_back(ReturnA());
  return Run(program, SomeCall()).result;
}

BOOST_AUTO_TEST_SUITE(InterpreterTest)

BOOST_AUTO_TEST_CASE(RegistersAreZeroAtTheStart) {
  BOOST_TEST(Compute({}) == 0U);
  BOOST_TEST(Compute({LoadImmediate(5), Txa()}) == 0U);
}

BOOST_AUTO_TEST_CASE(EveryWordIsFoundInBothByteOrders) {
  const seccomp_data call = SomeCall();
  for (const bool big_endian : {false, true}) {
    BOOST_TEST_CONTEXT("big_endian = " << big_endian) {
      const auto word = [&](std::uint32_t offset) {
        const Execution execution = Run(Program{LoadWord(offset), ReturnA()}, call, big_endian);
        BOOST_TEST(execution.words_read == std::uint64_t{1} << (offset / 4));
        return execution.result;
      };
      BOOST_TEST(word(kNumberOffset) == 0xfffffffeU);
      BOOST_TEST(word(kArchOffset) == 0xc000003eU);
      BOOST_TEST(word(InstructionPointerOffset(Half::kLow, big_endian)) == 0x22222222U);
      BOOST_TEST(word(InstructionPointerOffset(Half::kHigh, big_endian)) == 0x11111111U);
      for (int i = 0; i < kArgumentCount; ++i) {
        const auto digit = static_cast<std::uint32_t>(i) * 0x01010101U;
        BOOST_TEST(word(ArgumentOffset(i, Half::kLow, big_endian)) == 0xb0b0b0b0U + digit);
        BOOST_TEST(word(ArgumentOffset(i, Half::kHigh, big_endian)) == 0xa0a0a0a0U + digit);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(TaxCopiesAToXAndTxaCopiesXToA) {
  BOOST_TEST(Compute({LoadImmediate(7), LoadImmediateX(9), Tax(), LoadImmediate(1), Txa()}) == 7U);
  BOOST_TEST(Compute({LoadImmediate(7), LoadImmediateX(9), Txa()}) == 9U);
}

BOOST_AUTO_TEST_CASE(ArithmeticIsUnsignedAndWraps) {
  BOOST_TEST(Compute({LoadImmediate(0xffffffff), Add(2)}) == 1U);
  BOOST_TEST(Compute({LoadImmediate(1), Subtract(2)}) == 0xffffffffU);
  BOOST_TEST(Compute({LoadImmediate(0x80000001), Multiply(2)}) == 2U);
  BOOST_TEST(Compute({LoadImmediate(0xfffffffe), Divide(2)}) == 0x7fffffffU);
  BOOST_TEST(Compute({LoadImmediate(0xf0f0), And(0xff00)}) == 0xf000U);
  BOOST_TEST(Compute({LoadImmediate(0xf0f0), Or(0xff00)}) == 0xfff0U);
  BOOST_TEST(Compute({LoadImmediate(0xf0f0), Xor(0xff00)}) == 0x0ff0U);
  BOOST_TEST(Compute({LoadImmediate(0xc0000001), ShiftLeft(1)}) == 0x80000002U);
  BOOST_TEST(Compute({LoadImmediate(0x80000000), ShiftRight(31)}) == 1U);
  BOOST_TEST(Compute({LoadImmediate(1), Negate()}) == 0xffffffffU);
  BOOST_TEST(Compute({LoadLength()}) == 64U);
  BOOST_TEST(Compute({LoadLengthX(), Txa()}) == 64U);
}

BOOST_AUTO_TEST_CASE(ScratchMemoryKeepsBothRegisters) {
  BOOST_TEST(Compute({LoadImmediate(7), StoreScratch(15), LoadImmediate(0), LoadScratch(15)}) == 7U);
  BOOST_TEST(Compute({LoadImmediateX(7), StoreScratchX(0), LoadImmediateX(0), LoadScratchX(0), Txa()}) == 7U);
}

BOOST_AUTO_TEST_CASE(DivisionByAnXOfZeroKillsTheThread) {
  const Execution execution =
      Run(Program{LoadImmediate(5), DivideX(), Return(SECCOMP_RET_ALLOW)}, SomeCall());
  BOOST_TEST(DescribeReturn(execution.result) == "kill_thread");
  BOOST_TEST(execution.executed == 2U);
}

BOOST_AUTO_TEST_CASE(ShiftsByXUseFiveBits) {
  BOOST_TEST(Compute({LoadImmediateX(33), LoadImmediate(3), ShiftLeftX()}) == 6U);
  BOOST_TEST(Compute({LoadImmediateX(32), LoadImmediate(3), ShiftRightX()}) == 3U);
}

BOOST_AUTO_TEST_CASE(ComparisonsAreUnsignedAndTakeTheRightSide) {
  struct Case {
    sock_filter jump;
    std::uint32_t a;
    bool holds;
  };
  constexpr std::uint32_t kTop = 0x80000000;
  for (const Case& c : std::vector<Case>{
           {JumpIfEqual(5, 0, 1), 5, true},
           {JumpIfEqual(5, 0, 1), 6, false},
           {JumpIfGreater(5, 0, 1), 5, false},
           {JumpIfGreater(5, 0, 1), kTop, true},
           {JumpIfGreaterOrEqual(5, 0, 1), 5, true},
           {JumpIfGreaterOrEqual(kTop, 0, 1), 5, false},
           {JumpIfAnySet(6, 0, 1), 4, true},
           {JumpIfAnySet(6, 0, 1), 9, false},
           {JumpIfAnySet(0, 0, 1), 9, false},
           {JumpIfEqualX(0, 1), 7, true},
           {JumpIfGreaterX(0, 1), 7, false},
           {JumpIfGreaterOrEqualX(0, 1), 7, true},
           {JumpIfAnySetX(0, 1), 8, false},
       }) {
    const Program program = {LoadImmediateX(7), LoadImmediate(c.a), c.jump, Return(1), Return(2)};
    BOOST_TEST_CONTEXT(Disassemble(program)) {
      BOOST_TEST(Run(program, SomeCall()).result == (c.holds ? 1U : 2U));
    }
  }
}

BOOST_AUTO_TEST_CASE(CoverageOfSeveralCallsAddsUp) {
  const Program program = {
      LoadWord(kNumberOffset), JumpIfEqual(1, 0, 1), Return(1), Jump(1), Return(2), Return(3)};
  seccomp_data call = SomeCall();
  std::vector<bool> ran;
  BOOST_TEST(Run(program, call, ran).executed == 4U);
  BOOST_TEST(ran == (std::vector<bool>{true, true, false, true, false, true}),
             boost::test_tools::per_element());
  call.nr = 1;
  BOOST_TEST(Run(program, call, ran).executed == 3U);
  BOOST_TEST(ran == (std::vector<bool>{true, true, true, true, false, true}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(RefusedInstructionsThrowWhenTheyAreReached) {
  for (const sock_filter& bad : {
           LoadWord(64),
           LoadWord(2),
           LoadWord(0xfffffffc),
           LoadScratch(0),
           LoadScratch(16),
           StoreScratch(16),
           LoadScratchX(0xffffffff),
           StoreScratchX(0xffffffff),
           Divide(0),
           ShiftLeft(32),
           ShiftRight(0xffffffff),
           Jump(2),
           Jump(0xffffffff),
           JumpIfEqual(0, 2, 0),
           sock_filter{BPF_ALU | BPF_MOD | BPF_K, 0, 0, 3},
           sock_filter{BPF_ALU | BPF_NEG | BPF_X, 0, 0, 3},
           sock_filter{BPF_JMP | BPF_JA | BPF_X, 0, 0, 0},
           sock_filter{BPF_RET | BPF_X, 0, 0, 0},
           sock_filter{BPF_LD | BPF_B | BPF_ABS, 0, 0, 0},
           sock_filter{0x100, 0, 0, 0},
       }) {
    const Program reached = {LoadImmediate(0), bad, Return(1), Return(1)};
    const Program jumped_over = {Jump(1), bad, Return(1)};
    BOOST_TEST_CONTEXT(Disassemble(reached)) {
      BOOST_CHECK_THROW(Run(reached, SomeCall()), std::invalid_argument);
      BOOST_TEST(Run(jumped_over, SomeCall()).result == 1U);
    }
  }
  BOOST_CHECK_THROW(Run(Program{}, SomeCall()), std::invalid_argument);
  BOOST_CHECK_THROW(Run(Program{LoadImmediate(1)}, SomeCall()), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(RandomProgramsRunAsInTheReferenceInterpreter) {
  testing::Random random(2);
  for (int round = 0; round < 4000; ++round) {
    const Program program = testing::RandomAcceptedProgram(random, 1 + random.Below(60));
    BOOST_TEST_CONTEXT(Disassemble(program)) {
      for (int i = 0; i < 5; ++i) {
        const seccomp_data call = testing::RandomCall(random);
        BOOST_TEST_INFO(Describe(call));
        const Execution actual = Run(program, call, kHostIsBigEndian);
        const Execution expected = testing::RunByTable(program, call);
        BOOST_REQUIRE_EQUAL(actual.result, expected.result);
        BOOST_REQUIRE_EQUAL(actual.executed, expected.executed);
        BOOST_REQUIRE_EQUAL(actual.words_read, expected.words_read);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(RandomRefusedProgramsEnd) {
  testing::Random random(3);
  int thrown = 0;
  for (int round = 0; round < 20000; ++round) {
    Program program = testing::RandomAcceptedProgram(random, 1 + random.Below(20));
    for (std::uint32_t i = 0; i < 4; ++i) testing::Mutate(random, program);
    try {
      BOOST_REQUIRE_LE(Run(program, testing::RandomCall(random)).executed, program.size());
    } catch (const std::invalid_argument&) {
      ++thrown;
    }
  }
  BOOST_TEST(thrown > 1000);
}

BOOST_AUTO_TEST_CASE(RandomProgramsRunAsInTheRunningKernel,
                     *boost::unit_test::precondition(testing::KernelTakesFilters)) {
  int killed = 0;
  const auto check = [&](std::uint64_t seed) {
    testing::Random random(seed);
    const Program body = testing::RandomBody(random, 1 + random.Below(40));
    seccomp_data call = testing::RandomCall(random);
    call.nr = 5000 + static_cast<int>(random.Below(1000));
    call.arch = testing::NativeAuditArch();
    // A body that divides by an X of 0 returns 0, all others end at the return of this value, which is not.
    Program program = body;
    program.insert(program.end(), {StoreScratch(0), Return(1)});
    BOOST_TEST_CONTEXT(Disassemble(body) << Describe(call)) {
      const bool divides_by_zero = Run(program, call, kHostIsBigEndian).result == 0;
      const auto actual = testing::ValueComputedByKernel(body, call);
      BOOST_REQUIRE_EQUAL(actual.has_value(), !divides_by_zero);
      killed += divides_by_zero ? 1 : 0;
      if (divides_by_zero) return;
      program = body;
      program.push_back(ReturnA());
      BOOST_REQUIRE_EQUAL(Run(program, call, kHostIsBigEndian).result, *actual);
    }
  };
  // With sanitizers, forks take a hundred times as long.
  precompiledseccomp::testing::ForEachSeed(50, 400, check, 3);
  BOOST_TEST(killed > 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::bpf
