// SPDX-License-Identifier: Apache-2.0
//
// Drops instructions that nobody comes to: layout.h writes the ways into a branch before it knows whether
// those who were to take them find a copy that is nearer.
#pragma once

#include <vector>

#include <linux/filter.h>

namespace precompiledseccomp::compile {

// An equivalent program. Jumps lead forward only, and none gets longer.
std::vector<sock_filter> WithoutUnreachable(const std::vector<sock_filter>& program);

}  // namespace precompiledseccomp::compile
