// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "bpf/disassembler.h"
#include "bpf/instructions.h"
#include "random_program.h"

namespace precompiledseccomp::bpf {
namespace {

BOOST_AUTO_TEST_SUITE(DisassemblerTest)

BOOST_AUTO_TEST_CASE(EachInstructionReadsAsDocumented) {
  struct Case {
    sock_filter instruction;
    std::string text;
  };
  const std::vector<Case> cases = {
      {LoadWord(0), "ld nr"},
      {LoadWord(4), "ld arch"},
      {LoadWord(8), "ld ip.low"},
      {LoadWord(12), "ld ip.high"},
      {LoadWord(16), "ld arg0.low"},
      {LoadWord(60), "ld arg5.high"},
      {LoadWord(64), "ld [64]"},
      {LoadWord(17), "ld [17]"},
      {LoadImmediate(42), "ld #0x2a"},
      {LoadLength(), "ld len"},
      {LoadScratch(3), "ld M[3]"},
      {StoreScratch(3), "st M[3]"},
      {LoadImmediateX(0xffffffff), "ldx #0xffffffff"},
      {LoadLengthX(), "ldx len"},
      {LoadScratchX(15), "ldx M[15]"},
      {StoreScratchX(16), "stx M[16]"},
      {Tax(), "tax"},
      {Txa(), "txa"},
      {Add(1), "add #0x1"},
      {Subtract(1), "sub #0x1"},
      {Multiply(1), "mul #0x1"},
      {Divide(1), "div #0x1"},
      {And(255), "and #0xff"},
      {Or(1), "or #0x1"},
      {Xor(1), "xor #0x1"},
      {ShiftLeft(1), "lsh #0x1"},
      {ShiftRight(1), "rsh #0x1"},
      {AddX(), "add x"},
      {ShiftRightX(), "rsh x"},
      {Negate(), "neg"},
      {Jump(0), "ja 11"},
      {Jump(0xffffffff), "ja 4294967306"},
      {JumpIfEqual(0xc000003e, 2, 17), "jeq #0xc000003e  true: 13  false: 28"},
      {JumpIfGreater(1, 0, 255), "jgt #0x1  true: 11  false: 266"},
      {JumpIfGreaterOrEqual(0, 0, 0), "jge #0x0  true: 11  false: 11"},
      {JumpIfAnySet(0x40000000, 1, 0), "jset #0x40000000  true: 12  false: 11"},
      {JumpIfEqualX(0, 1), "jeq x  true: 11  false: 12"},
      {Return(SECCOMP_RET_ALLOW), "ret allow"},
      {Return(SECCOMP_RET_ERRNO | 38), "ret errno 38"},
      {ReturnA(), "ret a"},
      {{BPF_LD | BPF_H | BPF_ABS, 0, 0, 0}, "unknown code 0x28"},
      {{BPF_ALU | BPF_MOD | BPF_K, 0, 0, 3}, "unknown code 0x94"},
      {{BPF_ALU | BPF_NEG | BPF_X, 0, 0, 3}, "unknown code 0x8c"},
      {{BPF_JMP | BPF_JA | BPF_X, 0, 0, 3}, "unknown code 0xd"},
      {{BPF_RET | BPF_X, 0, 0, 3}, "unknown code 0xe"},
      {{0x100 | BPF_ALU | BPF_AND, 0, 0, 3}, "unknown code 0x154"},
      {{0xffff, 0, 0, 0}, "unknown code 0xffff"},
  };
  for (const Case& c : cases) BOOST_TEST(Disassemble(c.instruction, 10) == c.text);
}

BOOST_AUTO_TEST_CASE(ABigEndianMachineHasTheHighHalfFirst) {
  BOOST_TEST(Disassemble(LoadWord(8), 0, true) == "ld ip.high");
  BOOST_TEST(Disassemble(LoadWord(16), 0, true) == "ld arg0.high");
  BOOST_TEST(Disassemble(LoadWord(60), 0, true) == "ld arg5.low");
}

BOOST_AUTO_TEST_CASE(AnswersReadAsTheirActionAndItsData) {
  BOOST_TEST(DescribeReturn(0x7fff0000) == "allow");
  BOOST_TEST(DescribeReturn(0x7fff0001) == "allow 1");
  BOOST_TEST(DescribeReturn(0x7ffc0000) == "log");
  BOOST_TEST(DescribeReturn(0x7ff00001) == "trace 1");
  BOOST_TEST(DescribeReturn(0x7fc00000) == "user_notify");
  BOOST_TEST(DescribeReturn(0x00050000) == "errno 0");
  BOOST_TEST(DescribeReturn(0x00050fff) == "errno 4095");
  BOOST_TEST(DescribeReturn(0x0005ffff) == "errno 65535 (the kernel makes it 4095)");
  BOOST_TEST(DescribeReturn(0x00030007) == "trap 7");
  BOOST_TEST(DescribeReturn(0x00000000) == "kill_thread");
  BOOST_TEST(DescribeReturn(0x80000000) == "kill_process");
  BOOST_TEST(DescribeReturn(0x12340001) == "unknown action 0x12340001");
}

BOOST_AUTO_TEST_CASE(AListingHasALineForEachInstruction) {
  const Program program = {
      LoadWord(kNumberOffset),   JumpIfEqual(42, 0, 1), Return(SECCOMP_RET_ALLOW), LoadWord(16),
      Return(SECCOMP_RET_ERRNO),
  };
  BOOST_TEST(Disassemble(program) ==
             "   0: ld nr\n"
             "   1: jeq #0x2a  true: 2  false: 3\n"
             "   2: ret allow\n"
             "   3: ld arg0.low\n"
             "   4: ret errno 0\n");
  BOOST_TEST(Disassemble(Program{LoadWord(16)}, true) == "   0: ld arg0.high\n");
  BOOST_TEST(Disassemble(Program{}) == "");
}

BOOST_AUTO_TEST_CASE(AnyInstructionCanBeDisassembled) {
  testing::Random random(1);
  for (std::uint32_t code = 0; code <= 0xffff; ++code) {
    const sock_filter instruction = {static_cast<std::uint16_t>(code), 255, 255, random.Word()};
    BOOST_REQUIRE(!Disassemble(instruction, std::numeric_limits<std::size_t>::max()).empty());
    BOOST_REQUIRE(!Disassemble(instruction, 0, true).empty());
  }
  for (std::uint32_t value = 0; value <= 0xffff; ++value)
    BOOST_REQUIRE(!DescribeReturn(value << 16U | (value & 0xffU)).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::bpf
