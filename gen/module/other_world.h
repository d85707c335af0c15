// SPDX-License-Identifier: Apache-2.0
//
// A filter must not depend on when, where and by whom it is built. In the other world, functions of libc that
// definitions might call answer otherwise: time, clock_gettime, gettimeofday and getpid, which this program
// exports for that. Processes of both worlds have different random numbers and addresses by themselves, and
// the environment is the generator's to reduce.
#pragma once

#include <string>
#include <vector>

namespace precompiledseccomp::gen {

// From now on, for this process.
void EnterOtherWorld();

// The variables of this process's environment that the other world has, too: where programs and libraries are
// found, what sanitizers are to do, and what is meant for definitions (PRECOMPILEDSECCOMP_...).
std::vector<std::string> EnvironmentOfOtherWorld();

}  // namespace precompiledseccomp::gen
