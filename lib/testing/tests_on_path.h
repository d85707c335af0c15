// SPDX-License-Identifier: Apache-2.0
//
// What a filter tests on the way that one call takes, and which contents of the tested word are on either
// side of the test.
//
//   ld arg1.low; and #0xf0; jeq #0x30       a test of word 6: 0x30 is on the one side, 0x20 on the other
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <linux/filter.h>

#include "testing/boundary_calls.h"

namespace precompiledseccomp::testing {

// A calculation that A went through on its way: A = `before` OPERATION `operand`.
struct Calculation {
  std::uint16_t operation = 0;  // BPF_AND, ...
  std::uint32_t operand = 0;
  std::uint32_t before = 0;
};

// A comparison of something that was made of one word of the call.
struct TestOnPath {
  std::size_t instruction = 0;
  std::size_t word = 0;         // its place in the call
  std::uint16_t operation = 0;  // BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET
  std::uint32_t value = 0;      // what is compared
  std::uint32_t operand = 0;    // with what
  std::vector<Calculation> calculations;
};

// In the order in which the call comes to them.
std::vector<TestOnPath> TestsOnPath(std::span<const sock_filter> filter, const CallWords& call);

// Contents of the word for which the test may turn out either way.
struct BoundaryContents {
  std::uint32_t exact = 0;  // what it is compared with
  std::vector<std::uint32_t> others;
};
BoundaryContents ContentsAround(const TestOnPath& test);

}  // namespace precompiledseccomp::testing
