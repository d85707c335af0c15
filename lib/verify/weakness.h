// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <precompiledseccomp/action.h>

namespace precompiledseccomp::verify {

// How weak an answer is, from 0 for kill-process to allow: the order in which the kernel prefers answers of
// several filters (seccomp(2)). Data does not matter.
int WeaknessOf(std::uint32_t answer);
int WeaknessOf(const Action& action);

}  // namespace precompiledseccomp::verify
