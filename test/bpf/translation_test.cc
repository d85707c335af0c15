// SPDX-License-Identifier: Apache-2.0
//
// What the kernel makes of a filter on x86-64: how much code, in how many passes.

#include "bpf/translation.h"

#include <cstdint>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "bpf/instructions.h"

namespace precompiledseccomp::testing {
namespace {

using bpf::Program;

constexpr std::uint32_t kHighConstant = 0xc000003e;

bpf::Translation TranslationOf(const Program& program) {
  return bpf::X86Translator().Translate(program);
}

// Beyond those of `ret allow`.
std::size_t EbpfInstructionsOf(Program program) {
  program.push_back(bpf::Return(SECCOMP_RET_ALLOW));
  return TranslationOf(program).ebpf_instructions - TranslationOf({program.back()}).ebpf_instructions;
}

// `count` tests, of which the first falls through to the others and jumps over them, and then the answers.
Program JumpOver(std::uint8_t count) {
  Program program = {bpf::LoadWord(0), bpf::JumpIfEqual(1000, count, 0)};
  for (std::uint8_t i = 0; i < count; ++i) program.push_back(bpf::And(1000));
  program.push_back(bpf::Return(SECCOMP_RET_ALLOW));
  return program;
}

BOOST_AUTO_TEST_SUITE(TranslationTest)

BOOST_AUTO_TEST_CASE(AnInstructionIsOneOfEbpfButForReturnsWhichAreTwo) {
  BOOST_TEST(TranslationOf({bpf::Return(0)}).ebpf_instructions == 3U + 2U);
  BOOST_TEST(EbpfInstructionsOf({bpf::LoadWord(0), bpf::And(7), bpf::LoadWord(16)}) == 3U);
  BOOST_TEST(EbpfInstructionsOf({bpf::LoadWord(0), bpf::ReturnA()}) == 2U);
}

BOOST_AUTO_TEST_CASE(ATestIsOneOfEbpfIfOneSideStandsNextAndElseTwo) {
  const Program answers = {bpf::Return(0), bpf::Return(1)};
  const auto with_answers = [&](const sock_filter& test) {
    Program program = {test};
    program.insert(program.end(), answers.begin(), answers.end());
    return EbpfInstructionsOf(program) - EbpfInstructionsOf(answers);
  };
  BOOST_TEST(with_answers(bpf::JumpIfEqual(3, 1, 0)) == 1U);
  BOOST_TEST(with_answers(bpf::JumpIfEqual(3, 0, 1)) == 1U);
  BOOST_TEST(with_answers(bpf::JumpIfEqual(3, 1, 2)) == 2U);
  // There is no jump if no bit is set.
  BOOST_TEST(with_answers(bpf::JumpIfAnySet(3, 1, 0)) == 1U);
  BOOST_TEST(with_answers(bpf::JumpIfAnySet(3, 0, 1)) == 2U);
}

BOOST_AUTO_TEST_CASE(AConstantWithTheHighestBitIsOneMore) {
  BOOST_TEST(EbpfInstructionsOf({bpf::JumpIfEqual(kHighConstant, 1, 0), bpf::Return(0)}) -
                 EbpfInstructionsOf({bpf::JumpIfEqual(3, 1, 0), bpf::Return(0)}) ==
             1U);
}

BOOST_AUTO_TEST_CASE(WithoutJumpsToShortenOnePassFindsThatOutAndOneWrites) {
  BOOST_TEST(TranslationOf({bpf::Return(0)}).passes == 3U);
  // In 123 bytes there is room for 24 operations of 5 bytes: this jump is long for good.
  BOOST_TEST(TranslationOf(JumpOver(25)).passes == 3U);
}

BOOST_AUTO_TEST_CASE(JumpsThatAreShortAtSecondSightTakeOnePassMore) {
  BOOST_TEST(TranslationOf(JumpOver(24)).passes == 4U);
  BOOST_TEST(TranslationOf(JumpOver(24)).late_bytes == 0U);
  BOOST_TEST(TranslationOf(JumpOver(25)).bytes == TranslationOf(JumpOver(24)).bytes + 5U + 4U);
}

// The outer jump is over 123 bytes only as long as the inner one, of 4 bytes more, is long.
BOOST_AUTO_TEST_CASE(AJumpThatIsShortBecauseAnotherOneIsTakesAPassMore) {
  Program program = JumpOver(21);
  program[5] = bpf::JumpIfEqual(1000, 3, 0);
  const bpf::Translation translation = TranslationOf(program);
  BOOST_TEST(translation.passes == 4U);
  program = JumpOver(24);
  program[5] = bpf::JumpIfEqual(1000, 3, 0);
  program[6] = bpf::And(7);
  BOOST_TEST(TranslationOf(program).passes == 5U);
  BOOST_TEST(TranslationOf(program).late_bytes == 4U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
