// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <linux/seccomp.h>

#include <precompiledseccomp/evaluate.h>

namespace precompiledseccomp::testing {

// Whether a difference between a policy and a reference, which answers `theirs`, is meant:
// - Numbers that no call has, from 2^30 on. Those with the x32 bit are another architecture to us, the others
//   get the default action. libseccomp takes all of them for x32's but -1, which a tracer sets to have a call
//   skipped; gVisor and minijail do not know of x32, so that all get the default action.
// - The numbers 512 to 547 of x86-64, x32's on old kernels, which nobody else knows of.
// - Other architectures: minijail kills the thread, where its policies' data says the process.
bool IsMeantToDiffer(const ResolvedPolicy& policy, const seccomp_data& call, std::uint32_t theirs);

}  // namespace precompiledseccomp::testing
