// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "bpf/disassembler.h"
#include "bpf/instructions.h"

namespace precompiledseccomp::bpf {
namespace {

BOOST_AUTO_TEST_SUITE(InstructionsTest)

BOOST_AUTO_TEST_CASE(EachFunctionBuildsTheInstructionOfTheKernelsMacros) {
  struct Case {
    sock_filter built;
    sock_filter expected;
  };
  const std::vector<Case> cases = {
      {LoadWord(16), BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16)},
      {LoadImmediate(7), BPF_STMT(BPF_LD | BPF_IMM, 7)},
      {LoadLength(), BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0)},
      {LoadScratch(3), BPF_STMT(BPF_LD | BPF_MEM, 3)},
      {StoreScratch(3), BPF_STMT(BPF_ST, 3)},
      {LoadImmediateX(7), BPF_STMT(BPF_LDX | BPF_IMM, 7)},
      {LoadLengthX(), BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0)},
      {LoadScratchX(3), BPF_STMT(BPF_LDX | BPF_MEM, 3)},
      {StoreScratchX(3), BPF_STMT(BPF_STX, 3)},
      {Tax(), BPF_STMT(BPF_MISC | BPF_TAX, 0)},
      {Txa(), BPF_STMT(BPF_MISC | BPF_TXA, 0)},
      {Add(9), BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 9)},
      {Subtract(9), BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, 9)},
      {Multiply(9), BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, 9)},
      {Divide(9), BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 9)},
      {And(9), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 9)},
      {Or(9), BPF_STMT(BPF_ALU | BPF_OR | BPF_K, 9)},
      {Xor(9), BPF_STMT(BPF_ALU | BPF_XOR | BPF_K, 9)},
      {ShiftLeft(9), BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 9)},
      {ShiftRight(9), BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 9)},
      {AddX(), BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0)},
      {SubtractX(), BPF_STMT(BPF_ALU | BPF_SUB | BPF_X, 0)},
      {MultiplyX(), BPF_STMT(BPF_ALU | BPF_MUL | BPF_X, 0)},
      {DivideX(), BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0)},
      {AndX(), BPF_STMT(BPF_ALU | BPF_AND | BPF_X, 0)},
      {OrX(), BPF_STMT(BPF_ALU | BPF_OR | BPF_X, 0)},
      {XorX(), BPF_STMT(BPF_ALU | BPF_XOR | BPF_X, 0)},
      {ShiftLeftX(), BPF_STMT(BPF_ALU | BPF_LSH | BPF_X, 0)},
      {ShiftRightX(), BPF_STMT(BPF_ALU | BPF_RSH | BPF_X, 0)},
      {Negate(), BPF_STMT(BPF_ALU | BPF_NEG, 0)},
      {Jump(70000), BPF_STMT(BPF_JMP | BPF_JA, 70000)},
      {JumpIfEqual(5, 1, 2), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 1, 2)},
      {JumpIfGreater(5, 1, 2), BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 5, 1, 2)},
      {JumpIfGreaterOrEqual(5, 1, 2), BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 5, 1, 2)},
      {JumpIfAnySet(5, 1, 2), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 5, 1, 2)},
      {JumpIfEqualX(1, 2), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 1, 2)},
      {JumpIfGreaterX(1, 2), BPF_JUMP(BPF_JMP | BPF_JGT | BPF_X, 0, 1, 2)},
      {JumpIfGreaterOrEqualX(1, 2), BPF_JUMP(BPF_JMP | BPF_JGE | BPF_X, 0, 1, 2)},
      {JumpIfAnySetX(1, 2), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_X, 0, 1, 2)},
      {Return(SECCOMP_RET_ALLOW), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)},
      {ReturnA(), BPF_STMT(BPF_RET | BPF_A, 0)},
  };
  for (const Case& c : cases)
    BOOST_CHECK_MESSAGE(Equal(c.built, c.expected),
                        "built " << Disassemble(c.built, 0) << ", expected " << Disassemble(c.expected, 0));
}

BOOST_AUTO_TEST_CASE(InstructionsAreEqualOnlyIfAllFieldsAre) {
  static_assert(Equal(JumpIfEqual(5, 1, 2), JumpIfEqual(5, 1, 2)));
  static_assert(!Equal(JumpIfEqual(5, 1, 2), JumpIfGreater(5, 1, 2)));
  static_assert(!Equal(JumpIfEqual(5, 1, 2), JumpIfEqual(6, 1, 2)));
  static_assert(!Equal(JumpIfEqual(5, 1, 2), JumpIfEqual(5, 3, 2)));
  static_assert(!Equal(JumpIfEqual(5, 1, 2), JumpIfEqual(5, 1, 3)));
  BOOST_TEST(Equal(Tax(), Tax()));
}

BOOST_AUTO_TEST_CASE(OffsetsAreThoseOfTheFieldsOfSeccompData) {
  BOOST_TEST(kNumberOffset == offsetof(seccomp_data, nr));
  BOOST_TEST(kArchOffset == offsetof(seccomp_data, arch));
  for (const bool big_endian : {false, true}) {
    const Half first = big_endian ? Half::kHigh : Half::kLow;
    const Half second = big_endian ? Half::kLow : Half::kHigh;
    BOOST_TEST_CONTEXT("big_endian = " << big_endian) {
      BOOST_TEST(InstructionPointerOffset(first, big_endian) == offsetof(seccomp_data, instruction_pointer));
      BOOST_TEST(InstructionPointerOffset(second, big_endian) ==
                 offsetof(seccomp_data, instruction_pointer) + 4);
      for (int i = 0; i < kArgumentCount; ++i) {
        const std::size_t field = offsetof(seccomp_data, args) + 8 * static_cast<std::size_t>(i);
        BOOST_TEST(ArgumentOffset(i, first, big_endian) == field);
        BOOST_TEST(ArgumentOffset(i, second, big_endian) == field + 4);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::bpf
