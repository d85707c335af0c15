// SPDX-License-Identifier: Apache-2.0
//
// The other ABIs that programs can use on a target's machine: what a trace tells of them is read, and no
// policy is compiled for them.
#pragma once

#include <span>

#include <precompiledseccomp/target.h>

namespace precompiledseccomp {

// As targets, of which names, audit architecture and numbers are set: i386 and x32 of x86_64.
std::span<const Target> ForeignAbis(const Target& target);

}  // namespace precompiledseccomp
