// SPDX-License-Identifier: Apache-2.0
//
// Drops instructions that no jump and no preceding instruction leads to.
//
// layout.h leaves some: it writes a branch's entries (see there) before it writes the jumps to them, and a
// jump may then find that a nearer copy of the same return is in reach.
#pragma once

#include <vector>

#include <linux/filter.h>

namespace precompiledseccomp::compile {

// An equivalent program. Jumps lead forward only, and none gets longer.
std::vector<sock_filter> WithoutUnreachable(const std::vector<sock_filter>& program);

}  // namespace precompiledseccomp::compile
