// SPDX-License-Identifier: Apache-2.0

#include "bpf/loaded_words.h"

#include <cstdint>
#include <optional>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "bpf/instructions.h"

namespace precompiledseccomp::testing {
namespace {

using Words = std::vector<std::optional<std::uint32_t>>;

BOOST_AUTO_TEST_SUITE(LoadedWordsTest)

BOOST_AUTO_TEST_CASE(AJumpSeesTheWordThatWasLoaded) {
  const std::vector<sock_filter> program = {bpf::LoadWord(bpf::kArchOffset), bpf::JumpIfEqual(1, 0, 2),
                                            bpf::LoadWord(bpf::kNumberOffset), bpf::JumpIfEqual(2, 0, 0),
                                            bpf::Return(0)};
  const Words words = bpf::LoadedWords(program);
  BOOST_TEST(!words[0].has_value());
  BOOST_TEST((words[1] == bpf::kArchOffset));
  BOOST_TEST((words[3] == bpf::kNumberOffset));
  // Reached with the one as well as with the other.
  BOOST_TEST(!words[4].has_value());
}

BOOST_AUTO_TEST_CASE(ACalculationLeavesNoWord) {
  const std::vector<sock_filter> program = {bpf::LoadWord(bpf::kNumberOffset), bpf::And(0xff),
                                            bpf::JumpIfEqual(1, 0, 0), bpf::Return(0)};
  BOOST_TEST(!bpf::LoadedWords(program)[2].has_value());
}

BOOST_AUTO_TEST_CASE(WhatNothingLeadsToHasNoWord) {
  const std::vector<sock_filter> program = {bpf::LoadWord(bpf::kNumberOffset), bpf::Return(0),
                                            bpf::Return(1)};
  BOOST_TEST(!bpf::LoadedWords(program)[2].has_value());
}

BOOST_AUTO_TEST_CASE(JumpsOutOfTheProgramLeadNowhere) {
  const std::vector<sock_filter> program = {
      bpf::LoadWord(bpf::kNumberOffset), bpf::JumpIfEqual(1, 200, 0), {BPF_JMP | BPF_JA, 0, 0, UINT32_MAX}};
  BOOST_TEST((bpf::LoadedWords(program)[2] == bpf::kNumberOffset));
  BOOST_TEST(bpf::LoadedWords({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
