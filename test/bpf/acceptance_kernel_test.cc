// SPDX-License-Identifier: Apache-2.0
//
// The model of what seccomp(2) accepts against the running kernel: every code, every kind of operand and
// jump, scratch memory that is written on some paths only, and random programs, valid and nearly so.

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "bpf/acceptance.h"
#include "bpf/disassembler.h"
#include "bpf/instructions.h"
#include "kernel.h"
#include "random_program.h"

namespace precompiledseccomp::bpf {
namespace {

BOOST_AUTO_TEST_SUITE(AcceptanceInTheKernel, *boost::unit_test::precondition(testing::KernelTakesFilters))

using Bytes = std::initializer_list<std::uint8_t>;
using Codes = std::initializer_list<std::uint16_t>;
using Sizes = std::initializer_list<std::size_t>;

constexpr sock_filter kAllow = Return(SECCOMP_RET_ALLOW);

// Compares model and kernel, some thousand programs at a time.
class Comparison {
 public:
  void Add(Program program) {
    constexpr std::size_t kAtATime = 10000;
    programs_.push_back(std::move(program));
    if (programs_.size() == kAtATime) CompareWhatIsThere();
  }

  // To be called at the end; both answers must have been given often.
  void Finish(std::size_t least_accepted, std::size_t least_refused) {
    CompareWhatIsThere();
    BOOST_TEST_MESSAGE(accepted_ << " programs accepted, " << refused_ << " refused");
    BOOST_TEST(accepted_ >= least_accepted);
    BOOST_TEST(refused_ >= least_refused);
  }

 private:
  void CompareWhatIsThere() {
    const std::vector<Program> programs = std::exchange(programs_, {});
    const std::vector<int> errnos = testing::ErrnosOfInstalling(programs);
    for (std::size_t i = 0; i < programs.size(); ++i) {
      const auto reason = ReasonForRefusal(programs[i]);
      ++(reason ? refused_ : accepted_);
      BOOST_REQUIRE_MESSAGE(errnos[i] == (reason ? EINVAL : 0), "the kernel says errno "
                                                                    << errnos[i] << ", the model "
                                                                    << reason.value_or("accepts") << "\n"
                                                                    << Disassemble(programs[i]));
    }
  }

  std::vector<Program> programs_;
  std::size_t accepted_ = 0;
  std::size_t refused_ = 0;
};

// The instruction among others, with slots 0 and 4 written and as much behind it as is asked for.
Program Around(const sock_filter& instruction, std::size_t following = 6) {
  Program program = {StoreScratch(0), StoreScratch(4), instruction};
  program.insert(program.end(), following, kAllow);
  return program;
}

// Without installing them is the same as by installing them.
BOOST_AUTO_TEST_CASE(AProgramThatFindsNoRoomIsCheckedAllTheSame) {
  testing::Random random(6);
  std::vector<Program> programs;
  for (int i = 0; i < 300; ++i) {
    Program program = testing::RandomAcceptedProgram(random, 1 + random.Below(25));
    for (std::uint32_t j = random.Below(3); j > 0; --j) testing::Mutate(random, program);
    programs.push_back(std::move(program));
  }
  const std::vector<int> errnos = testing::ErrnosOfInstalling(programs);
  for (std::size_t i = 0; i < programs.size(); ++i)
    BOOST_REQUIRE_MESSAGE(errnos[i] == testing::ErrnoOfInstalling(programs[i]), Disassemble(programs[i]));
}

BOOST_AUTO_TEST_CASE(AgreesOnEveryCode) {
  Comparison comparison;
  for (std::uint32_t code = 0; code <= 0xffff; ++code)
    for (const std::uint32_t k : {0U, 4U})
      comparison.Add(Around({static_cast<std::uint16_t>(code), 0, 0, k}));
  comparison.Finish(80, 130000);
}

BOOST_AUTO_TEST_CASE(AgreesOnOperandsOfEveryCode) {
  Comparison comparison;
  for (std::uint32_t code = 0; code <= 0x1ff; ++code)
    for (const std::uint32_t k :
         {0x0U,        0x1U,        0x2U,        0x3U,        0x4U,        0x5U,        0xfU,
          0x10U,       0x11U,       0x1fU,       0x20U,       0x21U,       0x3cU,       0x3dU,
          0x3eU,       0x3fU,       0x40U,       0x44U,       0x7fffffffU, 0x80000000U, 0xffe00000U,
          0xfff00000U, 0xfffff000U, 0xfffff004U, 0xfffffffcU, 0xffffffffU})
      for (const std::uint8_t jump : Bytes{0, 5, 6, 255})
        comparison.Add(Around({static_cast<std::uint16_t>(code), jump, 0, k}));
  comparison.Finish(2000, 40000);
}

// Around the end of the program, and of what the fields of an instruction can hold.
BOOST_AUTO_TEST_CASE(AgreesOnWhereJumpsEnd) {
  Comparison comparison;
  for (const std::size_t following : Sizes{0, 1, 2, 3, 4, 254, 255, 256, 257, 4092, 4093})
    for (const std::int64_t k : {-0x80000000L, -4L, -3L, -2L, -1L, 0L, 1L, 0x7fffffffL})
      for (const std::int64_t from : {std::int64_t{0}, static_cast<std::int64_t>(following)})
        comparison.Add(Around(Jump(static_cast<std::uint32_t>(from + k)), following));
  for (const std::size_t following : Sizes{0, 1, 2, 3, 4, 254, 255, 256, 257})
    for (const std::uint16_t operation : Codes{BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET})
      for (const std::uint16_t source : Codes{BPF_K, BPF_X})
        for (const std::uint8_t jt : Bytes{0, 1, 2, 3, 4, 253, 254, 255})
          for (const std::uint8_t jf : Bytes{0, 1, 2, 3, 4, 253, 254, 255})
            comparison.Add(
                Around({static_cast<std::uint16_t>(BPF_JMP | operation | source), jt, jf, 7}, following));
  comparison.Finish(1500, 2000);
}

BOOST_AUTO_TEST_CASE(AgreesOnSizes) {
  Comparison comparison;
  for (const std::size_t size : Sizes{0, 1, 2, 4095, 4096, 4097, 8192, 32768, 65535}) {
    comparison.Add(Program(size, kAllow));
    Program loads(size, LoadWord(4));
    comparison.Add(loads);
    if (size > 0) loads.back() = ReturnA();
    comparison.Add(loads);
  }
  comparison.Finish(8, 15);
}

// All programs of five of these instructions and a return: what is written on one path only, on both, before
// a return, and on none at all.
BOOST_AUTO_TEST_CASE(AgreesOnScratchMemory) {
  const std::vector<sock_filter> alphabet = {
      StoreScratch(0), StoreScratchX(0),     LoadScratch(0),     LoadScratchX(0), Jump(0),
      Jump(1),         JumpIfEqual(0, 0, 1), JumpIfEqualX(1, 0), kAllow,
  };
  constexpr std::size_t kLength = 5;
  Comparison comparison;
  std::size_t count = 1;
  for (std::size_t i = 0; i < kLength; ++i) count *= alphabet.size();
  for (std::size_t which = 0; which < count; ++which) {
    Program program;
    for (std::size_t rest = which; program.size() < kLength; rest /= alphabet.size())
      program.push_back(alphabet[rest % alphabet.size()]);
    program.push_back(kAllow);
    comparison.Add(std::move(program));
  }
  comparison.Finish(10000, 10000);
}

BOOST_AUTO_TEST_CASE(AgreesOnRandomPrograms) {
  testing::Random random(5);
  Comparison comparison;
  for (int round = 0; round < 40000; ++round) {
    Program program = testing::RandomAcceptedProgram(random, 1 + random.Below(25));
    for (std::uint32_t i = random.Below(5); i > 0; --i) testing::Mutate(random, program);
    comparison.Add(std::move(program));
  }
  comparison.Finish(10000, 10000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::bpf
