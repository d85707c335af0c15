// SPDX-License-Identifier: Apache-2.0
//
// A filter under which a tracer sees what another filter does not simply allow.
#pragma once

#include <span>
#include <vector>

#include <linux/filter.h>

namespace precompiledseccomp::inspect {

// Where `filter` allows or logs a call, this one does, too; for all else, and for each seccomp() and prctl(),
// with which a program may install a filter, it stops for the tracer (SECCOMP_RET_TRACE):
//
//       ld   nr
//       jeq  #seccomp, stop
//       jeq  #prctl, stop, go on
//   stop:
//       ret  trace
//       ld   #0                 filters begin with 0 in A
//       ...                     `filter`, with `ret trace` for other answers
//
// So calls that are allowed cost no more than under the filter itself. Where that cannot be made, of a filter
// that calculates what it returns, or that would be too long, it stops for every call.
std::vector<sock_filter> StoppingFilter(std::span<const sock_filter> filter);

}  // namespace precompiledseccomp::inspect
