// SPDX-License-Identifier: Apache-2.0
//
// The calls at which the answers of a filter may change, found by following it: begin with a few calls; look
// at the tests that each of them comes to; make of each test the calls on both sides of it; and do the same
// with those.
//
//   read(0)  --nr == 1?-->  nr 0, 1, 2  --write: arg0.low == 3?-->  write(2), write(3), write(4), ...
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>

#include <linux/filter.h>
#include <linux/seccomp.h>

namespace precompiledseccomp::testing {

// A seccomp_data as filters read it, word by word, in the byte order of this machine.
using CallWords = std::array<std::uint32_t, sizeof(seccomp_data) / sizeof(std::uint32_t)>;

CallWords WordsOf(const seccomp_data& call);
seccomp_data CallOf(const CallWords& words);

// By number, then by architecture, arguments and address.
struct ComesFirst {
  bool operator()(const CallWords& left, const CallWords& right) const;
};

// Of a filter that the kernel accepts. `most` is how many there may be.
std::set<CallWords, ComesFirst> BoundaryWords(std::span<const sock_filter> filter, std::size_t most);

}  // namespace precompiledseccomp::testing
