// SPDX-License-Identifier: Apache-2.0
//
// Which numbers somebody knows: those of a kernel's calls, or of a call and those before it.
#pragma once

#include <cstdint>
#include <vector>

#include <precompiledseccomp/target.h>

namespace precompiledseccomp {

// The numbers from 0 to `newest`, but for the target's gaps: of what a gap has, calls that came with the same
// kernel as `newest` or before are known. Ascending, each apart from the next.
std::vector<NumberRange> NumbersUpTo(const Target& target, std::uint32_t newest);

// The numbers of the calls that this kernel has. They did not come in their order: Linux 5.6 has 438 and not
// 436. Throws Error for a kernel before 3.5, the first with filters, and for one whose calls are not known
// (newer_calls.h).
std::vector<NumberRange> NumbersOfKernel(const Target& target, const KernelVersion& kernel);

}  // namespace precompiledseccomp
