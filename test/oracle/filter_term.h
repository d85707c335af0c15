// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <z3++.h>

#include "oracle/symbols.h"
#include "verify/verify.h"

namespace precompiledseccomp::testing {

// The answer of a filter, 32 bits, for every instruction that the kernel accepts. Throws
// std::invalid_argument for a filter that it does not, or with a hole where a variable cannot stand (an
// offset, a distance, a divisor, a number of bits: the kernel looks at those), and std::length_error when the
// paths through the filter differ in so many states that the term would be too large.
//
// `big_endian` is the byte order of the machine that the filter is for.
z3::expr FilterTerm(const bpf::FilterWithHoles& filter, Symbols& symbols, bool big_endian = false);

}  // namespace precompiledseccomp::testing
