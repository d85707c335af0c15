// SPDX-License-Identifier: Apache-2.0

#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "bpf/acceptance.h"
#include "bpf/disassembler.h"
#include "bpf/instructions.h"
#include "kernel.h"

namespace precompiledseccomp::bpf {
namespace {

BOOST_AUTO_TEST_SUITE(AcceptanceTest)

constexpr sock_filter kAllow = Return(SECCOMP_RET_ALLOW);

Program Repeat(const sock_filter& instruction, std::size_t count) {
  return Program(count, instruction);
}

// Nothing in `reason`: accepted.
struct Case {
  Program program;
  std::string reason;
};

std::vector<Case> Cases() {
  const std::string bad_load =
      "loads in a way that seccomp does not allow: only whole words at fixed offsets (into A), constants, "
      "the length, and "
      "scratch memory";
  const std::string no_operation = "is no operation of classic BPF";
  const std::string unwritten = "reads scratch memory that is not written on every path to here";
  const auto with = [](const sock_filter& instruction) { return Program{instruction, kAllow}; };

  std::vector<Case> cases = {
      // Size and end.
      {{}, "the program is empty"},
      {{kAllow}, ""},
      {Repeat(kAllow, 4096), ""},
      {Repeat(kAllow, 4097), "the program has 4097 instructions, the kernel accepts 4096 at most"},
      {{LoadWord(0)}, "instruction 0 (ld nr): is the last instruction, but does not return"},
      {{kAllow, LoadWord(0)}, "instruction 1 (ld nr): is the last instruction, but does not return"},
      {{LoadWord(0), ReturnA()}, ""},
      {{LoadWord(0), {BPF_RET | BPF_X, 0, 0, 0}},
       "instruction 1 (unknown code 0xe): returns something other than a constant or A"},

      // Loads.
      {with(LoadWord(60)), ""},
      {with(LoadWord(64)), "instruction 0 (ld [64]): loads from beyond the 64 bytes of seccomp_data"},
      {with(LoadWord(0xfffff000)),
       "instruction 0 (ld [4294963200]): loads from beyond the 64 bytes of seccomp_data"},
      {with(LoadWord(2)), "instruction 0 (ld [2]): loads from an offset that is not a multiple of 4"},
      {with(LoadLength()), ""},
      {with(LoadLengthX()), ""},
      {with({BPF_LD | BPF_H | BPF_ABS, 0, 0, 0}), "instruction 0 (unknown code 0x28): " + bad_load},
      {with({BPF_LD | BPF_B | BPF_ABS, 0, 0, 0}), "instruction 0 (unknown code 0x30): " + bad_load},
      {with({BPF_LD | BPF_W | BPF_IND, 0, 0, 0}), "instruction 0 (unknown code 0x40): " + bad_load},
      {with({BPF_LDX | BPF_W | BPF_ABS, 0, 0, 0}), "instruction 0 (unknown code 0x21): " + bad_load},
      {with({BPF_LDX | BPF_B | BPF_MSH, 0, 0, 0}), "instruction 0 (unknown code 0xb1): " + bad_load},

      // Arithmetic.
      {with(Divide(1)), ""},
      {with(Divide(0)), "instruction 0 (div #0x0): divides by the constant 0"},
      {with(DivideX()), ""},
      {with(ShiftLeft(31)), ""},
      {with(ShiftLeft(32)), "instruction 0 (lsh #0x20): shifts by a constant of 32 or more"},
      {with(ShiftRight(40)), "instruction 0 (rsh #0x28): shifts by a constant of 32 or more"},
      {with(ShiftLeftX()), ""},
      {with(Negate()), ""},
      {with(Xor(1)), ""},
      {with({BPF_ALU | BPF_MOD | BPF_K, 0, 0, 3}),
       "instruction 0 (unknown code 0x94): takes a remainder, which seccomp does not allow"},
      {with({BPF_ALU | BPF_MOD | BPF_X, 0, 0, 0}),
       "instruction 0 (unknown code 0x9c): takes a remainder, which seccomp does not allow"},
      {with({BPF_ALU | BPF_NEG | BPF_X, 0, 0, 0}), "instruction 0 (unknown code 0x8c): " + no_operation},
      {with({0x100 | BPF_ALU | BPF_OR, 0, 0, 0}), "instruction 0 (unknown code 0x144): " + no_operation},
      {with({BPF_MISC | 0x40, 0, 0, 0}), "instruction 0 (unknown code 0x47): " + no_operation},
      {with({BPF_ST | BPF_MEM, 0, 0, 0}), "instruction 0 (unknown code 0x62): " + no_operation},

      // Jumps. Each must stay inside the program on both sides.
      {with(Jump(0)), ""},
      {with(Jump(1)), "instruction 0 (ja 2): jumps out of the program"},
      {with(Jump(0xffffffff)), "instruction 0 (ja 4294967296): jumps out of the program"},
      {with(JumpIfEqual(0, 0, 0)), ""},
      {with(JumpIfEqual(0, 1, 0)),
       "instruction 0 (jeq #0x0  true: 2  false: 1): jumps out of the program when true"},
      {with(JumpIfEqualX(0, 255)),
       "instruction 0 (jeq x  true: 1  false: 256): jumps out of the program when false"},
      {with({BPF_JMP | BPF_JA | BPF_X, 0, 0, 0}), "instruction 0 (unknown code 0xd): " + no_operation},
      {with({BPF_JMP | 0x50, 0, 0, 0}), "instruction 0 (unknown code 0x55): " + no_operation},
      {{Jump(1), kAllow, kAllow}, ""},  // unreachable, but valid
      {{Jump(1), Divide(0), kAllow}, "instruction 1 (div #0x0): divides by the constant 0"},

      // Scratch memory.
      {with(StoreScratch(15)), ""},
      {with(StoreScratch(16)), "instruction 0 (st M[16]): writes beyond the 16 slots of scratch memory"},
      {with(StoreScratchX(0xffffffff)),
       "instruction 0 (stx M[4294967295]): writes beyond the 16 slots of scratch memory"},
      {with(LoadScratch(16)), "instruction 0 (ld M[16]): reads beyond the 16 slots of scratch memory"},
      {with(LoadScratch(0)), "instruction 0 (ld M[0]): " + unwritten},
      {{StoreScratch(0), LoadScratch(1), kAllow}, "instruction 1 (ld M[1]): " + unwritten},
      {{StoreScratchX(3), LoadScratch(3), LoadScratchX(3), kAllow}, ""},
      {{JumpIfEqual(0, 0, 1), StoreScratch(0), LoadScratch(0), kAllow},
       "instruction 2 (ld M[0]): " + unwritten},
      {{JumpIfEqual(0, 0, 2), StoreScratch(0), Jump(1), StoreScratchX(0), LoadScratch(0), kAllow}, ""},
      {{Jump(1), LoadScratch(0), kAllow}, ""},  // no path leads there
      // The kernel does not know that a return ends a path.
      {{JumpIfEqual(0, 0, 2), StoreScratch(0), Jump(1), kAllow, LoadScratch(0), kAllow},
       "instruction 4 (ld M[0]): " + unwritten},
  };
  return cases;
}

void CheckAgreesWithKernel(const Program& program) {
  const auto reason = ReasonForRefusal(program);
  const int actual = testing::ErrnoOfInstalling(program);
  BOOST_REQUIRE_MESSAGE(actual == (reason ? EINVAL : 0), "the kernel says errno "
                                                             << actual << ", the model "
                                                             << reason.value_or("accepts") << "\n"
                                                             << Disassemble(program));
}

BOOST_AUTO_TEST_CASE(ReasonsNameTheInstructionAndWhatIsWrong) {
  for (const Case& c : Cases()) BOOST_TEST(ReasonForRefusal(c.program).value_or("") == c.reason);
}

BOOST_AUTO_TEST_CASE(TheRunningKernelAgreesOnTheTable,
                     *boost::unit_test::precondition(testing::KernelTakesFilters)) {
  for (const Case& c : Cases()) CheckAgreesWithKernel(c.program);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::bpf
