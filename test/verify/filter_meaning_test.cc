// SPDX-License-Identifier: Apache-2.0
//
// Filters as functions of calls: they answer as the interpreter does.

#include <vector>

#include <boost/test/unit_test.hpp>

#include "bpf/acceptance.h"
#include "bpf/disassembler.h"
#include "bpf/instructions.h"
#include "bpf/interpreter.h"
#include "support/calls.h"
#include "support/random.h"
#include "verify/filter_meaning.h"
#include "verify/meaning.h"

namespace precompiledseccomp::testing {
namespace {

using namespace bpf;  // NOLINT: instructions are written like assembly

// Few words and few values, so that calls take all paths.
constexpr std::uint32_t kFewWords = 4;
const std::vector<std::uint32_t> kValues = {0, 1, 2, 3, 0x80, 0xff, 0x100, 0x80000000, UINT32_MAX};

sock_filter RandomCalculation(Random& random) {
  const std::vector<std::uint16_t> operations = {BPF_AND, BPF_OR, BPF_XOR};
  const std::uint16_t operation = random.OneOf(operations);
  return random.OneIn(4) ? CalculateX(operation) : Calculate(operation, random.OneOf(kValues));
}

sock_filter RandomPlainInstruction(Random& random) {
  const auto slot = static_cast<std::uint32_t>(random.Below(3));
  const std::uint32_t value = random.OneOf(kValues);
  switch (random.Below(16)) {
    case 0:
      return StoreScratch(slot);
    case 1:
      return StoreScratchX(slot);
    case 2:
      return LoadScratch(slot);
    case 3:
      return LoadScratchX(slot);
    case 4:
      return Tax();
    case 5:
      return Txa();
    case 6:
      return random.OneIn(2) ? LoadImmediate(value) : LoadLength();
    case 7:
      return random.OneIn(2) ? LoadImmediateX(value) : LoadLengthX();
    case 8:
    case 9:
    case 10:
      return RandomCalculation(random);
    default:
      return LoadWord(4 * static_cast<std::uint32_t>(random.Below(kFewWords)));
  }
}

// Jumps over at most `most` instructions.
sock_filter RandomJump(Random& random, std::size_t most) {
  const auto jt = static_cast<std::uint8_t>(random.Below(most + 1));
  const auto jf = static_cast<std::uint8_t>(random.Below(most + 1));
  const std::uint32_t value = random.OneOf(kValues);
  switch (random.Below(9)) {
    case 0:
      return Jump(jt);
    case 1:
      return JumpIfEqualX(jt, jf);
    case 2:
      return JumpIfGreaterX(jt, jf);
    case 3:
      return JumpIfAnySetX(jt, jf);
    case 4:
      return JumpIfEqual(value, jt, jf);
    case 5:
      return JumpIfGreater(value, jt, jf);
    case 6:
      return JumpIfGreaterOrEqual(value, jt, jf);
    case 7:
      return JumpIfGreaterOrEqualX(jt, jf);
    default:
      return JumpIfAnySet(value, jt, jf);
  }
}

bpf::Program RandomFilter(Random& random) {
  bpf::Program program;
  for (std::uint32_t slot = 0; slot < 3; ++slot) program.push_back(StoreScratch(slot));
  const std::size_t length = random.Between(5, 40);
  while (program.size() < length) {
    const std::size_t left = length - program.size();
    program.push_back(random.OneIn(2) ? RandomPlainInstruction(random) : RandomJump(random, left - 1));
  }
  program.push_back(random.OneIn(3) ? ReturnA() : Return(1));
  program.push_back(Return(2));
  return program;
}

seccomp_data RandomCall(Random& random) {
  const auto value = [&] { return random.OneIn(4) ? random.Word32() : random.OneOf(kValues); };
  seccomp_data call{};
  call.nr = static_cast<int>(value());
  call.arch = value();
  call.instruction_pointer = std::uint64_t{value()} << 32 | value();
  return call;
}

BOOST_AUTO_TEST_SUITE(FilterMeaningTest)

BOOST_AUTO_TEST_CASE(FiltersAnswerAsTheInterpreterDoes) {
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    Random random(seed);
    const bpf::Program program = RandomFilter(random);
    BOOST_TEST_CONTEXT("seed " << seed << "\n" << Disassemble(program)) {
      BOOST_REQUIRE(!ReasonForRefusal(program));
      Workplace w;
      const auto meaning =
          verify::MeaningOfFilter({program, {}}, false, w.terms, w.diagrams, w.comparisons, w.budget);
      for (int i = 0; i < 40; ++i) {
        const seccomp_data call = RandomCall(random);
        BOOST_TEST(w.AnswerOf(meaning.answer, call) == bpf::Run(program, call).result);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(ArithmeticOnConstantsIsFollowed) {
  const bpf::Program program = {
      LoadImmediate(7), Multiply(6), Subtract(2), Divide(3),        ShiftLeft(4), Add(5),
      ShiftRight(1),    Negate(),    Tax(),       LoadImmediate(3), AddX(),       ReturnA(),
  };
  Workplace w;
  const auto meaning =
      verify::MeaningOfFilter({program, {}}, false, w.terms, w.diagrams, w.comparisons, w.budget);
  BOOST_TEST(w.AnswerOf(meaning.answer, {}) == bpf::Run(program, {}).result);
}

BOOST_AUTO_TEST_CASE(DivisionByAnXOfZeroAnswersZero) {
  const bpf::Program program = {LoadImmediate(7), DivideX(), Return(SECCOMP_RET_ALLOW)};
  Workplace w;
  const auto meaning =
      verify::MeaningOfFilter({program, {}}, false, w.terms, w.diagrams, w.comparisons, w.budget);
  BOOST_TEST(w.AnswerOf(meaning.answer, {}) == SECCOMP_RET_KILL_THREAD);
}

BOOST_AUTO_TEST_CASE(ArithmeticOnWhatWasLoadedIsNamed) {
  Workplace w;
  const bpf::Program program = {LoadWord(0), ShiftLeft(2), ReturnA()};
  BOOST_CHECK_EXCEPTION(
      verify::MeaningOfFilter({program, {}}, false, w.terms, w.diagrams, w.comparisons, w.budget),
      verify::NotFollowed, [](const verify::NotFollowed& problem) {
        return std::string(problem.what()).rfind("instruction 1 (lsh #0x2) is arithmetic on a value", 0) == 0;
      });
}

BOOST_AUTO_TEST_CASE(OnBigEndianMachinesTheHighHalfComesFirst) {
  const bpf::Program program = {LoadWord(16), JumpIfEqual(1, 0, 1), Return(1), Return(2)};
  const seccomp_data call = Call(0, {std::uint64_t{1} << 32});
  for (const bool big_endian : {false, true}) {
    Workplace w;
    const auto meaning =
        verify::MeaningOfFilter({program, {}}, big_endian, w.terms, w.diagrams, w.comparisons, w.budget);
    BOOST_TEST(w.AnswerOf(meaning.answer, call) == bpf::Run(program, call, big_endian).result);
  }
}

BOOST_AUTO_TEST_CASE(PathsThatJoinAreCountedEach) {
  // Twice two paths, of which the second pair is behind the first.
  const bpf::Program program = {LoadWord(0), JumpIfEqual(1, 0, 1), LoadWord(4),
                                LoadWord(4), JumpIfEqual(2, 0, 1), Return(1),
                                Return(2)};
  Workplace w;
  BOOST_TEST(
      verify::MeaningOfFilter({program, {}}, false, w.terms, w.diagrams, w.comparisons, w.budget).paths ==
      4U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
