// SPDX-License-Identifier: Apache-2.0
//
// How much work a proof may be.
#pragma once

#include <cstddef>
#include <cstdint>

namespace precompiledseccomp::verify {

// Steps are what takes the time, two to ten million a second. Where a proof is tried in several orders of
// tests, all of its steps count; the last try, in the order that most programs are proved in, may take as
// many again.
//
// Bytes are what a proof holds at a time, with the room that its tables keep for growing.
struct Limits {
  std::uint64_t steps = 100'000'000;
  std::size_t bytes = 250'000'000;
};

}  // namespace precompiledseccomp::verify
