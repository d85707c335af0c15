// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include <linux/filter.h>

// Filters under which no call is ever made, so that any call can be tried, fork, kill and exit_group as well;
// and which tell apart all that a filter can say, allow from log, and one killing action from the other.
namespace precompiledseccomp::testing {

// The same program as another one, instruction by instruction, but for what it returns: each answer is an
// error number of its own.
struct FilterWithErrnos {
  std::vector<sock_filter> program;
  std::vector<std::uint32_t> answers;

  // The answer of the original that a call's result stands for; nothing if it is none of the expected ones.
  [[nodiscard]] std::optional<std::uint32_t> AnswerFor(std::int64_t result) const;
};

// `expected` are the answers that the program should be able to give. They are for `ret a`, which becomes a
// jump to comparisons behind the program's end, so that it is the kernel's own A that is looked at:
//
//   ret allow     ret errno 2000          ja END    ...   END: jeq #expected[0], 0, 1
//   ret a         ja END                                       ret errno 2000
//   ret errno 1   ret errno 2001                               ...
//                                                              ret errno 4095
//
// Throws std::invalid_argument for a program that the kernel would refuse, or that can end otherwise than by
// a return (dividing by X), or has more answers than there are error numbers.
FilterWithErrnos WithAnswersAsErrnos(std::span<const sock_filter> program,
                                     const std::set<std::uint32_t>& expected);

}  // namespace precompiledseccomp::testing
