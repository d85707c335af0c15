// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include <precompiledseccomp/policy.h>

namespace precompiledseccomp::testing {

// A random policy that libseccomp can express: its rules compare whole arguments, each argument once; a call
// has up to `most_alternatives` of them, of which one must hold, and all do the same. The same seed gives the
// same policy everywhere. Few constants are used, so that rules overlap.
Policy ExpressiblePolicy(std::uint64_t seed, std::size_t most_alternatives);

}  // namespace precompiledseccomp::testing
