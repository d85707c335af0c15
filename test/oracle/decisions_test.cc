// SPDX-License-Identifier: Apache-2.0
//
// What z3 decides from the terms: equations that hold, and differences in one call of 2^100.

#include <string>
#include <variant>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <linux/audit.h>

#include "bpf/disassembler.h"
#include "bpf/instructions.h"
#include "oracle/z3_oracle.h"

namespace precompiledseccomp::testing {
namespace {

using bpf::Program;

constexpr std::uint32_t kLowHalfOfArg0 = bpf::ArgumentOffset(0, bpf::Half::kLow, false);
constexpr std::uint32_t kHighHalfOfArg0 = bpf::ArgumentOffset(0, bpf::Half::kHigh, false);
constexpr std::uint32_t kLowHalfOfArg1 = bpf::ArgumentOffset(1, bpf::Half::kLow, false);

// A = `steps` of argument 0, X being argument 1; returned.
Program Returning(const Program& steps) {
  Program program = {bpf::LoadWord(kLowHalfOfArg1), bpf::Tax(), bpf::LoadWord(kLowHalfOfArg0)};
  program.insert(program.end(), steps.begin(), steps.end());
  program.push_back(bpf::ReturnA());
  return program;
}

struct Pair {
  Program left;
  Program right;
};

BOOST_AUTO_TEST_CASE(EquationsOfArithmeticHold) {
  for (const Pair& pair : std::vector<Pair>{
           {{bpf::Multiply(8)}, {bpf::ShiftLeft(3)}},
           {{bpf::Divide(8)}, {bpf::ShiftRight(3)}},
           {{bpf::Subtract(1)}, {bpf::Add(0xffffffff)}},
           {{bpf::Negate()}, {bpf::Xor(0xffffffff), bpf::Add(1)}},
           {{bpf::And(0xff)}, {bpf::ShiftLeft(24), bpf::ShiftRight(24)}},
           {{bpf::OrX()},
            {bpf::StoreScratch(3), bpf::AndX(), bpf::StoreScratch(4), bpf::LoadScratch(3), bpf::XorX(),
             bpf::LoadScratchX(4), bpf::AddX()}},
           {{bpf::AddX(), bpf::SubtractX()}, {}},
           // The upper bits of X do not shift.
           {{bpf::ShiftLeftX()},
            {bpf::StoreScratch(0), bpf::Txa(), bpf::And(31), bpf::Tax(), bpf::LoadScratch(0),
             bpf::ShiftLeftX()}},
           // Only a divisor of zero ends a filter before its end.
           {{bpf::DivideX(), bpf::LoadImmediate(7)},
            {bpf::Txa(), bpf::JumpIfEqual(0, 1, 0), bpf::LoadImmediate(7)}},
       }) {
    const bpf::FilterWithHoles left{Returning(pair.left), {}};
    const bpf::FilterWithHoles right{Returning(pair.right), {}};
    BOOST_TEST_CONTEXT(bpf::Disassemble(left.instructions) << "and\n"
                                                           << bpf::Disassemble(right.instructions)) {
      BOOST_TEST(std::holds_alternative<NoDifference>(Oracle().FindDifference(left, right)));
    }
  }
}

BOOST_AUTO_TEST_CASE(EquationsThatDoNotHoldGiveACall) {
  for (const Pair& pair : std::vector<Pair>{
           {{bpf::Multiply(9)}, {bpf::ShiftLeft(3)}},
           {{bpf::ShiftLeft(1), bpf::ShiftRight(1)}, {}},
           {{bpf::JumpIfGreater(5, 0, 0)}, {bpf::JumpIfGreater(5, 0, 1), bpf::Negate()}},
           {{bpf::JumpIfGreaterOrEqualX(0, 1), bpf::LoadImmediate(1)},
            {bpf::JumpIfGreaterX(0, 1), bpf::LoadImmediate(1)}},
           {{bpf::JumpIfAnySetX(0, 1), bpf::LoadImmediate(1)},
            {bpf::JumpIfEqual(0, 1, 0), bpf::LoadImmediate(1)}},
           {{bpf::DivideX(), bpf::LoadImmediate(7)}, {bpf::LoadImmediate(7)}},
       }) {
    const bpf::FilterWithHoles left{Returning(pair.left), {}};
    const bpf::FilterWithHoles right{Returning(pair.right), {}};
    BOOST_TEST_CONTEXT(bpf::Disassemble(left.instructions) << "and\n"
                                                           << bpf::Disassemble(right.instructions)) {
      BOOST_TEST(std::holds_alternative<Difference>(Oracle().FindDifference(left, right)));
    }
  }
}

// Allows one call of all that there are, and kills the thread otherwise.
BOOST_AUTO_TEST_CASE(ADifferenceInOneCallIsFound) {
  const bpf::FilterWithHoles one_allowed{
      {bpf::LoadWord(kLowHalfOfArg0), bpf::JumpIfEqual(0x89abcdef, 0, 3), bpf::LoadWord(kHighHalfOfArg0),
       bpf::JumpIfEqual(0x01234567, 0, 1), bpf::Return(SECCOMP_RET_ALLOW), bpf::Return(0)},
      {}};
  const bpf::FilterWithHoles none_allowed{{bpf::Return(0)}, {}};
  const OracleAnswer answer = Oracle().FindDifference(one_allowed, none_allowed);
  const auto* difference = std::get_if<Difference>(&answer);
  BOOST_TEST_REQUIRE((difference != nullptr));
  BOOST_TEST(difference->call.args[0] == 0x0123456789abcdefU);
  BOOST_TEST(bpf::DescribeReturn(difference->left) == "allow");
  BOOST_TEST(bpf::DescribeReturn(difference->right) == "kill_thread");
}

BOOST_AUTO_TEST_CASE(HalvesAreExchangedOnBigEndianMachines) {
  const bpf::FilterWithHoles first_word{{bpf::LoadWord(16), bpf::ReturnA()}, {}};
  const bpf::FilterWithHoles high_half{
      {bpf::LoadWord(bpf::ArgumentOffset(0, bpf::Half::kHigh, true)), bpf::ReturnA()}, {}};
  BOOST_TEST(std::holds_alternative<NoDifference>(Oracle().FindDifference(first_word, high_half, true)));
  const bpf::FilterWithHoles low_half{
      {bpf::LoadWord(bpf::ArgumentOffset(0, bpf::Half::kLow, true)), bpf::ReturnA()}, {}};
  BOOST_TEST(std::holds_alternative<Difference>(Oracle().FindDifference(first_word, low_half, true)));
}

// ---- Variables.

bpf::FilterWithHoles EqualTo(const std::string& first, const std::string& second) {
  return {{bpf::LoadWord(kLowHalfOfArg0), bpf::JumpIfEqual(0, 0, 1), bpf::Return(1),
           bpf::JumpIfEqual(0, 0, 1), bpf::Return(2), bpf::Return(3)},
          {{1, first}, {3, second}}};
}

BOOST_AUTO_TEST_CASE(VariablesOfOneNameAreEqual) {
  bpf::FilterWithHoles tested_once = EqualTo("a", "a");
  tested_once.instructions[4] = bpf::Return(17);  // never reached
  BOOST_TEST(std::holds_alternative<NoDifference>(Oracle().FindDifference(EqualTo("a", "a"), tested_once)));
}

BOOST_AUTO_TEST_CASE(VariablesOfDifferentNamesMayBeDifferentAndMayBeEqual) {
  const OracleAnswer renamed = Oracle().FindDifference(EqualTo("a", "b"), EqualTo("b", "a"));
  const auto* difference = std::get_if<Difference>(&renamed);
  BOOST_TEST_REQUIRE((difference != nullptr));
  BOOST_TEST(difference->values.size() == 2U);
  BOOST_TEST(difference->values.at("a") != difference->values.at("b"));

  // Returns 7 only if both are equal to the argument.
  const bpf::FilterWithHoles both{{bpf::LoadWord(kLowHalfOfArg0), bpf::JumpIfEqual(0, 0, 2),
                                   bpf::JumpIfEqual(0, 0, 1), bpf::Return(7), bpf::Return(1)},
                                  {{1, "a"}, {2, "b"}}};
  const OracleAnswer equal = Oracle().FindDifference(both, {{bpf::Return(1)}, {}});
  const auto* seven = std::get_if<Difference>(&equal);
  BOOST_TEST_REQUIRE((seven != nullptr));
  BOOST_TEST(seven->values.at("a") == seven->values.at("b"));
}

// ---- Giving up.

// Finding two factors of 32 bits is hard enough for z3 to need more than the least effort.
BOOST_AUTO_TEST_CASE(TooLittleEffortLeavesItOpen) {
  const Program product = {bpf::LoadWord(kLowHalfOfArg1),
                           bpf::Tax(),
                           bpf::LoadWord(kLowHalfOfArg0),
                           bpf::MultiplyX(),
                           bpf::JumpIfEqual(0x8d43a9a5, 0, 3),
                           bpf::Txa(),
                           bpf::JumpIfGreater(1, 0, 1),
                           bpf::Return(1),
                           bpf::Return(2)};
  const bpf::FilterWithHoles left{product, {}};
  const bpf::FilterWithHoles right{{bpf::Return(2)}, {}};
  BOOST_TEST(std::holds_alternative<NotKnown>(Oracle(1000).FindDifference(left, right)));
  BOOST_TEST(std::holds_alternative<Difference>(Oracle().FindDifference(left, right)));
}

}  // namespace
}  // namespace precompiledseccomp::testing
